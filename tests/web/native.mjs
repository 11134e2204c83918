/* What tests of the module need of the other side: the program, and files that it reads and
 * writes. */
import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
export const SKIPPED = 77;

/** Builds the page, or the module alone; ends this process where there is no compiler for it. */
export function build(...options) {
    const script = path.join(ROOT, "scripts/build_web.sh");
    const { status, stderr } = spawnSync("bash", [script, ...options], { encoding: "utf8" });
    if (status !== 0) {
        console.error(stderr);
        process.exit(status === SKIPPED ? SKIPPED : 1);
    }
    return path.join(ROOT, "build-web/playground");
}

/** Runs the program and returns what it prints. */
export function aann(...options) {
    const program = process.env.AANN ?? path.join(ROOT, "build/aann");
    return execFileSync(program, options.map(String),
        { encoding: "utf8", maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "pipe"] });
}

/** The same with --json: the object that is the last line. */
export function aannJson(...options) {
    const lines = aann(...options, "--json").trimEnd().split("\n");
    return JSON.parse(lines[lines.length - 1]);
}

/** A folder that is gone when the process ends. */
export function scratchFolder() {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "aann-web-"));
    process.on("exit", () => fs.rmSync(folder, { recursive: true, force: true }));
    return folder;
}

function writeIdx(file, dimensions, bytes) {
    const header = Buffer.alloc(4 + 4 * dimensions.length);
    header.writeUInt32BE(0x800 + dimensions.length, 0);
    dimensions.forEach((size, index) => header.writeUInt32BE(size, 4 + 4 * index));
    fs.writeFileSync(file, Buffer.concat([header, bytes]));
}

/** Writes digits as the two files of MNIST's format; returns the options that name them. */
export function writeDigits(folder, { pixels, labels, count, height, width }) {
    const images = path.join(folder, "digits-images-idx3-ubyte");
    const answers = path.join(folder, "digits-labels-idx1-ubyte");
    writeIdx(images, [count, height, width], Buffer.from(pixels));
    writeIdx(answers, [count], Buffer.from(labels));
    return ["--data", images, "--labels", answers];
}

/** The numbers of an NPY file, int32 unless another type is named. */
export function readNpy(file, type = "<i4", Type = Int32Array) {
    const bytes = fs.readFileSync(file);
    const start = 10 + bytes.readUInt16LE(8);
    if (!bytes.subarray(10, start).toString().includes(`'${type}'`)) {
        throw new Error(`${file}: its type is not ${type}`);
    }
    return new Type(bytes.buffer.slice(bytes.byteOffset + start, bytes.byteOffset + bytes.length));
}

/** Runs tests {name: function} and ends the process. Words on the command line choose by a part of
 *  the name. */
export async function runTests(tests) {
    const words = process.argv.slice(2);
    let failures = 0;
    for (const [name, test] of Object.entries(tests)) {
        if (words.length > 0 && !words.some((word) => name.includes(word))) {
            continue;
        }
        try {
            await test();
            console.log(`passed: ${name}`);
        } catch (error) {
            failures++;
            console.log(`FAILED: ${name}\n${error.stack}`);
        }
    }
    process.exit(failures === 0 ? 0 : 1);
}
