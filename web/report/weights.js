/* Weights as they are in the data: two bits each, four in a byte, low bits first: 0, +1 (1), -1
 * (3). */
function unpack(text, count) {
    const bytes = atob(text);
    const weights = new Int8Array(count);
    for (let i = 0; i < count; i++) {
        const code = (bytes.charCodeAt(i >> 2) >> (2 * (i & 3))) & 3;
        weights[i] = code === 1 ? 1 : code === 3 ? -1 : 0;
    }
    return weights;
}

/** A layer's shape: {units, inputs, height, width, size} where size is the number of weights of one
 * unit. */
function layerShape(layer) {
    const [height, width] = layer.kernel ?? [1, 1];
    const inputs = layer.inputs ?? 1;
    return { units: layer.units, inputs, height, width, size: inputs * height * width };
}

/** The plane on which a first-layer unit's weights lie: its kernel, or the picture that a dense
 * unit looks at. */
function firstPlane() {
    const layer = weightedLayers()[0];
    if (!layer) return null;
    const form = layerShape(layer);
    const input = family.input ?? {};
    const dense = layer.kind === "dense" && form.height * form.width === 1;
    if (
        dense &&
        input.height > 1 &&
        input.width > 1 &&
        input.channels * input.height * input.width === form.inputs
    ) {
        return {
            units: form.units,
            planes: input.channels,
            height: input.height,
            width: input.width,
            size: form.size,
        };
    }
    if (dense)
        return {
            units: form.units,
            planes: 1,
            height: 1,
            width: form.inputs,
            size: form.size,
            table: true,
        };
    return {
        units: form.units,
        planes: form.inputs,
        height: form.height,
        width: form.width,
        size: form.size,
    };
}

/** The squares of a plane's weights: one path for +1, one for -1. Drawn in units of one weight. */
function weightPaths(weights, offset, height, width, zeros) {
    const paths = { plus: "", minus: "", zero: "" };
    for (let row = 0; row < height; row++)
        for (let column = 0; column < width; column++) {
            const weight = weights[offset + row * width + column];
            if (weight || zeros)
                paths[weight > 0 ? "plus" : weight < 0 ? "minus" : "zero"] +=
                    `M${column + 0.06} ${row + 0.06}h.88v.88h-.88z`;
        }
    return Object.entries(paths)
        .filter(([, d]) => d)
        .map(([name, d]) => shape("path", { class: name, d }));
}

/** How the planes of a unit lie, in weights: side by side, `gap` apart; those of a signal's
 * channels, a row each, one below the other. {wide, high, place(plane)} */
function planeLayout(plane, gap) {
    if (plane.height === 1 && plane.planes > 1 && plane.planes <= 3 * plane.width)
        return { wide: plane.width, high: plane.planes, place: (p) => [0, p] };
    return {
        wide: plane.planes * (plane.width + gap) - gap,
        high: plane.height,
        place: (p) => [p * (plane.width + gap), 0],
    };
}

/** One unit of the first layer as a small picture. */
function filterPicture(weights, unit, plane, label) {
    const layout = planeLayout(plane, plane.planes > 1 ? 1 : 0);
    const groups = range(plane.planes).map((p) =>
        shape(
            "g",
            p ? { transform: `translate(${layout.place(p).join(" ")})` } : null,
            weightPaths(
                weights,
                unit * plane.size + p * plane.height * plane.width,
                plane.height,
                plane.width,
                plane.height * plane.width <= 64,
            ),
        ),
    );
    return drawing(
        layout.wide,
        layout.high,
        { class: "filter", role: "img", "aria-label": label },
        groups,
    );
}

/** The column that an input reads: several inputs of a table read the same one. "" if nobody
 * knows. */
function columnOf(i) {
    const { names, column_of, channels = 1, height = 1, width = 1 } = family.input ?? {};
    if (column_of?.[i] === null) return "constant";
    const same = names?.length === channels * height * width;
    return String(names?.[column_of ? column_of[i] : same ? i : -1] ?? "");
}

const inputLabel = (i) => columnOf(i) || String(i + 1);
const inputName = (i) => [`input ${i + 1}`, columnOf(i)].filter(Boolean).join(", ");

function unitCounts(weights, unit, size) {
    let plus = 0;
    let minus = 0;
    for (let i = unit * size; i < (unit + 1) * size; i++) {
        if (weights[i] > 0) plus++;
        else if (weights[i] < 0) minus++;
    }
    return { plus, minus, sum: plus - minus, count: plus + minus };
}

const KEY = () =>
    element(
        "div",
        { class: "key" },
        [
            ["var(--plus)", "+1 excites"],
            ["var(--minus)", "−1 inhibits"],
            ["var(--zero)", "0, no synapse"],
        ].map(([colour, text]) => element("span", null, element("i", { colour }), text)),
    );
