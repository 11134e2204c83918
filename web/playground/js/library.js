/* The library, compiled to WebAssembly: memory, texts and errors. The classes in network.js,
 * search.js and car.js are built on it; nothing else calls the module.
 *
 * The module imports nothing: it computes, and sees neither clock, file nor network. */

/** One instance of the module. An instance has one thread; workers make their own. */
export class Library {
    /** @param {WebAssembly.Instance} instance */
    constructor(instance) {
        this.calls = instance.exports;
        this.calls._initialize();
    }

    /** The module's memory as bytes. Take it anew after every call: memory that grows moves. */
    get bytes() {
        return new Uint8Array(this.calls.memory.buffer);
    }

    get version() {
        return this.text(this.calls.page_version());
    }

    /** The text at an address, up to its zero byte. */
    text(address) {
        const bytes = this.bytes;
        return new TextDecoder().decode(bytes.slice(address, bytes.indexOf(0, address)));
    }

    /** What a call made or whether it succeeded; throws with the library's message if it failed. */
    check(result) {
        if (!result) {
            throw new Error(this.text(this.calls.page_message()));
        }
        return result;
    }

    allocate(size) {
        return this.check(this.calls.page_allocate(size));
    }

    release(address) {
        this.calls.page_release(address);
    }

    /** Copies bytes into memory of the module's, calls use(address), and frees it. */
    withBytes(bytes, use) {
        const address = this.allocate(bytes.length);
        try {
            this.bytes.set(bytes, address);
            return use(address);
        } finally {
            this.release(address);
        }
    }

    withText(text, use) {
        return this.withBytes(new TextEncoder().encode(`${text}\0`), use);
    }

    /** Calls use(address of `count` numbers) and returns them, as an array of type `Type`. */
    numbers(Type, count, use) {
        const address = this.allocate(count * Type.BYTES_PER_ELEMENT);
        try {
            use(address);
            return this.array(Type, address, count);
        } finally {
            this.release(address);
        }
    }

    /** A copy of `count` numbers at an address. */
    array(Type, address, count) {
        return new Type(this.calls.memory.buffer, address, count).slice();
    }
}

/** Starts the library from a compiled module or from its bytes. */
export async function startLibrary(source) {
    const module = source instanceof WebAssembly.Module ? source
        : await WebAssembly.compile(source);
    return new Library(await WebAssembly.instantiate(module, {}));
}
