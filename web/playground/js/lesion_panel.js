/* Cutting synapses: the slider, and the curve of what is still answered correctly. */
import { byId, complain, percent, whole } from "./page.js";
import { startWorker } from "./assets.js";
import { Chart } from "./chart.js";

const layerOption = (layer) => (layer < 0 ? "" : ` --layer ${layer}`);

const PERCENTS = [0, 2, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 60, 70, 80, 90, 100];

export class LesionPanel {
    /** changed() is called when the family's synapses are other ones. */
    constructor(family, module, digits, changed) {
        this.family = family;
        this.changed = changed;
        this.task = 0;
        this.points = [];
        this.chart = new Chart(byId("lesion-chart"));
        this.worker = startWorker("lesion_worker");
        this.worker.postMessage({ kind: "start", module, digits });
        this.worker.addEventListener("message", ({ data }) => this.#take(data));
        this.slider = byId("cut");
        this.slider.addEventListener("input", () => this.#cut());
        byId("cut-layer").addEventListener("change", () => this.#cutOthers());
        byId("cut-again").addEventListener("click", () => {
            this.family.setLesion({ draw: this.family.lesion.draw + 1 });
            this.#cutOthers();
        });
    }

    #cut() {
        this.family.setLesion({
            percent: Number(this.slider.value), layer: Number(byId("cut-layer").value),
        });
        this.#describe();
        this.changed();
    }

    #cutOthers() {
        this.#cut();
        this.measure();
    }

    /** Measures the curve of this lesion anew, in the worker. */
    measure() {
        const { layer, seed, draw } = this.family.lesion;
        this.task++;
        this.points = [];
        this.worker.postMessage({
            kind: "measure",
            task: this.task,
            lesion: { layer, seed, draw },
            percents: PERCENTS,
            members: this.family.members.map(({ whole: network }) =>
                ({ text: network.text, packed: network.pack() })),
        });
        this.#describe();
    }

    #take(data) {
        if (data.kind === "error") {
            complain(data.message);
        } else if (data.kind === "point" && data.task === this.task) {
            this.points.push(data);
            this.#describe();
        }
    }

    #describe() {
        const { lesion, members } = this.family;
        const cut = members.reduce((sum, member) => sum + member.cut, 0) / members.length;
        byId("cut-percent").textContent = `${lesion.percent} %`;
        byId("cut-count").textContent = lesion.percent === 0 ? "All synapses are there."
            : `${whole(cut)} synapses of each network are cut: those that aann eval --lesion ` +
                `${lesion.percent} --draw ${lesion.draw}${layerOption(lesion.layer)} cuts.`;
        this.slider.setAttribute("aria-valuetext",
            `${lesion.percent} percent, ${whole(cut)} synapses of each network`);
        this.#draw();
    }

    #draw() {
        const { points } = this;
        const at = Number(this.slider.value);
        const lines = (points[0]?.members ?? []).map((_, index) => ({
            name: `network ${index + 1}`, colour: "minus", faint: true,
            points: points.map((point) => [point.percent, point.members[index]]),
        }));
        lines.push({
            name: "vote", colour: "plus",
            points: points.map((point) => [point.percent, point.vote]),
        });
        this.chart.show({
            lines, x: [0, 100], y: [0, 1], mark: at, label: "Correct answers against synapses cut",
            xText: (value) => `${value} %`, yText: (value) => `${Math.round(100 * value)} %`,
        });
        byId("cut-accuracy").textContent = this.#accuracyText(at);
    }

    /** The measured point nearest to the slider. */
    #accuracyText(at) {
        const nearest = this.points.reduce((best, point) => (best === null ||
            Math.abs(point.percent - at) < Math.abs(best.percent - at) ? point : best), null);
        if (nearest === null) {
            return "";
        }
        const { members, vote } = nearest;
        const mean = members.reduce((sum, share) => sum + share, 0) / members.length;
        return `At ${nearest.percent}\u00a0% the vote is right on ${percent(vote)} ` +
            `of 500 digits, one network on ${percent(mean)}.`;
    }
}
