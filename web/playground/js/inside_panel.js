/* Inside one network: its filters, what they make of the digit, and its ten outputs. */
import { byId, make, whole } from "./page.js";
import { CLASSES } from "./family.js";
import { drawFilter, drawMap } from "./pictures.js";

export class InsidePanel {
    constructor(family) {
        this.family = family;
        this.member = null;
        this.filters = [];
        this.firstMaps = [];
        this.secondMaps = [];
        this.outputs = Array.from({ length: CLASSES }, (_, digit) => {
            const bar = make("i");
            const number = make("span", "number");
            const row = make("div", "output", make("b", "", String(digit)),
                make("span", "track", bar), number);
            byId("outputs").append(row);
            return { row, bar, number };
        });
    }

    /** Canvases for the layers of a network. */
    #arrange([first, second]) {
        if (this.filters.length === first.units && this.secondMaps.length === second.mapCount) {
            return;
        }
        byId("filters").replaceChildren();
        byId("maps").replaceChildren();
        const canvases = (count, what) => Array.from({ length: count }, (_, index) => {
            const canvas = make("canvas");
            canvas.setAttribute("role", "img");
            canvas.setAttribute("aria-label", `${what} ${index + 1}`);
            return canvas;
        });
        this.filters = canvases(first.units, "filter");
        this.firstMaps = canvases(first.mapCount, "what it makes of the digit, filter");
        this.secondMaps = canvases(second.mapCount, "second layer, map");
        this.filters.forEach((filter, index) =>
            byId("filters").append(make("div", "pair", filter, this.firstMaps[index])));
        byId("maps").append(...this.secondMaps);
    }

    show(member, logits) {
        this.member = member;
        const { now } = member;
        const [first, second] = now.layers;
        this.#arrange(now.layers);
        byId("inside-name").textContent = member.name;
        const left = whole(now.synapses);
        byId("inside-about").textContent = member.cut === 0
            ? `${now.text}, ${left} synapses, hash ${member.whole.hash}`
            : `${now.text}, ${left} synapses left, ${whole(member.cut)} cut`;
        const [weights, before] = [now.weights(0), member.whole.weights(0)];
        this.filters.forEach((canvas, index) => drawFilter(canvas, weights, before,
            first.kernelHeight, first.kernelWidth, index * first.kernelHeight * first.kernelWidth));
        this.#showMaps(now, this.firstMaps, 0, first, logits);
        this.#showMaps(now, this.secondMaps, 1, second, logits);
        this.#showOutputs(logits);
    }

    #showMaps(network, canvases, layer, { mapCount, height, width }, logits) {
        const values = logits === null ? new Int8Array(mapCount * height * width)
            : network.activations(this.family.samples, 0, layer);
        canvases.forEach((canvas, index) =>
            drawMap(canvas, values, height, width, index * height * width));
    }

    #showOutputs(logits) {
        const largest = logits === null ? 1 : Math.max(1, ...logits.map(Math.abs));
        this.outputs.forEach(({ row, bar, number }, digit) => {
            const value = logits?.[digit] ?? 0;
            bar.style.width = `${(50 * Math.abs(value)) / largest}%`;
            bar.className = value < 0 ? "minus" : "plus";
            number.textContent = logits === null ? "" : String(value).replace("-", "−");
            row.classList.toggle("top", logits !== null && value === Math.max(...logits));
        });
    }
}
