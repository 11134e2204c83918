/* The library in WebAssembly against the program, to the bit: the digits that ship with the page,
 * logits, activations, lesions, scores, searches.
 * ctest-labels: release slow
 * ctest-timeout: 400
 */
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import {
    aann, aannJson, build, readNpy, ROOT, runTests, scratchFolder, writeDigits,
} from "./native.mjs";
import { pictureOf } from "../../web/playground/js/drawn_digit.js";
import { countVotes } from "../../web/playground/js/family.js";
import { decodeDigits } from "../../web/playground/js/digits.js";
import { startLibrary } from "../../web/playground/js/library.js";
import { answerOf, Network } from "../../web/playground/js/network.js";
import { Samples } from "../../web/playground/js/samples.js";
import { Search } from "../../web/playground/js/search.js";

const SPEC = "16C5@50-MP2-32C5@90-MP2-10@90";
const SCALE = 8;
const SIZE = 28;

const folder = scratchFolder();
const built = build("--module");
const module = await WebAssembly.compile(fs.readFileSync(path.join(built, "aann.wasm")));
const library = await startLibrary(module);
const digits = decodeDigits(new Uint8Array(
    fs.readFileSync(path.join(ROOT, "web/playground/data/digits.bin"))));
const dataOptions = writeDigits(folder, digits);
const [, dataFile] = dataOptions;
const samples = Samples.fromPixels(library, digits.pixels, digits.labels, SIZE, SIZE);
const training = samples.slice(0, digits.training);
const validation = samples.slice(digits.training, digits.count - digits.training);

/** Searches with the program; what it says of the member, and its model file. */
function searchNatively(name, options) {
    const study = path.join(folder, `${name}.aann`);
    const model = path.join(folder, `${name}.aannm`);
    const words = Object.entries(options).flatMap(([option, value]) => [`--${option}`, value]);
    const { members } = aannJson("search", ...dataOptions,
        "--validation", digits.count - digits.training, "--net", SPEC, "--study", study, "--quiet",
        ...words);
    aann("save", study, 1, "--out", model);
    return { member: members[0], study, model };
}

function readModel(file) {
    return Network.read(library, new Uint8Array(fs.readFileSync(file)));
}

const SHORT = { steps: 3000, seed: 3 };
const native = searchNatively("short", SHORT);

/** Digits as a hand might draw them: strokes of points [x, y]. */
const DRAWN = [
    [[[50, 10], [25, 25], [20, 55], [30, 85], [50, 92], [72, 80], [78, 50], [70, 22], [50, 10]]],
    [[[52, 8], [50, 50], [48, 92]]],
    [[[25, 25], [45, 10], [70, 20], [70, 40], [45, 65], [22, 88], [50, 88], [80, 88]]],
    [[[25, 15], [55, 10], [72, 27], [60, 45], [42, 50], [68, 58], [72, 78], [50, 92], [22, 85]]],
    [[[35, 10], [25, 50], [75, 52]], [[68, 15], [65, 92]]],
    [[[75, 12], [32, 12], [28, 45], [55, 42], [74, 60], [66, 85], [40, 92], [22, 84]]],
    [[[65, 8], [35, 35], [25, 65], [38, 90], [62, 88], [72, 68], [58, 54], [32, 62]]],
    [[[22, 14], [78, 12], [60, 45], [42, 92]]],
    [[[50, 48], [30, 32], [38, 12], [62, 10], [70, 28], [50, 48], [28, 68], [38, 90], [64, 88],
        [72, 68], [50, 48]]],
    [[[70, 30], [50, 12], [30, 26], [36, 48], [58, 48], [70, 30], [68, 60], [58, 92]]],
].map((strokes) => strokes.map((stroke) => stroke.map(([x, y]) => ({ x, y }))));

