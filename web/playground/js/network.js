/* Networks: a model file's, a search's, or a lesioned copy of one. */

const LAYER_NUMBERS = 9;

/** @typedef {{units: number, channels: number, kernelHeight: number, kernelWidth: number,
 *   stride: number, mapCount: number, height: number, width: number, dense: boolean}} Layer */

/** A network in the library's memory. */
export class Network {
    constructor(library, address) {
        this.library = library;
        this.address = address;
        /** @type {Layer[]} */
        this.layers = [];
        const count = library.calls.network_layers(address);
        for (let index = 0; index < count; index++) {
            this.layers.push(this.#describe(index));
        }
    }

    /** The network of a model file. */
    static read(library, bytes) {
        return library.withBytes(bytes, (at) =>
            new Network(library, library.check(library.calls.network_read(at, bytes.length))));
    }

    /** The network `text` with packed weights, as pack() gives them. */
    static unpack(library, text, height, width, packed) {
        return library.withText(text, (spec) => library.withBytes(packed, (at) =>
            new Network(library, library.check(
                library.calls.network_unpack(spec, height, width, at, packed.length)))));
    }

    #describe(index) {
        const numbers = this.library.numbers(Int32Array, LAYER_NUMBERS, (at) =>
            this.library.check(this.library.calls.network_layer(this.address, index, at)));
        const [units, channels, kernelHeight, kernelWidth, stride, mapCount, height, width, dense] =
            numbers;
        return {
            units, channels, kernelHeight, kernelWidth, stride, mapCount, height, width,
            dense: dense === 1,
        };
    }

    get text() {
        return this.library.text(this.library.calls.network_text(this.address));
    }

    /** As `aann list` prints it: 16 hexadecimal digits. */
    get hash() {
        const hash = BigInt.asUintN(64, this.library.calls.network_hash(this.address));
        return hash.toString(16).padStart(16, "0");
    }

    get outputs() {
        return this.layers[this.layers.length - 1].units;
    }

    /** Int8Array [units][channels][kernel height][kernel width] of -1, 0 and 1. */
    weights(layer) {
        const { units, channels, kernelHeight, kernelWidth } = this.layers[layer];
        const address = this.library.calls.network_weights(this.address, layer);
        return this.library.array(Int8Array, address,
            units * channels * kernelHeight * kernelWidth);
    }

    get synapses() {
        let count = 0;
        for (let layer = 0; layer < this.layers.length; layer++) {
            count += this.weights(layer).reduce((sum, weight) => sum + Math.abs(weight), 0);
        }
        return count;
    }

    /** Int32Array [count][outputs] of samples first..first+count-1. */
    logits(samples, first = 0, count = samples.count) {
        return this.library.numbers(Int32Array, count * this.outputs, (at) =>
            this.library.check(this.library.calls.network_logits(
                this.address, samples.address, first, count, at)));
    }

    /** Int8Array [maps][height][width] of a hidden layer, for one sample. */
    activations(samples, index, layer) {
        const { mapCount, height, width } = this.layers[layer];
        return this.library.numbers(Int8Array, mapCount * height * width, (at) =>
            this.library.check(this.library.calls.network_activations(
                this.address, samples.address, index, layer, at)));
    }

    /** How it answers samples with labels. */
    score(samples, lossScale) {
        const [correct, accuracy, loss] = this.library.numbers(Float64Array, 3, (at) =>
            this.library.check(this.library.calls.network_score(
                this.address, samples.address, lossScale, at)));
        return { correct, accuracy, loss };
    }

    /** Makes `this` the network `from` without a random `percent` of the synapses of `layer` (-1:
     *  of all layers), and returns how many were cut. (seed, draw) selects them; a smaller lesion
     *  cuts some of those that a larger one cuts. */
    becomeLesion(from, layer, percent, seed, draw) {
        const [deleted] = this.library.numbers(Int32Array, 1, (at) =>
            this.library.check(this.library.calls.network_lesion(
                from.address, this.address, layer, percent, seed, draw, at)));
        return deleted;
    }

    /** A copy of its own, to be lesioned. */
    copy() {
        let address = 0;
        this.library.numbers(Int32Array, 1, (at) => {
            address = this.library.check(
                this.library.calls.network_lesion(this.address, 0, -1, 0, 0, 0, at));
        });
        return new Network(this.library, address);
    }

    /** The weights as bytes, for unpack() in another instance. */
    pack() {
        const size = this.library.calls.network_packed_size(this.address);
        return this.library.numbers(Uint8Array, size, (at) =>
            this.library.calls.network_pack(this.address, at));
    }

    destroy() {
        this.library.calls.network_destroy(this.address);
        this.address = 0;
    }
}

/** The index of the first largest value: a network's answer. */
export function answerOf(logits) {
    return logits.reduce((best, value, index) => (value > logits[best] ? index : best), 0);
}
