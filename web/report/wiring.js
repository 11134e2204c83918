/* The wiring of one member, from the inputs to the answers, and the way through it.
 *
 * A node is a unit (of a convolution: one map), a link all synapses between two of them: as wide
 * as there are many, coloured by their sum. Pointing at a node, or going to it by arrow keys,
 * shows what it hears and where it speaks to; a click keeps that. */
const LINKS_DRAWN = 700;
const NODES_LIMIT = 1024;

/** Rows of nodes and, between two rows, the links {from, to, plus, minus}. */
function wiringOf(packed) {
    const layers = weightedLayers();
    const rows = [];
    const plane = firstPlane();
    if (plane.table)
        rows.push({
            name: "inputs",
            nodes: range(plane.width).map((i) => ({
                label: inputLabel(i),
            })),
            input: true,
            runs: columnRuns(plane.width),
        });
    layers.forEach((layer, l) => {
        const form = layerShape(layer);
        const weights = unpack(packed[l], form.units * form.size);
        const last = l === layers.length - 1;
        rows.push({
            name: String(layer.name),
            last,
            plane: l === 0 && !plane.table ? plane : null,
            weights,
            nodes: range(form.units).map((unit) => ({
                ...unitCounts(weights, unit, form.size),
                label: last ? outputName(unit, form.units) : "",
            })),
        });
        const above = rows.at(-2);
        if (above) rows.at(-1).links = linksBetween(weights, form, above.nodes.length);
    });
    return rows;
}

/** The columns of a table in the order of the inputs that read them, [name, first, last]; null
 * where every input is a column. */
function columnRuns(inputs) {
    const runs = [];
    for (let i = 0; i < inputs; i++) {
        const name = columnOf(i);
        if (runs.at(-1)?.[0] === name) runs.at(-1)[2] = i;
        else runs.push([name, i, i]);
    }
    return family.input?.column_of && runs.length < inputs ? runs : null;
}

/** A column's name once, above the inputs that read it. */
function drawColumns(row) {
    return runsWithRoom(row).map(([name, first, last, room]) =>
        shape(
            "g",
            { class: "column" },
            shape("line", {
                class: "rule",
                x1: row.x[first],
                x2: row.x[last],
                y1: row.top - 5,
                y2: row.top - 5,
            }),
            shape(
                "text",
                { x: (row.x[first] + row.x[last]) / 2, y: row.top - 10, "text-anchor": "middle" },
                clip(name, room),
            ),
        ),
    );
}

/** Those whose name, or six letters of it, finds place; with the letters that do. */
function runsWithRoom(row) {
    return row.runs
        .map(([name, first, last]) => [name, first, last, ((last - first + 1) * row.spread) / 6.4])
        .filter(([name, , , room]) => room >= Math.min(6, name.length));
}

function outputName(unit, count) {
    if (family.classes) return String(family.classes[unit] ?? unit);
    if (family.task === "driving") return ["steer", "gas", "brake"][unit] ?? String(unit + 1);
    if (family.targets) return String(family.targets[unit]?.name ?? unit + 1);
    return count > 1 ? String(unit) : "answer";
}

function linksBetween(weights, form, sources) {
    const each = form.size / sources;
    const links = [];
    for (let to = 0; to < form.units; to++)
        for (let from = 0; from < sources; from++) {
            let plus = 0;
            let minus = 0;
            const start = to * form.size + Math.round(from * each);
            const end = to * form.size + Math.round((from + 1) * each);
            for (let i = start; i < end; i++) {
                if (weights[i] > 0) plus++;
                else if (weights[i] < 0) minus++;
            }
            if (plus + minus)
                links.push({ from, to, plus, minus, count: plus + minus, sum: plus - minus });
        }
    // Of equally wide ones, as many everywhere: where not all are drawn, no unit looks unconnected.
    const place = (link) => (0.7548776662 * link.from + 0.569840291 * link.to) % 1;
    return links.sort(
        (a, b) =>
            b.count - a.count || Math.abs(b.sum) - Math.abs(a.sum) || place(a) - place(b),
    );
}

