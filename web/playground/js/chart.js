/* A line chart as SVG: numbers at the axes, one line or several, text drawn as text. */

const SPACE = "http://www.w3.org/2000/svg";
const MARGIN = { left: 46, right: 14, top: 10, bottom: 24 };

function element(tag, attributes, text = "") {
    const made = document.createElementNS(SPACE, tag);
    for (const [name, value] of Object.entries(attributes)) {
        made.setAttribute(name, String(value));
    }
    made.textContent = text;
    return made;
}

/** Round numbers between two: about four of them. */
function ticksBetween(low, high) {
    const rough = (high - low) / 4;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough);
    const ticks = [];
    for (let tick = Math.ceil(low / step) * step; tick <= high + step / 1000; tick += step) {
        ticks.push(tick);
    }
    return ticks;
}

function logarithmicTicks(low, high) {
    const ticks = [];
    for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
        ticks.push(...[1, 2, 5].map((factor) => factor * 10 ** power));
    }
    return ticks.filter((tick) => tick >= low * 0.999 && tick <= high * 1.001);
}

/** @typedef {{name: string, points: [number, number][], colour: string, faint?: boolean}} Line */

export class Chart {
    /** @param {Element} place where the chart goes; it takes its width and height */
    constructor(place) {
        this.place = place;
        this.svg = element("svg", { role: "img", preserveAspectRatio: "none" });
        place.append(this.svg);
        this.drawn = null;
        new ResizeObserver(() => this.#draw()).observe(place);
    }

    /** @param {{lines: Line[], x: [number, number], y: [number, number], logarithmic?: boolean,
     *   xText: (n: number) => string, yText: (n: number) => string, mark?: number,
     *   label: string}} what mark: where a vertical line is */
    show(what) {
        this.drawn = what;
        this.#draw();
    }

    #draw() {
        if (this.drawn === null || this.place.clientWidth === 0) {
            return;
        }
        const { lines, x, y, logarithmic, xText, yText, mark, label } = this.drawn;
        const [width, height] = [this.place.clientWidth, this.place.clientHeight];
        const [right, bottom] = [width - MARGIN.right, height - MARGIN.bottom];
        const scale = logarithmic ? Math.log : Number;
        const [low, high] = y.map(scale);
        const toX = (value) =>
            MARGIN.left + ((value - x[0]) / (x[1] - x[0])) * (right - MARGIN.left);
        const toY = (value) =>
            bottom - ((scale(value) - low) / (high - low)) * (bottom - MARGIN.top);
        const parts = [element("title", {}, label)];
        for (const tick of logarithmic ? logarithmicTicks(...y) : ticksBetween(...y)) {
            const at = toY(tick);
            const name = { x: MARGIN.left - 8, y: at + 4, "text-anchor": "end" };
            const across = { class: "grid", x1: MARGIN.left, x2: right, y1: at, y2: at };
            parts.push(element("line", across), element("text", name, yText(tick)));
        }
        for (const tick of ticksBetween(...x)) {
            parts.push(element("text", { x: toX(tick), y: height - 6, "text-anchor": "middle" },
                xText(tick)));
        }
        if (mark !== undefined) {
            parts.push(element("line",
                { class: "mark", x1: toX(mark), x2: toX(mark), y1: MARGIN.top, y2: bottom }));
        }
        for (const line of lines) {
            const points = line.points.map(([a, b]) => `${toX(a).toFixed(1)},${toY(b).toFixed(1)}`);
            parts.push(element("polyline", {
                points: points.join(" "), class: line.faint ? "line faint" : "line",
                style: `stroke: var(--${line.colour})`,
            }));
        }
        this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
        this.svg.replaceChildren(...parts);
    }
}
