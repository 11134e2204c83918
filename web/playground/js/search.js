/* A search, run a slice at a time. */
import { Network } from "./network.js";

/** The search for one member. The samples must outlive it. */
export class Search {
    /** @param {string} text the network, as "16C5-MP2-32C5-MP2-10"
     *  @param {Object<string, string|number>} options by their names on the command line */
    constructor(library, text, samples, options, member) {
        this.library = library;
        const { calls } = library;
        this.options = library.check(calls.search_options());
        for (const [name, value] of Object.entries(options)) {
            library.withText(name, (nameAt) => library.withText(String(value), (valueAt) =>
                library.check(calls.search_set(this.options, nameAt, valueAt))));
        }
        this.address = library.withText(text, (spec) =>
            library.check(calls.search_create(spec, samples.address, this.options, member)));
    }

    /** Runs until `step` candidates are decided. */
    run(step) {
        this.library.check(this.library.calls.search_run(this.address, step));
    }

    progress() {
        const [step, accepted, temperature, samples, loss, correct] = this.library.numbers(
            Float64Array, 6, (at) => this.library.calls.search_progress(this.address, at));
        return { step, accepted, temperature, samples, loss, correct };
    }

    /** A copy of the present network. */
    network() {
        return new Network(this.library,
            this.library.check(this.library.calls.search_network(this.address)));
    }

    destroy() {
        this.library.calls.search_destroy(this.address);
        this.library.release(this.options);
        this.address = 0;
    }
}
