/* What both workers begin with: the library and the digits that the page sends them. */
import { startLibrary } from "./library.js";
import { Samples } from "./samples.js";

/** @param {{module: WebAssembly.Module, digits: object}} message
 *  @returns {{library, training, validation}} */
export async function startWork({ module, digits }) {
    const library = await startLibrary(module);
    const { pixels, labels, height, width, count, training } = digits;
    const samples = Samples.fromPixels(library, pixels, labels, height, width);
    const work = {
        library,
        training: samples.slice(0, training),
        validation: samples.slice(training, count - training),
    };
    samples.destroy();
    return work;
}
