/* How fast the library is as WebAssembly: images and search steps a second, laps driven. The same
 * measure runs in node and in a browser; bench/web.py runs both and the program beside them. */
import { Car, Driver } from "../web/playground/js/car.js";
import { decodeDigits } from "../web/playground/js/digits.js";
import { startLibrary } from "../web/playground/js/library.js";
import { Samples } from "../web/playground/js/samples.js";
import { Search } from "../web/playground/js/search.js";

const SPEC = "16C5@50-MP2-32C5@90-MP2-10@90";
const IMAGES = 4096; // as many as `aann bench forward` has
const SECONDS = 1;

/** Calls work() for about SECONDS and returns how often a second. */
function rate(work) {
    work();
    const begun = performance.now();
    let [count, seconds] = [0, 0];
    while (seconds < SECONDS) {
        work();
        count++;
        seconds = (performance.now() - begun) / 1000;
    }
    return count / seconds;
}

/** Random pictures: noise, as in the program's measure. */
function noise(count) {
    let state = 1;
    return Uint8Array.from({ length: count }, () => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return state >>> 24;
    });
}

function measureImages(library) {
    const labels = noise(IMAGES).map((byte) => byte % 10);
    const samples = Samples.fromPixels(library, noise(IMAGES * 784), labels, 28, 28);
    const search = new Search(library, SPEC, samples, { steps: 1, seed: 1 }, 0);
    const network = search.network(); // random: no step was taken
    let next = 0;
    const single = rate(() => {
        next = (next + 1) % IMAGES;
        network.logits(samples, next, 1);
    });
    const many = IMAGES * rate(() => network.logits(samples));
    [network, search, samples].forEach((made) => made.destroy());
    return { many, single };
}

function measureSearch(library, digits, steps, seed) {
    const all = Samples.fromPixels(library, digits.pixels, digits.labels, 28, 28);
    const training = all.slice(0, digits.training);
    const search = new Search(library, SPEC, training, { steps, seed }, 0);
    const begun = performance.now();
    search.run(steps);
    const seconds = (performance.now() - begun) / 1000;
    const network = search.network();
    const { hash } = network;
    [network, search, training, all].forEach((made) => made.destroy());
    return { steps: steps / seconds, hash };
}

function measureDrive(library, bytes, track) {
    const [car, driver] = [new Car(library), new Driver(library, bytes)];
    car.reset(track);
    const begun = performance.now();
    while (!car.step(driver.act(car)).over);
    const seconds = (performance.now() - begun) / 1000;
    const steps = car.state().steps / seconds;
    [car, driver].forEach((made) => made.destroy());
    return steps;
}

/** load(path) gives the bytes of a file of the page. Rates are per second. */
export async function measure(load, { steps, seed, track }) {
    const library = await startLibrary(await load("aann.wasm"));
    const digits = decodeDigits(await load("data/digits.bin"));
    return {
        images: measureImages(library),
        search: measureSearch(library, digits, steps, seed),
        drive: measureDrive(library, await load("driver.aannm"), track),
    };
}

// node bench/web_rates.mjs FOLDER SETTINGS: prints the rates as JSON.
if (globalThis.process?.argv?.[1]?.endsWith("web_rates.mjs")) {
    const { readFileSync } = await import("node:fs");
    const [folder, settings] = process.argv.slice(2);
    const load = async (path) => new Uint8Array(readFileSync(`${folder}/${path}`));
    console.log(JSON.stringify(await measure(load, JSON.parse(settings))));
}
