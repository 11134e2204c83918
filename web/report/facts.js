/* What the networks are made of, and how they were found. */
function layersSection() {
    const layers = weightedLayers().filter((layer) => known(layer.weights));
    if (!layers.length) return;
    const parts = card(
        "layers",
        "The same counts in every member",
        "Weights of −1, 0 and +1 in each layer. A search moves them, and never changes how many " +
            "there are.",
        "w6",
    );
    const rows = layers.map((layer) => {
        const bar = drawing(300, 10, {
            role: "img",
            "aria-label": `${layer.minus} times −1, ${layer.zero} times 0, ${layer.plus} times +1`,
            preserveAspectRatio: "none",
            height: 10,
        });
        let x = 0;
        for (const name of ["minus", "zero", "plus"]) {
            const width = (300 * layer[name]) / layer.weights;
            bar.append(
                shape("rect", { class: name, x, width: Math.max(0, width - 1), height: 10, rx: 1 }),
            );
            x += width;
        }
        return element(
            "tr",
            null,
            element("td", { class: "mono" }, String(layer.name)),
            element("td", { style: { width: "40%" } }, bar),
            element("td", null, whole(layer.minus)),
            element("td", null, whole(layer.zero)),
            element("td", null, whole(layer.plus)),
        );
    });
    parts.body.append(
        scrollingTable(
            ["layer", "", "−1", "0", "+1"].map((name) => element("th", { scope: "col" }, name)),
            rows,
        ),
    );
}

function optionsSection() {
    const facts = [
        ["data", family.data],
        ["network", family.spec],
        ["weights", known(family.weights) ? whole(family.weights) : null],
        ["synapses", known(family.synapses) ? whole(family.synapses) : null],
        ["software", family.software],
        ["created", dateText(family.created)],
        ["origin", family.origin_note],
        ...(family.options ?? []),
    ].filter(([, value]) => value !== null && value !== undefined && value !== "");
    const parts = card(
        "options",
        "How it was made",
        "What differs from the usual options; the same options and data give the same networks " +
            "to the bit.",
        weightedLayers().some((layer) => known(layer.weights)) ? "w6" : "",
    );
    parts.body.append(
        element(
            "dl",
            { class: "facts" },
            facts.map(([name, value]) =>
                element(
                    "div",
                    null,
                    element("dt", null, String(name)),
                    element("dd", null, String(value)),
                ),
            ),
        ),
    );
}

/** A time as the data hold it, in seconds since 1970 or in ISO's notation. */
function dateText(text) {
    const date = new Date(known(text) ? 1000 * text : text);
    return text && !Number.isNaN(date.getTime())
        ? date.toISOString().slice(0, 16).replace("T", " ") + " UTC"
        : null;
}
