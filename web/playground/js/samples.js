/* Samples: grey pictures, encoded by the library. */

/** Encoded pictures in the library's memory; call destroy() when done. */
export class Samples {
    constructor(library, address) {
        this.library = library;
        this.address = address;
    }

    /** @param {Uint8Array} pixels [count][height][width], 0 to 255
     *  @param {Uint8Array|null} labels [count] */
    static fromPixels(library, pixels, labels, height, width) {
        const count = pixels.length / (height * width);
        const make = (inputs, classes) => library.check(
            library.calls.samples_create(inputs, classes, count, height, width));
        const address = library.withBytes(pixels, (inputs) =>
            labels === null ? make(inputs, 0)
                : library.withBytes(labels, (classes) => make(inputs, classes)));
        return new Samples(library, address);
    }

    slice(first, count) {
        const { calls } = this.library;
        return new Samples(this.library,
            this.library.check(calls.samples_slice(this.address, first, count)));
    }

    get count() {
        return this.library.calls.samples_count(this.address);
    }

    destroy() {
        this.library.calls.samples_destroy(this.address);
        this.address = 0;
    }
}
