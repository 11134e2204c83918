/* How far apart the members are: in their wirings, in what they answer, in what they get wrong. */
const DISTANCES = {
    raw: { tab: "Wiring", text: "Weights that differ between two members.", format: whole },
    matched: {
        tab: "Matched",
        text:
            "Weights that differ after the hidden units were put into the order in which they " +
            "agree best, of two starts. More starts find a little less: aann geometry --restarts.",
        format: whole,
    },
    answers: {
        tab: "Answers",
        text: (split) => `Share of the ${split} on which two members give the same answer.`,
        format: (value) => percent(value, 1),
    },
    errors: {
        tab: "Errors",
        text: (split) =>
            `Of all errors that two members make on the ${split}, the share that both make.`,
        format: (value) => percent(value, 1),
    },
};

function distancesSection() {
    const distances = data.distances;
    const title = "How far apart";
    if (absent(distances)) emptyCard("distances", title, distances.absent);
    if (absent(distances) || !distances?.id || distances.id.length < 2) return;
    if (absent(distances.matched))
        emptyCard("distances", `${title}, matched`, distances.matched.absent);
    const kinds = Object.entries(DISTANCES).filter(([key]) => Array.isArray(distances[key]));
    if (!kinds.length) return;
    const sortable = distances.order?.length === distances.id.length && !few;
    const parts = card("distances", title, "", "w4", [
        tabs(
            "distance",
            "What is compared",
            kinds.map(([key, kind]) => [key, kind.tab]),
            () => show(),
        ),
        ...(sortable
            ? [
                  tabs(
                      "sorted",
                      "Order of the members",
                      [
                          ["number", "By number"],
                          ["alike", "Alike together"],
                      ],
                      () => show(),
                  ),
              ]
            : []),
    ]);
    const holder = element("div");
    const histogram = element("div");
    const caption = element("div", { class: "caption" });
    parts.body.append(holder, caption, histogram);
    let svg = null;
    let matrix = distanceMatrix();
    const repaint = paintIn(holder, (width) => {
        svg = drawDistanceMatrix(width, matrix);
        holder.replaceChildren(svg);
        svg.markRow(few ? -1 : matrix.ids.indexOf(state.member));
    });
    const show = () => {
        matrix = distanceMatrix();
        const kind = DISTANCES[state.tabs.distance];
        parts.sentence.textContent =
            typeof kind.text === "string" ? kind.text : kind.text(splitName);
        repaint();
        caption.textContent = chanceText(matrix);
        histogram.replaceChildren();
        const bins = distances.histogram?.[matrix.key];
        if (bins?.count?.length > 2 && (bins.pairs ?? 100) >= 60)
            drawHistogram(histogram, bins, distances[`${matrix.key}_chance`], kind);
        table();
    };
    const table = numbers(parts.body, "distances", () => {
        const { ids, at, kind } = matrix;
        return {
            columns: ["member", ...ids.map(String)],
            rows: ids.map((id, i) => [
                String(id),
                ...ids.map((_, j) => (i === j ? "" : kind.format(at(i, j)))),
            ]),
        };
    });
    show();
    onSelect((id) => svg?.markRow(few ? -1 : matrix.ids.indexOf(id)));
}

/** The matrix that is chosen, in the order that is chosen: {key, kind, ids, at(i, j)}. */
function distanceMatrix() {
    const distances = data.distances;
    const key = state.tabs.distance;
    const values = distances[key];
    // Matching is slow: in large families only the first members are matched.
    const n = Math.round(Math.sqrt(values.length));
    const order =
        state.tabs.sorted === "alike" && distances.order
            ? distances.order.filter((place) => place < n)
            : range(n);
    return {
        key,
        kind: DISTANCES[key],
        ids: order.map((place) => distances.id[place]),
        at: (i, j) => values[order[i] * n + order[j]],
    };
}

function drawDistanceMatrix(width, { key, kind, ids, at }) {
    const n = ids.length;
    const [low, high] = extent(
        range(n * n).map((k) =>
            Math.floor(k / n) === k % n ? null : at(Math.floor(k / n), k % n),
        ),
    ) ?? [0, 1];
    const what =
        { answers: "same answers", errors: "of the errors shared" }[key] ?? "weights differ";
    return drawMatrix(width, {
        size: n,
        label: `${kind.tab}: ${n} by ${n} members`,
        rows: ids.map(String),
        columns: ids.map(String),
        colour: few ? (i) => colourOf(ids[i]) : null,
        largest: 56,
        shade: (i, j) =>
            i === j || !known(at(i, j))
                ? null
                : high > low
                  ? 0.12 + (0.8 * (at(i, j) - low)) / (high - low)
                  : 0.5,
        text: (i, j) => (i === j ? "" : kind.format(at(i, j))),
        texts: (i, j) =>
            i === j
                ? [memberName(ids[i])]
                : [`members ${ids[i]} and ${ids[j]}`, `${kind.format(at(i, j))} ${what}`],
        id: (i) => ids[i],
    });
}

