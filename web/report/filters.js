/* The first layer of several members, side by side: what each looks for in the input. */
const FAMILIES_SHOWN = 8;

function filtersSection() {
    const weights = data.weights;
    const title = "First layer, side by side";
    if (absent(weights)) emptyCard("filters", title, weights.absent, "");
    const layer = weights?.layers?.find((other) => other.layer === 0);
    const plane = firstPlane();
    if (absent(weights) || !layer || !plane || !weights.id.length) return;
    const parts = card("filters", title, "", "", [KEY()]);
    parts.node.classList.add("long");
    const sides = [plane.height, plane.width];
    const size = (plane.planes > 1 ? [plane.planes, ...sides] : sides).join("×");
    const what = plane.table
        ? `${plural(plane.units, "unit")}, ${plural(plane.width, "input")}`
        : `${plural(plane.units, "filter")} of ${size}`;
    parts.sentence.textContent =
        `${what} in each member, from the most inhibitory to the most ` +
        `excitatory. The same counts of −1, 0 and +1, wired differently.${channelText(plane)}`;
    const grid = element("div", { class: "families" });
    const more = element("button", { type: "button", class: "button more" }, "");
    parts.body.append(grid, more);
    let all = false;
    const nodes = new Map();
    const node = (id) => {
        if (!nodes.has(id))
            nodes.set(
                id,
                familyNode(
                    id,
                    unpack(layer.packed[weights.id.indexOf(id)], plane.units * plane.size),
                    plane,
                ),
            );
        return nodes.get(id);
    };
    const show = () => {
        let ids = weights.id;
        if (!all && ids.length > FAMILIES_SHOWN) {
            ids = ids.slice(0, FAMILIES_SHOWN);
            if (weights.id.includes(state.member) && !ids.includes(state.member))
                ids = [state.member, ...ids.slice(0, -1)];
        }
        const wanted = ids.map(node);
        if (
            wanted.length !== grid.children.length ||
            wanted.some((child, i) => grid.children[i] !== child)
        )
            grid.replaceChildren(...wanted);
        for (const [id, child] of nodes)
            child.classList.toggle("on", id === state.member && weights.id.length > 1);
        more.hidden = weights.id.length <= FAMILIES_SHOWN;
        more.textContent = all
            ? "Show fewer"
            : sentences(
                  `Show all ${weights.id.length}`,
                  members.length > weights.id.length &&
                      `of ${whole(members.length)} that are in this page`,
              );
    };
    more.addEventListener("click", () => {
        all = !all;
        show();
    });
    onSelect(show);
}

/** What the rows of a signal's filters read, where they have names. */
function channelText(plane) {
    const names = family.input?.names ?? [];
    const rows = !plane.table && planeLayout(plane, 0).high === plane.planes && plane.planes > 1;
    if (!rows || names.length !== plane.planes || names.length > 6) return "";
    return ` Rows, from the top: ${names.map((name) => clip(String(name), 24)).join(", ")}.`;
}

function familyNode(id, weights, plane) {
    const head = element(
        "h3",
        null,
        element(
            "button",
            { type: "button", on: { click: () => select(id) } },
            few ? element("span", { class: "dot", colour: colourOf(id) }) : null,
            memberName(id),
        ),
    );
    const order = range(plane.units)
        .map((unit) => [unit, unitCounts(weights, unit, plane.size)])
        .sort((a, b) => a[1].sum - b[1].sum || a[0] - b[0]);
    if (plane.table)
        return element("div", { class: "family" }, head, tableWeights(weights, plane, order));
    const layout = planeLayout(plane, 0);
    const side = Math.max(30, Math.min(64, (layout.high === 1 ? 7 : 5) * layout.wide));
    const body = element(
        "div",
        { class: "filters", style: { "--icon": `${side}px` } },
        order.map(([unit, counts]) =>
            filterPicture(
                weights,
                unit,
                plane,
                `unit ${unit + 1}: ${counts.plus} times +1, ${counts.minus} times −1`,
            ),
        ),
    );
    return element("div", { class: "family" }, head, body);
}

/** A dense layer on named inputs: a row for each unit, a column for each input. */
function tableWeights(weights, plane, order) {
    const rows = order.map(([unit], i) =>
        shape(
            "g",
            { transform: `translate(0 ${i})` },
            weightPaths(weights, unit * plane.size, 1, plane.width, true),
        ),
    );
    const svg = drawing(
        plane.width,
        plane.units,
        { role: "img", "aria-label": `${plane.units} units by ${plane.width} inputs` },
        rows,
    );
    const cell = Math.max(4, Math.min(16, 280 / plane.width));
    svg.style.maxWidth = `${cell * plane.width}px`;
    follow(svg, (x, y) => {
        const [unit] = order[Math.floor(y)] ?? [];
        const input = Math.floor(x);
        if (unit === undefined || input < 0 || input >= plane.width) return null;
        return {
            texts: [
                inputName(input),
                `unit ${unit + 1}: ${["−1", "0", "+1"][weights[unit * plane.size + input] + 1]}`,
            ],
        };
    });
    return svg;
}