function wiringSection() {
    const wiring = data.wiring;
    const title = "Wiring";
    if (absent(wiring)) emptyCard("wiring", title, wiring.absent, "");
    if (absent(wiring) || !wiring?.id?.length || !firstPlane()) return;
    const layers = weightedLayers();
    if (layers.some((layer) => layer.units > NODES_LIMIT)) {
        emptyCard(
            "wiring",
            title,
            `A layer has more than ${whole(NODES_LIMIT)} units: too many to draw them one by one.`,
            "",
        );
        return;
    }
    const parts = card("wiring", title, "", "", [
        element(
            "div",
            { class: "key" },
            [
                ["var(--plus)", "more excite"],
                ["var(--minus)", "more inhibit"],
            ].map(([colour, text]) => element("span", null, element("i", { colour }), text)),
        ),
    ]);
    const holder = element("div");
    const caption = element("div", { class: "caption" });
    parts.body.append(holder, caption);
    const made = new Map();
    const current = () => {
        const id = wiring.id.includes(state.member) ? state.member : wiring.id[0];
        if (!made.has(id)) {
            const at = wiring.id.indexOf(id);
            made.set(
                id,
                wiringOf(
                    layers.map(
                        (_, l) => wiring.layers.find((layer) => layer.layer === l).packed[at],
                    ),
                ),
            );
        }
        return [id, made.get(id)];
    };
    const repaint = paintIn(holder, (width) => {
        const [, rows] = current();
        holder.replaceChildren(drawWiring(width, rows, caption));
    });
    const show = () => {
        const [id, rows] = current();
        parts.heading.textContent = `Wiring of ${memberName(id)}`;
        const hidden = rows.some((row) => (row.links?.length ?? 0) > LINKS_DRAWN);
        parts.sentence.textContent = sentences(
            `From the ${rows[0].input ? "inputs" : "first filters"} to the answers.`,
            "A line is as wide as there are synapses between two units, coloured by their sum.",
            "Point at a unit to follow it, click to keep it.",
            hidden && `${whole(LINKS_DRAWN)} lines of each layer are drawn, the widest ones;`,
            hidden && "of a unit that is followed, all.",
            id !== state.member && `The wiring of member ${state.member} is not in this page:`,
            id !== state.member && `it holds ${wiring.id.length} of ${whole(members.length)}.`,
        );
        repaint();
    };
    onSelect(show);
    numbers(parts.body, "wiring", () => {
        const [, rows] = current();
        return {
            columns: ["unit", "+1", "−1", "synapses"],
            rows: rows
                .filter((row) => row.weights)
                .flatMap((row) =>
                    row.nodes.map((node, i) => [
                        `${row.name}, ${node.label || i + 1}`,
                        whole(node.plus),
                        whole(node.minus),
                        whole(node.count),
                    ]),
                ),
        };
    });
}

/** Places for the nodes of every row, links under them. */
function drawWiring(width, rows, caption) {
    const narrow = width < 560;
    const gutter = narrow ? 0 : 74;
    const step = narrow ? 112 : Math.min(170, 110 + width / 24);
    const columns = rows[0].runs ? 16 : 0; // the height of a line of their names
    let y = narrow ? 26 + columns : 18;
    for (const row of rows) {
        const room = (width - gutter - 8) / row.nodes.length;
        row.spread = row.last || row.nodes.length < 6 ? Math.min(room, narrow ? 46 : 84) : room;
        const icon = row.plane && room >= 11;
        const layout = icon ? planeLayout(row.plane, 0) : null;
        row.size = icon
            ? Math.min(row.plane.width > 12 ? 72 : 52, room - 4)
            : Math.min(row.last ? 18 : 8, Math.max(1.2, room / 2 - 1));
        if (row.last && row.size < 9) row.size = Math.max(2, Math.min(18, room / 2 - 1));
        row.icon = icon;
        row.height = icon
            ? (row.size * layout.high) / layout.wide
            : 2 * row.size;
        row.top = y;
        row.bottom = y + row.height;
        y = row.bottom + step;
        row.x = row.nodes.map(
            (_, i) => gutter + (width - gutter) / 2 + (i - (row.nodes.length - 1) / 2) * row.spread,
        );
    }
    const height = y - step + 22;
    const svg = drawing(width, height, {
        role: "group",
        "aria-label": "Units in rows; arrow keys move between them, Enter keeps one",
    });
    const under = shape("g", { class: "links" });
    const over = shape("g");
    svg.append(under, over);
    rows.forEach((row, r) =>
        (row.links ?? [])
            .slice(0, LINKS_DRAWN)
            .forEach((link) => under.append(drawLink(rows, r, link, false))),
    );
    const nodes = rows.map((row, r) => row.nodes.map((node, i) => drawNode(rows, r, i)));
    rows.forEach((row) => {
        const above = row.top - 8 - (row.runs ? columns : 0);
        if (narrow) svg.append(shape("text", { x: 0, y: above, class: "mono" }, row.name));
        else svg.append(shape("text", { x: 0, y: (row.top + row.bottom) / 2 + 4 }, row.name));
    });
    svg.append(...nodes.flat());
    if (rows[0].runs) svg.append(...drawColumns(rows[0]));
    followWiring(svg, over, rows, nodes, caption);
    return svg;
}