function chanceText({ key, kind, ids, at }) {
    const distances = data.distances;
    const n = ids.length;
    const pairs = range(n * n)
        .filter((k) => Math.floor(k / n) < k % n)
        .map((k) => at(Math.floor(k / n), k % n))
        .filter(known);
    const average = distances.histogram?.[key]?.mean ?? distances[`${key}_mean`] ?? mean(pairs);
    const chance = distances[`${key}_chance`];
    return [
        known(chance?.mean)
            ? `by chance ${kind.format(chance.mean)} ± ${kind.format(chance.sd)}`
            : "",
        `here on average ${kind.format(average)}`,
        members.length > n ? `${n} of ${whole(members.length)} members in the matrix` : "",
    ]
        .filter(Boolean)
        .join(" · ");
}

/** All pairs as columns, and what chance gives as a curve over them. */
function drawHistogram(place, bins, chance, kind) {
    const holder = element("div", { style: { "margin-top": "14px" } });
    place.append(holder);
    const total = bins.count.reduce((a, b) => a + b, 0);
    return paintIn(holder, (width) => {
        const height = 110;
        const step = (bins.high - bins.low) / bins.count.length;
        const low = known(chance?.mean)
            ? Math.min(bins.low, chance.mean - 3 * chance.sd)
            : bins.low;
        const high = known(chance?.mean)
            ? Math.max(bins.high, chance.mean + 3 * chance.sd)
            : bins.high;
        const x = scale("linear", low, high, 6, width - 6);
        const normal = (value) =>
            ((total * step) / (chance.sd * Math.sqrt(2 * Math.PI))) *
            Math.exp(-0.5 * ((value - chance.mean) / chance.sd) ** 2);
        const top = Math.max(
            ...bins.count,
            known(chance?.mean) && chance.sd > 0 ? normal(chance.mean) : 0,
        );
        const y = scale("linear", 0, top, height - 22, 14);
        const svg = drawing(width, height, {
            class: "chart",
            role: "img",
            "aria-label": `Histogram of ${whole(total)} pairs`,
        });
        bins.count.forEach((count, i) =>
            svg.append(
                shape("rect", {
                    class: "cell",
                    "fill-opacity": 0.55,
                    x: x.at(bins.low + i * step) + 0.5,
                    width: Math.max(
                        0.5,
                        x.at(bins.low + (i + 1) * step) - x.at(bins.low + i * step) - 1,
                    ),
                    y: y.at(count),
                    height: Math.max(0, y.at(0) - y.at(count)),
                }),
            ),
        );
        if (known(chance?.mean) && chance.sd > 0) {
            const curve = range(81).map((i) => low + ((high - low) * i) / 80);
            svg.append(
                shape("path", {
                    class: "line dash on",
                    colour: "var(--pick)",
                    d: `M${curve
                        .map((value) => [x.at(value), y.at(normal(value))])
                        .map(([a, b]) => `${a.toFixed(1)} ${b.toFixed(1)}`)
                        .join("L")}`,
                }),
                shape(
                    "text",
                    {
                        x: Math.max(40, Math.min(width - 40, x.at(chance.mean))),
                        y: 8,
                        "text-anchor": "middle",
                        class: "own",
                        colour: "var(--pick)",
                    },
                    "chance",
                ),
            );
        }
        for (const value of x.ticks(Math.max(2, Math.floor(width / 90))))
            svg.append(
                shape(
                    "text",
                    {
                        x: Math.max(16, Math.min(width - 16, x.at(value))),
                        y: height - 6,
                        "text-anchor": "middle",
                    },
                    kind.format === whole ? short(value) : kind.format(value),
                ),
            );
        follow(svg, (px) => {
            const value = low + ((px - 6) / (width - 12)) * (high - low);
            const i = Math.floor((value - bins.low) / step);
            return i >= 0 && i < bins.count.length
                ? {
                      texts: [
                          plural(bins.count[i], "pair"),
                          `${kind.format(bins.low + i * step)} to ` +
                              `${kind.format(bins.low + (i + 1) * step)}`,
                      ],
                  }
                : null;
        });
        holder.replaceChildren(svg);
    });
}
