/* The worker that searches: a slice of candidates at a time, so that it hears when it should pause.
 *
 * It is sent {kind: "start", module, digits, text, options, member}, "pause" or "continue", and
 * sends {kind: "progress", ...} after each slice, "paused", and in the end {kind: "done", packed,
 * hash}. */
import { Search } from "./search.js";
import { startWork } from "./worker_library.js";

const SLICE_MILLISECONDS = 60;
const FIRST_SLICE = 64; // candidates
const VALIDATIONS = 60; // in a search

let state = null;

/** Everything about the present network that the page shows. */
function describe(work, search, forced) {
    const { validation, lossScale, every } = work;
    const progress = search.progress();
    const network = search.network();
    let accuracy = null;
    if (forced || progress.step >= work.nextValidation) {
        accuracy = network.score(validation, lossScale).accuracy;
        work.nextValidation = progress.step + every;
    }
    const filters = network.weights(0);
    network.destroy();
    return { kind: "progress", ...progress, accuracy, filters, seconds: work.seconds };
}

function finish({ search }) {
    const network = search.network();
    postMessage({ kind: "done", packed: network.pack(), hash: network.hash });
    network.destroy();
    search.destroy();
    state = null;
}

/** One slice, as long as SLICE_MILLISECONDS if the last was a measure of it; then the next. */
function slice() {
    if (state === null || state.paused) {
        return;
    }
    clearTimeout(state.timer); // after "pause" and "continue" one is due already
    const { search, work } = state;
    const begun = performance.now();
    const from = search.progress().step;
    const until = Math.min(from + state.candidates, work.steps);
    search.run(until);
    const took = performance.now() - begun;
    work.seconds += took / 1000;
    const better = (state.candidates * SLICE_MILLISECONDS) / Math.max(took, 1);
    state.candidates = Math.max(16, Math.min(Math.round(better), 2 * state.candidates));
    postMessage(describe(work, search, until === work.steps));
    if (until === work.steps) {
        finish(state);
    } else {
        state.timer = setTimeout(slice);
    }
}

async function start(message) {
    const begun = await startWork(message);
    const { text, options, member } = message;
    const search = new Search(begun.library, text, begun.training, options, member);
    const steps = Number(options.steps);
    const work = {
        ...begun, steps, lossScale: message.lossScale, every: steps / VALIDATIONS,
        nextValidation: 0, seconds: 0,
    };
    state = { search, work, paused: false, candidates: FIRST_SLICE, timer: 0 };
    postMessage(describe(work, search, true));
    slice();
}

self.addEventListener("message", ({ data }) => {
    if (data.kind === "start") {
        start(data).catch((error) => postMessage({ kind: "error", message: error.message }));
    } else if (state !== null) {
        state.paused = data.kind === "pause";
        if (state.paused) {
            postMessage({ kind: "paused" }); // no progress is sent after this
        }
        slice();
    }
});