const tests = {
    "the module imports nothing"() {
        assert.deepEqual(WebAssembly.Module.imports(module), []);
    },

    "digits have every class, about equally often, and four grey levels"() {
        const perClass = new Array(10).fill(0);
        digits.labels.forEach((label) => perClass[label]++);
        assert.ok(Math.min(...perClass) > 150 && Math.max(...perClass) < 350, `${perClass}`);
        assert.deepEqual([...new Set(digits.pixels)].sort((a, b) => a - b), [0, 85, 170, 255]);
        assert.equal(digits.count, 2500);
    },

    "a model file: notation, hash and number of synapses"() {
        const network = readModel(native.model);
        assert.equal(network.text, SPEC);
        assert.equal(network.hash, native.member.hash);
        assert.equal(network.synapses, 200 + 1280 + 1568);
        assert.deepEqual(network.layers[1], {
            units: 32, channels: 16, kernelHeight: 5, kernelWidth: 5, stride: 1, mapCount: 32,
            height: 7, width: 7, dense: false,
        });
        network.destroy();
    },

    "logits of 2,500 digits, together and one by one"() {
        const file = path.join(folder, "logits.npy");
        aann("predict", native.model, "--data", dataFile, "--logits", file);
        const expected = readNpy(file);
        const network = readModel(native.model);
        assert.deepEqual(network.logits(samples), expected);
        for (let index = 0; index < digits.count; index += 97) {
            assert.deepEqual(network.logits(samples, index, 1),
                expected.slice(10 * index, 10 * index + 10));
        }
        assert.equal(answerOf([3, 7, 7, 1]), 1);
        network.destroy();
    },

    "activations follow from the weights"() {
        const network = readModel(native.model);
        const image = digits.pixels.slice(0, SIZE * SIZE);
        const maps = network.activations(samples, 0, 0);
        const kernel = network.weights(0);
        // The plain way, for the first filter: sum, 2x2 maximum, clamp.
        const encoded = image.map((pixel) => Math.round((127 * pixel) / 255));
        const sum = (row, column) => {
            let total = 0;
            for (let y = 0; y < 5; y++) {
                for (let x = 0; x < 5; x++) {
                    const [r, c] = [row + y - 2, column + x - 2];
                    const inside = r >= 0 && r < SIZE && c >= 0 && c < SIZE;
                    total += inside ? kernel[5 * y + x] * encoded[SIZE * r + c] : 0;
                }
            }
            return total;
        };
        for (let row = 0; row < 14; row++) {
            for (let column = 0; column < 14; column++) {
                const largest = Math.max(sum(2 * row, 2 * column), sum(2 * row, 2 * column + 1),
                    sum(2 * row + 1, 2 * column), sum(2 * row + 1, 2 * column + 1));
                assert.equal(maps[14 * row + column], Math.max(-127, Math.min(127, largest)));
            }
        }
        network.destroy();
    },

    "lesions: the same synapses are cut as by aann eval --lesion"() {
        const network = readModel(native.model);
        const lesioned = network.copy();
        for (const [percent, layer, draw] of [[10, -1, 0], [35, -1, 3], [50, 1, 1], [100, 2, 0]]) {
            const layerOptions = layer < 0 ? [] : ["--layer", layer];
            const expected = aannJson("eval", native.study, 1, ...dataOptions, "--lesion", percent,
                "--draw", draw, "--draw-seed", 5, ...layerOptions);
            const deleted = lesioned.becomeLesion(network, layer, percent, 5, draw);
            const synapses = (layer < 0 ? [0, 1, 2] : [layer]).reduce((sum, index) =>
                sum + network.weights(index).filter(Boolean).length, 0);
            assert.equal(deleted, Math.round((percent / 100) * synapses));
            const score = lesioned.score(samples, SCALE);
            assert.equal(score.accuracy, expected.accuracy);
            assert.equal(score.loss, expected.loss);
        }
        assert.equal(lesioned.becomeLesion(network, -1, 0, 5, 0), 0);
        assert.deepEqual(lesioned.logits(validation), network.logits(validation));
        network.destroy();
        lesioned.destroy();
    },

    "a search, in slices: hash and losses"() {
        const search = new Search(library, SPEC, training, SHORT, 0);
        for (let step = 170; step < SHORT.steps; step += 170) {
            search.run(step);
        }
        search.run(SHORT.steps);
        assert.equal(search.progress().accepted, native.member.accepted);
        const network = search.network();
        assert.equal(network.hash, native.member.hash);
        assert.equal(network.score(training, SCALE).loss, native.member.train_loss);
        assert.equal(network.score(validation, SCALE).loss, native.member.validation_loss);
        assert.equal(network.score(validation, SCALE).accuracy, native.member.validation_accuracy);
        // As the page gives it from the worker to the vote.
        const moved = Network.unpack(library, SPEC, SIZE, SIZE, network.pack());
        assert.equal(moved.hash, network.hash);
        search.destroy();
        network.destroy();
        moved.destroy();
    },

    "a search with moved and warped samples"() {
        const options = { steps: 1500, seed: 8, jitter: 1, warp: 0.1 };
        const { member } = searchNatively("warped", options);
        const search = new Search(library, SPEC, training, options, 0);
        search.run(options.steps);
        const network = search.network();
        assert.equal(network.hash, member.hash);
        search.destroy();
        network.destroy();
    },

    "the family of the page reads ten digits drawn by hand"() {
        const names = Array.from({ length: 12 }, (_, index) => String(index + 1).padStart(2, "0"));
        const family = names.map((name) =>
            readModel(path.join(ROOT, `web/playground/members/${name}.aannm`)));
        assert.equal(new Set(family.map((network) => network.hash)).size, 12);
        const winners = DRAWN.map((strokes) => {
            const picture = Samples.fromPixels(library, pictureOf(strokes), null, SIZE, SIZE);
            const logits = family.map((network) => network.logits(picture));
            picture.destroy();
            return countVotes(logits.map(answerOf), logits).winner;
        });
        assert.deepEqual(winners, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        family.forEach((network) => network.destroy());
    },

    "a tied vote goes to the larger sum of logits, then to the first"() {
        const row = (values) => Int32Array.from({ length: 10 }, (_, index) => values[index] ?? 0);
        const vote = (...rows) => countVotes(rows.map(answerOf), rows).winner;
        assert.equal(vote(row({ 3: 5 }), row({ 6: 9 })), 6);
        assert.equal(vote(row({ 3: 5 }), row({ 6: 5 })), 3);
        assert.equal(vote(row({ 3: 5 }), row({ 3: 1 }), row({ 6: 900 })), 3);
    },

    "what is wrong is said, and is not the end"() {
        assert.throws(() => new Search(library, "16C5-", training, SHORT, 0), /character/);
        assert.throws(() => new Search(library, SPEC, training, { jitter: -1 }, 0), /jitter/);
        const bytes = new Uint8Array(fs.readFileSync(native.model));
        bytes[40] ^= 1;
        assert.throws(() => Network.read(library, bytes), /check sum/);
        assert.throws(() => decodeDigits(bytes), /digits/);
        assert.equal(readModel(native.model).hash, native.member.hash);
    },
};

await runTests(tests);