function drawLink(rows, r, link, strong) {
    const [above, row] = [rows[r - 1], rows[r]];
    const [x1, x2, y1, y2] = [above.x[link.from], row.x[link.to], above.bottom + 3, row.top - 3];
    const most = row.links[0].count;
    const share = Math.sqrt(link.count / most);
    const middle = (y1 + y2) / 2;
    return shape("path", {
        class: `link ${link.sum > 0 ? "p" : link.sum < 0 ? "n" : ""}`,
        d:
            `M${x1.toFixed(1)} ${y1.toFixed(1)}C${x1.toFixed(1)} ${middle.toFixed(1)} ` +
            `${x2.toFixed(1)} ${middle.toFixed(1)} ${x2.toFixed(1)} ${y2.toFixed(1)}`,
        "stroke-width": (strong ? 0.8 + 2.2 * share : 0.3 + 1.9 * share ** 3).toFixed(2),
        "stroke-opacity": strong ? 0.9 : (0.1 + 0.45 * share ** 3).toFixed(2),
    });
}

function drawNode(rows, r, i) {
    const row = rows[r];
    const node = row.nodes[i];
    const group = shape("g", {
        class: `node${row.last ? " answer" : ""}`,
        tabindex: r === 0 && i === 0 ? 0 : -1,
        role: "button",
        "aria-label": nodeTexts(rows, r, i).join(", "),
    });
    const x = row.x[i];
    if (row.icon) {
        const { plane } = row;
        const layout = planeLayout(plane, 0);
        const unit = row.size / layout.wide;
        const left = x - row.size / 2;
        group.append(
            shape("rect", {
                class: "plate",
                x: left - 2,
                y: row.top - 2,
                width: row.size + 4,
                height: row.height + 4,
                rx: 4,
            }),
            ...range(plane.planes).map((p) =>
                shape(
                    "g",
                    {
                        transform:
                            `translate(${left + layout.place(p)[0] * unit} ` +
                            `${row.top + layout.place(p)[1] * unit}) scale(${unit})`,
                    },
                    weightPaths(
                        row.weights,
                        i * plane.size + p * plane.height * plane.width,
                        plane.height,
                        plane.width,
                        plane.height * plane.width <= 64,
                    ),
                ),
            ),
        );
    } else {
        // The more synapses, the larger the unit.
        const share =
            row.last || row.input
                ? 1
                : node.count / Math.max(1, ...row.nodes.map((other) => other.count));
        group.append(
            shape("circle", {
                class: row.last || row.input ? null : node.sum > 0 ? "p" : node.sum < 0 ? "n" : "z",
                cx: x,
                cy: row.top + row.size,
                r: (row.size * (0.35 + 0.65 * share)).toFixed(2),
            }),
        );
        const short_ = node.label.length * 6.5 < 2 * row.size + 2;
        if (row.last && short_)
            group.append(
                shape(
                    "text",
                    { class: "strong", x, y: row.top + row.size + 4.5, "text-anchor": "middle" },
                    node.label,
                ),
            );
        else if (
            !row.runs &&
            node.label &&
            (row.spread > 40 || node.label.length * 6.2 < row.spread)
        )
            group.append(
                shape(
                    "text",
                    { x, y: row.last ? row.bottom + 14 : row.top - 6, "text-anchor": "middle" },
                    clip(node.label, (row.spread - 4) / 6.2),
                ),
            );
    }
    return group;
}

