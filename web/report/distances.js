/* How far apart the members are: in their wirings, in what they answer, in what they get wrong. */
const DISTANCES = {
    raw: { tab: "Wiring", text: "Weights that differ between two members.", format: whole },
    matched: { tab: "Matched", text: "Weights that differ after the hidden units were put into the order in which they agree best.", format: whole },
    answers: { tab: "Answers", text: (split) => `Share of the ${split} on which two members give the same answer.`, format: (value) => percent(value, 1) },
    errors: { tab: "Errors", text: (split) => `Of all errors that two members make on the ${split}, the share that both make.`, format: (value) => percent(value, 1) },
};

function distancesSection() {
    const distances = data.distances;
    const title = "How far apart";
    if (absent(distances)) emptyCard("distances", title, distances.absent, "w4");
    if (absent(distances) || !distances?.id || distances.id.length < 2) return;
    const kinds = Object.entries(DISTANCES).filter(([key]) => distances[key]);
    if (!kinds.length) return;
    const parts = card("distances", title, "", "w4", [tabs("distance", "What is compared", kinds.map(([key, kind]) => [key, kind.tab]), () => show())]);
    const holder = element("div");
    const chance = element("div");
    const caption = element("div", { class: "caption" });
    parts.body.append(holder, caption, chance);
    let svg = null;
    const ids = distances.id;
    const n = ids.length;
    const repaint = paintIn(holder, (width) => {
        const key = state.tabs.distance;
        const kind = DISTANCES[key];
        const values = distances[key];
        const others = values.filter((_, i) => Math.floor(i / n) !== i % n);
        const [low, high] = extent(others) ?? [0, 1];
        svg = drawMatrix(width, {
            size: n, label: `${kind.tab}: ${n} by ${n} members`, rows: ids.map(String), columns: ids.map(String), colour: few ? (i) => colourOf(ids[i]) : null, largest: 56, centre: true,
            shade: (i, j) => (i === j || !known(values[i * n + j]) ? null : high > low ? 0.12 + 0.8 * (values[i * n + j] - low) / (high - low) : 0.5),
            text: (i, j) => (i === j ? "" : kind.format(values[i * n + j])),
            texts: (i, j) => [i === j ? memberName(ids[i]) : `members ${ids[i]} and ${ids[j]}`, i === j ? "" : `${kind.format(values[i * n + j])} ${key === "answers" ? "same answers" : key === "errors" ? "of the errors shared" : "weights differ"}`],
            id: (i) => ids[i],
        });
        holder.replaceChildren(svg);
        svg.markRow(few ? -1 : ids.indexOf(state.member));
    });
    const show = () => {
        const key = state.tabs.distance;
        const kind = DISTANCES[key];
        parts.sentence.textContent = typeof kind.text === "string" ? kind.text : kind.text(splitName);
        caption.textContent = chanceText(key);
        repaint();
        chance.replaceChildren();
        const bins = distances.histogram?.[key];
        if (bins && bins.count.length > 2) drawHistogram(chance, bins, distances[`${key}_chance`], kind);
        tables();
    };
    const tables = numbers(parts.body, "distances", () => {
        const { format } = DISTANCES[state.tabs.distance];
        const values = distances[state.tabs.distance];
        return { columns: ["member", ...ids.map(String)], rows: ids.map((id, i) => [String(id), ...ids.map((_, j) => (i === j ? "" : format(values[i * n + j])))]) };
    });
    show();
    onSelect((id) => svg?.markRow(few ? -1 : ids.indexOf(id)));
}

function chanceText(key) {
    const distances = data.distances;
    const { format } = DISTANCES[key];
    const n = distances.id.length;
    const average = distances[`${key}_mean`] ?? mean(distances[key].filter((value, i) => Math.floor(i / n) < i % n && known(value)));
    const chance = distances[`${key}_chance`];
    const here = `here on average ${format(average)}`;
    return [known(chance?.mean) ? `by chance ${format(chance.mean)} ± ${format(chance.sd)}` : "", here, members.length > n ? `${n} of ${whole(members.length)} members in the matrix` : ""].filter(Boolean).join(" · ");
}

/** All pairs as columns, and what chance gives as a curve over them. */
function drawHistogram(place, bins, chance, kind) {
    const holder = element("div", { style: { "margin-top": "14px" } });
    place.append(holder);
    const total = bins.count.reduce((a, b) => a + b, 0);
    return paintIn(holder, (width) => {
        const height = 110;
        const step = (bins.high - bins.low) / bins.count.length;
        const low = known(chance?.mean) ? Math.min(bins.low, chance.mean - 3 * chance.sd) : bins.low;
        const high = known(chance?.mean) ? Math.max(bins.high, chance.mean + 3 * chance.sd) : bins.high;
        const x = scale("linear", low, high, 6, width - 6);
        const normal = (value) => total * step / (chance.sd * Math.sqrt(2 * Math.PI)) * Math.exp(-0.5 * ((value - chance.mean) / chance.sd) ** 2);
        const top = Math.max(...bins.count, known(chance?.mean) && chance.sd > 0 ? normal(chance.mean) : 0);
        const y = scale("linear", 0, top, height - 22, 14);
        const svg = drawing(width, height, { class: "chart", role: "img", "aria-label": `Histogram of ${whole(total)} pairs` });
        bins.count.forEach((count, i) => svg.append(shape("rect", { class: "cell", "fill-opacity": 0.55, x: x.at(bins.low + i * step) + 0.5, width: Math.max(0.5, x.at(bins.low + (i + 1) * step) - x.at(bins.low + i * step) - 1), y: y.at(count), height: Math.max(0, y.at(0) - y.at(count)) })));
        if (known(chance?.mean) && chance.sd > 0) {
            const curve = range(81).map((i) => low + (high - low) * i / 80);
            svg.append(shape("path", { class: "line dash on", colour: "var(--pick)", d: `M${curve.map((value) => `${x.at(value).toFixed(1)} ${y.at(normal(value)).toFixed(1)}`).join("L")}` }),
                shape("text", { x: Math.max(40, Math.min(width - 40, x.at(chance.mean))), y: 8, "text-anchor": "middle", class: "own", colour: "var(--pick)" }, "chance"));
        }
        for (const value of x.ticks(Math.max(2, Math.floor(width / 90)))) svg.append(shape("text", { x: Math.max(16, Math.min(width - 16, x.at(value))), y: height - 6, "text-anchor": "middle" }, kind.format === whole ? short(value) : kind.format(value)));
        follow(svg, (px) => {
            const value = low + (px - 6) / (width - 12) * (high - low);
            const i = Math.floor((value - bins.low) / step);
            return i >= 0 && i < bins.count.length ? { texts: [plural(bins.count[i], "pair"), `${kind.format(bins.low + i * step)} to ${kind.format(bins.low + (i + 1) * step)}`] } : null;
        });
        holder.replaceChildren(svg);
    });
}
