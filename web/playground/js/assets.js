/* The files of the page that are no code: fetched from beside it, or, in the page that is one file,
 * found inside it. */

import { complain } from "./page.js";

async function gunzip(bytes) {
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** The bytes of a file, by its path from the page, such as "data/digits.bin". */
export async function loadAsset(path) {
    const inside = globalThis.aannAssets?.[path];
    if (inside !== undefined) {
        return gunzip(Uint8Array.from(atob(inside), (letter) => letter.charCodeAt(0)));
    }
    const response = await fetch(new URL(path, document.baseURI));
    if (!response.ok) {
        throw new Error(`${path}: the server says ${response.status} ${response.statusText}`);
    }
    return new Uint8Array(await response.arrayBuffer());
}

/** Starts the worker js/NAME.js; if it cannot start, or fails, the page says so. */
export function startWorker(name) {
    const worker = createWorker(name);
    worker.addEventListener("error", (event) =>
        complain(event.message ?? `the worker ${name} cannot start`));
    return worker;
}

function createWorker(name) {
    const inside = globalThis.aannWorkers?.[name];
    if (inside !== undefined) {
        const address = URL.createObjectURL(new Blob([inside], { type: "text/javascript" }));
        const worker = new Worker(address);
        URL.revokeObjectURL(address);
        return worker;
    }
    return new Worker(new URL(`js/${name}.js`, document.baseURI), { type: "module" });
}
