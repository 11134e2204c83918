/* The digits that ship with the page: 2,000 to search on and 500 to check with, from MNIST.
 *
 * data/digits.bin is an arithmetic code, in which every bit has a probability that adapts in its
 * context: 28 bytes a digit, half of what gzip needs. web/make_digits.py is the encoder and says
 * what the file holds. */

const MAGIC = "AANNDIG1";
const HEADER = 16;
const ONE = 65536; // a probability is a whole number of 65,536ths
const SLOWEST = 30;
const LEVELS = 4;
const PIXEL_CONTEXTS = LEVELS ** 4 * 9;
const MARGIN = 2; // empty rows and columns around a picture

/** Undoes the arithmetic code: the interval low..high, and where in it the code points. */
class Decoder {
    constructor(bytes, position) {
        this.bytes = bytes;
        this.position = position;
        this.low = 0;
        this.high = 0xffffffff;
        this.code = 0;
        for (let i = 0; i < 4; i++) {
            this.code = this.code * 256 + this.#next();
        }
    }

    #next() {
        return this.position < this.bytes.length ? this.bytes[this.position++] : 0;
    }

    /** Is the next bit 1, if that has this probability? */
    bit(probability) {
        const middle = this.low + Math.floor((this.high - this.low) / ONE) * probability;
        const bit = this.code <= middle ? 1 : 0;
        if (bit === 1) {
            this.high = middle;
        } else {
            this.low = middle + 1;
        }
        while (((this.low ^ this.high) >>> 24) === 0) {
            this.low = (this.low << 8) >>> 0;
            this.high = ((this.high << 8) | 0xff) >>> 0;
            this.code = ((this.code << 8) | this.#next()) >>> 0;
        }
        return bit;
    }
}

/** Symbols of some bits: a tree of bits, with probabilities that adapt, in each context. */
class Symbols {
    constructor(bits, contexts) {
        this.bits = bits;
        this.probability = new Int32Array(contexts << bits).fill(ONE / 2);
        this.seen = new Uint8Array(contexts << bits);
    }

    decode(decoder, context) {
        let node = 1;
        for (let i = 0; i < this.bits; i++) {
            const at = (context << this.bits) + node;
            const bit = decoder.bit(this.probability[at]);
            this.#update(at, bit);
            node = 2 * node + bit;
        }
        return node - (1 << this.bits);
    }

    #update(at, bit) {
        const seen = this.seen[at];
        let p = this.probability[at];
        p += Math.floor((2 * ((ONE - 1) * bit - p)) / (2 * seen + 3));
        this.probability[at] = Math.min(Math.max(p, 64), ONE - 64);
        this.seen[at] = Math.min(seen + 1, SLOWEST);
    }
}

const faint = (level) => Math.max(level - 1, 0);

/** What is around the pixel at `at` of a picture with margins, rows of `stride`, as a number. */
function contextOf(picture, at, stride) {
    const above = at - stride;
    const near = ((picture[at - 1] * LEVELS + picture[above]) * LEVELS + picture[above - 1]) *
        LEVELS + picture[above + 1];
    return (near * 3 + faint(picture[at - 2])) * 3 + faint(picture[above - stride]);
}

/** Decodes the file: {pixels [count][height][width] of 0 to 255, labels [count], count, training:
 *  how many of them, from the first on, are to search on, height, width}. */
export function decodeDigits(bytes) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    if (bytes.length < HEADER || String.fromCharCode(...bytes.slice(0, 8)) !== MAGIC) {
        throw new Error("digits.bin is no file of digits: it does not begin as one does");
    }
    const [count, training, height, width] = [8, 10, 12, 14].map((at) => view.getUint16(at, true));
    const decoder = new Decoder(bytes, HEADER);
    const labelSymbols = new Symbols(4, 1);
    const pixelSymbols = new Symbols(2, PIXEL_CONTEXTS);
    const stride = width + 2 * MARGIN;
    const picture = new Uint8Array(stride * (height + MARGIN));
    const pixels = new Uint8Array(count * height * width);
    const labels = new Uint8Array(count);
    let to = 0;
    for (let digit = 0; digit < count; digit++) {
        labels[digit] = labelSymbols.decode(decoder, 0);
        for (let y = MARGIN; y < height + MARGIN; y++) {
            for (let at = y * stride + MARGIN; at < y * stride + MARGIN + width; at++) {
                picture[at] = pixelSymbols.decode(decoder, contextOf(picture, at, stride));
                pixels[to++] = (picture[at] * 255) / (LEVELS - 1);
            }
        }
    }
    return { pixels, labels, count, training, height, width };
}
