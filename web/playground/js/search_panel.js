/* The search: its controls, its curve, and what becomes of what it finds. */
import { byId, make, percent, whole } from "./page.js";
import { startWorker } from "./assets.js";
import { Chart } from "./chart.js";
import { Network } from "./network.js";
import { SIZE } from "./drawn_digit.js";
import { drawFilter } from "./pictures.js";

const TEXT = "16C5@50-MP2-32C5@90-MP2-10@90";
const SEARCHING = "Searching on 2,000 digits.";
const LOSS_SCALE = 8;
const FILTERS = 16;
const KERNEL = 5;

export class SearchPanel {
    /** found(network, hash) is called with what a search has found. */
    constructor(library, module, digits, found) {
        Object.assign(this, { library, module, digits, found });
        this.worker = null;
        this.rows = [];
        this.shown = "loss";
        this.steps = 0;
        this.jitter = 0;
        this.chart = new Chart(byId("search-chart"));
        this.filters = Array.from({ length: FILTERS }, (_, index) => {
            const canvas = make("canvas");
            canvas.setAttribute("role", "img");
            canvas.setAttribute("aria-label", `filter ${index + 1} of the search`);
            byId("search-filters").append(canvas);
            return canvas;
        });
        byId("search-run").addEventListener("click", () => this.#press());
        byId("search-stop").addEventListener("click", () => this.#end("Stopped."));
        for (const name of ["loss", "accuracy"]) {
            byId(`show-${name}`).addEventListener("click", () => this.#choose(name));
        }
        this.#label("Start");
        this.draw();
    }

    #choose(name) {
        this.shown = name;
        for (const other of ["loss", "accuracy"]) {
            byId(`show-${other}`).setAttribute("aria-pressed", String(other === name));
        }
        this.draw();
    }

    #label(text) {
        byId("search-run").textContent = text;
        const busy = this.worker !== null;
        byId("search-stop").hidden = !busy;
        for (const id of ["search-steps", "search-seed", "search-jitter"]) {
            byId(id).disabled = busy;
        }
    }

    /** Start, pause or continue, as the button says. */
    #press() {
        if (this.worker === null) {
            this.#start();
        } else if (byId("search-run").textContent === "Pause") {
            this.worker.postMessage({ kind: "pause" });
            this.#label("Continue");
        } else {
            this.worker.postMessage({ kind: "continue" });
            byId("search-say").textContent = SEARCHING;
            this.#label("Pause");
        }
    }

    #start() {
        this.steps = Number(byId("search-steps").value);
        const options = {
            steps: this.steps, seed: Math.max(0, Math.floor(Number(byId("search-seed").value))),
            jitter: byId("search-jitter").checked ? 1 : 0,
        };
        this.jitter = options.jitter;
        this.rows = [];
        byId("search-say").textContent = SEARCHING;
        this.worker = startWorker("search_worker");
        this.worker.addEventListener("message", ({ data }) => this.#take(data));
        this.worker.addEventListener("error", () => this.#end("The search has failed."));
        this.worker.postMessage({
            kind: "start", module: this.module, digits: this.digits, text: TEXT, options, member: 0,
            lossScale: LOSS_SCALE,
        });
        this.#label("Pause");
    }

    #end(text) {
        this.worker?.terminate();
        this.worker = null;
        byId("search-say").textContent = text;
        this.#label("Start");
    }

    #take(data) {
        if (data.kind === "error") {
            this.#end(data.message);
        } else if (data.kind === "paused") {
            byId("search-say").textContent = "Paused.";
        } else if (data.kind === "progress") {
            this.rows.push(data);
            this.draw();
        } else {
            const network = Network.unpack(this.library, TEXT, SIZE, SIZE, data.packed);
            const name = this.found(network, data.hash);
            this.#end(`Found, hash ${data.hash}: it votes as network ${name}.`);
        }
    }

    draw() {
        const last = this.rows[this.rows.length - 1];
        this.#drawChart();
        this.#drawNumbers(last);
        const filters = last?.filters ?? new Int8Array(FILTERS * KERNEL * KERNEL);
        this.filters.forEach((canvas, index) =>
            drawFilter(canvas, filters, filters, KERNEL, KERNEL, index * KERNEL * KERNEL));
    }

    #drawKey() {
        const loss = this.shown === "loss";
        byId("key-others").hidden = loss;
        const [mark, text] = byId("key-training").children;
        mark.className = loss ? "plus" : "minus";
        const digits = this.jitter > 0 ? "2,000 moved digits" : "2,000 digits";
        text.textContent = `${loss ? "mean loss" : "right answers"}, ${digits}`;
    }

    #drawChart() {
        const { rows } = this;
        this.#drawKey();
        const x = [0, this.steps || Number(byId("search-steps").value)];
        const xText = (value) => (value < 1000 ? String(value) : `${value / 1000}k`);
        if (this.shown === "loss") {
            this.chart.show({
                lines: [{
                    name: "loss", colour: "plus",
                    points: rows.map(({ step, loss }) => [step, loss]),
                }],
                x, xText, y: [Math.min(0.1, ...rows.map(({ loss }) => loss)),
                    Math.max(2.5, ...rows.map(({ loss }) => loss))],
                logarithmic: true, yText: String, label: "Mean loss against candidates",
            });
            return;
        }
        const measured = rows.filter(({ accuracy }) => accuracy !== null);
        this.chart.show({
            lines: [{
                name: "training", colour: "minus",
                points: rows.map(({ step, correct, samples }) => [step, correct / samples]),
            }, {
                name: "validation", colour: "plus",
                points: measured.map(({ step, accuracy }) => [step, accuracy]),
            }],
            x, xText, y: [0, 1], yText: (value) => `${Math.round(100 * value)} %`,
            label: "Correct answers against candidates",
        });
    }

    #drawNumbers(last) {
        const accuracies = this.rows.map(({ accuracy }) => accuracy)
            .filter((share) => share !== null);
        const numbers = {
            "search-step": last === undefined ? "–" : whole(last.step),
            "search-kept": last === undefined ? "–" : whole(last.accepted),
            "search-loss": last === undefined ? "–" : last.loss.toFixed(3),
            "search-accuracy": accuracies.length === 0 ? "–"
                : percent(accuracies[accuracies.length - 1]),
            "search-rate": last === undefined || last.seconds === 0 ? "–"
                : whole(last.step / last.seconds),
        };
        for (const [id, text] of Object.entries(numbers)) {
            byId(id).textContent = text;
        }
    }
}