function nodeTexts(rows, r, i) {
    const row = rows[r];
    const node = row.nodes[i];
    const hears = row.links?.filter((link) => link.to === i).length;
    const speaks = rows[r + 1]?.links.filter((link) => link.from === i).length;
    return [
        row.input
            ? inputName(i)
            : row.last
              ? `answer ${node.label}`
              : `unit ${i + 1} of ${row.name}`,
        row.input
            ? ""
            : `${plural(node.count, "synapse")}: ${whole(node.plus)} times +1, ` +
              `${whole(node.minus)} times −1`,
        hears !== undefined ? `hears ${hears} of ${rows[r - 1].nodes.length}` : "",
        speaks !== undefined ? `speaks to ${speaks} of ${rows[r + 1].nodes.length}` : "",
    ].filter(Boolean);
}

/** The unit that a click keeps, for the rows of each member: the drawing is made anew for another
    width. */
const keptUnits = new WeakMap();

/** Follows a node up to what it hears and down to what it reaches. */
function followWiring(svg, over, rows, nodes, caption) {
    let kept = keptUnits.get(rows) ?? null;
    const find = (target) => {
        const group = target.closest?.(".node");
        for (let r = 0; group && r < nodes.length; r++) {
            const i = nodes[r].indexOf(group);
            if (i >= 0) return [r, i];
        }
        return null;
    };
    const show = (place) => {
        over.replaceChildren();
        svg.classList.toggle("following", Boolean(place));
        for (const group of nodes.flat()) group.classList.remove("at", "off");
        caption.textContent = place ? nodeTexts(rows, ...place).join(" · ") : " ";
        if (!place) return;
        const [r, i] = place;
        const reached = rows.map((row) => new Set());
        reached[r].add(i);
        const links = [];
        const take = (level, link) => {
            links.push(drawLink(rows, level, link, true));
            reached[level - 1].add(link.from);
            reached[level].add(link.to);
        };
        for (const link of rows[r].links ?? []) if (link.to === i) take(r, link);
        for (const link of rows[r + 1]?.links ?? []) if (link.from === i) take(r + 1, link);
        over.append(...links);
        nodes.forEach((row, level) =>
            row.forEach((group, n) =>
                group.classList.toggle("off", !reached[level].has(n) && Math.abs(level - r) <= 1),
            ),
        );
        nodes[r][i].classList.add("at");
    };
    show(kept);
    svg.addEventListener("pointermove", (event) => {
        const place = find(event.target);
        if (place) {
            show(place);
            showTip(nodeTexts(rows, ...place), event.clientX, event.clientY);
        } else {
            show(kept);
            hideTip();
        }
    });
    svg.addEventListener("pointerleave", () => {
        show(kept);
        hideTip();
    });
    const keep = (place) => {
        kept = place && kept && place[0] === kept[0] && place[1] === kept[1] ? null : place;
        keptUnits.set(rows, kept);
        show(kept);
    };
    svg.addEventListener("click", (event) => keep(find(event.target)));
    svg.addEventListener("focusin", (event) => show(find(event.target) ?? kept));
    svg.addEventListener("focusout", () => show(kept));
    svg.addEventListener("keydown", (event) => {
        const place = find(event.target);
        if (!place) return;
        let [r, i] = place;
        if (event.key === "ArrowLeft") i = Math.max(0, i - 1);
        else if (event.key === "ArrowRight") i = Math.min(nodes[r].length - 1, i + 1);
        else if (event.key === "ArrowUp" || event.key === "ArrowDown") {
            const next = r + (event.key === "ArrowUp" ? -1 : 1);
            if (nodes[next]) [r, i] = [next, indexOfNearest(rows[next].x, rows[r].x[i])];
        } else if (event.key === "Enter" || event.key === " ") keep(place);
        else if (event.key === "Escape") keep(null);
        else return;
        event.preventDefault();
        nodes[place[0]][place[1]].setAttribute("tabindex", "-1");
        nodes[r][i].setAttribute("tabindex", "0");
        nodes[r][i].focus({ preventScroll: true });
    });
}
