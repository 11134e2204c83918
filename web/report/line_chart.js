/* Lines over a common axis: learning curves, votes, profiles, the answers to questions.
 *
 * options: {label, x: {name, format, kind, ticks}, y: {name, format, kind, domain, share}, height,
 *           many, series: [{id, name, colour, x, y, dash, dots, strong}],
 *           bands: [{x, low, high}], median: {x, y},
 *           rules: [{y, text}], marks: [{x, y, text}]}
 * A series with an id is a member's: it is thick while that member is chosen, and a click
 * chooses it.
 */
function lineChart(place, key, options) {
    const holder = element("div");
    place.append(holder);
    let chart = options;
    let parts = null;
    const paint = (width) => {
        parts = drawLines(width, chart);
        holder.replaceChildren(parts.svg);
        emphasise(parts, chart, state.member);
    };
    const repaint = paintIn(holder, paint);
    const rebuild = numbers(place, key, () => lineTable(chart));
    onSelect((id) => parts && emphasise(parts, chart, id));
    return (next) => {
        chart = next;
        repaint();
        rebuild();
    };
}

const pointsOf = (series) =>
    range(series.x.length).filter((i) => known(series.x[i]) && known(series.y[i]));

function pathOf(series, x, y) {
    return pointsOf(series)
        .map(
            (i, n) =>
                `${n ? "L" : "M"}${x.at(series.x[i]).toFixed(1)} ${y.at(series.y[i]).toFixed(1)}`,
        )
        .join("");
}

function areaOf(band, x, y) {
    const good = range(band.x.length).filter((i) => known(band.low[i]) && known(band.high[i]));
    if (good.length < 2) return "";
    const point = (i, value) => `${x.at(band.x[i]).toFixed(1)} ${y.at(value).toFixed(1)}`;
    return `M${good.map((i) => point(i, band.high[i])).join("L")}L${good
        .reverse()
        .map((i) => point(i, band.low[i]))
        .join("L")}Z`;
}

function domains(chart) {
    const lines = [...chart.series, ...(chart.median ? [chart.median] : [])];
    const bands = chart.bands ?? [];
    const xs = extent([...lines, ...bands].flatMap((line) => line.x)) ?? [0, 1];
    let ys = extent([
        ...lines.flatMap((line) => line.y),
        ...bands.flatMap((band) => [...band.low, ...band.high]),
        ...(chart.rules ?? []).map((rule) => rule.y),
    ]) ?? [0, 1];
    // Around a share that never changes: no share is below 0 or above 1.
    if (chart.y.share && ys[0] === ys[1])
        ys = [Math.max(0, ys[0] - 0.05), Math.min(1, ys[0] + 0.05)];
    if (chart.y.domain) ys = chart.y.domain;
    return { xs, ys };
}

function drawLines(width, chart) {
    const narrow = width < 480;
    const height = chart.height ?? Math.round(Math.max(190, Math.min(290, width * 0.42)));
    const labelled = chart.series.length <= COLOURS;
    const right =
        chart.ends === false || !labelled
            ? 14
            : Math.min(
                  narrow ? 74 : 120,
                  12 +
                      6.2 *
                          Math.max(
                              0,
                              ...chart.series.map((series) => endText(series, chart).length),
                          ),
              );
    const { xs, ys } = domains(chart);
    const x = scale(chart.x.kind ?? "linear", xs[0], xs[1], 46, width - right);
    const y = scale(chart.y.kind ?? "linear", ys[0], ys[1], height - 26, 12);
    const svg = drawing(width, height, {
        class: `chart${chart.many ? " many" : ""}`,
        role: "img",
        "aria-label": `${chart.label}. Arrow keys read the values.`,
    });
    drawAxes(svg, chart, x, y, width, height, right);
    for (const band of chart.bands ?? [])
        svg.append(shape("path", { class: "band", d: areaOf(band, x, y), colour: band.colour }));
    if (chart.median) svg.append(shape("path", { class: "median", d: pathOf(chart.median, x, y) }));
    const paths = chart.series.map((series) => {
        const path = shape("path", {
            class: `line${series.dash ? " dash" : ""}${series.strong ? " on" : ""}`,
            d: pathOf(series, x, y),
            colour: series.colour,
        });
        svg.append(path);
        return path;
    });
    for (const series of chart.series)
        if (series.dots || pointsOf(series).length === 1) {
            for (const i of pointsOf(series))
                svg.append(
                    shape("circle", {
                        class: "mark",
                        cx: x.at(series.x[i]),
                        cy: y.at(series.y[i]),
                        r: 3.5,
                        colour: series.colour,
                    }),
                );
        }
    for (const mark of chart.marks ?? []) {
        const left = x.at(mark.x) > width - right - 60;
        svg.append(
            shape("circle", {
                class: "mark",
                cx: x.at(mark.x),
                cy: y.at(mark.y),
                r: 4.5,
                colour: "var(--pick)",
            }),
            shape(
                "text",
                {
                    class: "strong",
                    x: x.at(mark.x),
                    y: y.at(mark.y) - 9,
                    "text-anchor": left ? "end" : "middle",
                },
                mark.text,
            ),
        );
    }
    const labels =
        labelled && chart.ends !== false ? drawEnds(svg, chart, x, y, width - right, height) : [];
    const parts = { svg, paths, labels, x, y, height };
    pointAtLines(parts, chart);
    return parts;
}

function drawAxes(svg, chart, x, y, width, height, right) {
    for (const value of y.ticks(5)) {
        const at = y.at(value);
        svg.append(
            shape("line", { class: "rule", x1: 46, x2: width - right, y1: at, y2: at }),
            shape(
                "text",
                { x: 40, y: at + 4, "text-anchor": "end" },
                (chart.y.format ?? short)(value),
            ),
        );
    }
    const ticks = chart.x.ticks ?? x.ticks(Math.max(2, Math.min(6, Math.floor(width / 90))));
    ticks.forEach((value, i) => {
        // The last number says what is counted.
        const last = i === ticks.length - 1;
        const text = sentences((chart.x.format ?? short)(value), last && chart.x.name);
        const half = text.length * 3.1;
        svg.append(
            shape(
                "text",
                {
                    x: Math.max(
                        40 + half,
                        Math.min(width - 2 - half, x.at(value) + (last ? half - 6 : 0)),
                    ),
                    y: height - 6,
                    "text-anchor": "middle",
                },
                text,
            ),
        );
    });
    for (const rule of chart.rules ?? []) {
        const at = y.at(rule.y);
        svg.append(
            shape("line", { class: "cross", x1: 46, x2: width - right, y1: at, y2: at }),
            shape("text", { x: width - right, y: at - 5, "text-anchor": "end" }, rule.text),
        );
    }
}

function endText(series, chart) {
    const good = pointsOf(series);
    if (!good.length) return "";
    return [
        series.name,
        chart.values === false ? "" : (chart.y.value ?? number)(series.y[good.at(-1)]),
    ]
        .filter(Boolean)
        .join("  ");
}

/** The names of the lines, where they end. */
function drawEnds(svg, chart, x, y, right, height) {
    const named = chart.series.filter((series) => pointsOf(series).length);
    const heights = spread(
        named.map((series) => y.at(series.y[pointsOf(series).at(-1)]) + 4),
        14,
        12,
        height - 24,
    );
    return named.map((series, i) => {
        const label = shape(
            "text",
            { class: "own", x: right + 8, y: heights[i], colour: series.colour },
            endText(series, chart),
        );
        svg.append(label);
        return [series.id, label];
    });
}

function emphasise(parts, chart, id) {
    chart.series.forEach((series, i) => {
        if (series.id === undefined) return;
        parts.paths[i].classList.toggle("on", series.id === id);
    });
    for (const [owner, label] of parts.labels)
        label.classList.toggle("strong", owner !== undefined && owner === id);
    const chosen = chart.series.findIndex((series) => series.id === id);
    // What is chosen lies on top.
    if (id !== null && chosen >= 0) parts.paths.at(-1).after(parts.paths[chosen]);
}

/** The value of a line under the pointer, or at the place that arrow keys moved to. */
function pointAtLines(parts, chart) {
    const { svg, x, y, height } = parts;
    const lines = [
        ...chart.series,
        ...(chart.median ? [{ ...chart.median, name: "median" }] : []),
    ].filter((series) => pointsOf(series).length);
    if (!lines.length) return;
    const cross = shape("line", { class: "cross", y1: 8, y2: height - 24, visibility: "hidden" });
    const spot = shape("circle", { class: "spot", r: 5, visibility: "hidden" });
    svg.append(cross, spot);
    const tell = (series, i) => ({
        id: series.id,
        x: x.at(series.x[i]),
        y: y.at(series.y[i]),
        colour: series.colour,
        texts: [
            series.id !== undefined ? memberName(series.id) : series.name || chart.y.name,
            `${chart.y.name} ${(chart.y.value ?? number)(series.y[i])}`,
            `at ${whole(series.x[i])} ${chart.x.name ?? ""}`,
        ],
    });
    const mark = (found) => {
        for (const part of [cross, spot])
            part.setAttribute("visibility", found ? "visible" : "hidden");
        parts.paths.forEach((path, n) =>
            path.classList.toggle(
                "hot",
                Boolean(found) &&
                    chart.series[n].id !== undefined &&
                    chart.series[n].id === found.id,
            ),
        );
        if (!found) return;
        cross.setAttribute("x1", found.x);
        cross.setAttribute("x2", found.x);
        spot.setAttribute("cx", found.x);
        spot.setAttribute("cy", found.y);
        spot.style.setProperty("--c", found.colour || "var(--some)");
    };
    follow(
        svg,
        (px, py) => {
            let best = null;
            for (const series of lines) {
                const i = indexOfNearest(
                    series.x.map((value, n) =>
                        known(value) && known(series.y[n]) ? x.at(value) : null,
                    ),
                    px,
                );
                const found = tell(series, i);
                const far = Math.abs(found.y - py) + 0.2 * Math.abs(found.x - px);
                if (!best || far < best.far) best = { ...found, far };
            }
            return best;
        },
        mark,
    );
    let line = Math.max(
        0,
        lines.findIndex((series) => series.id === state.member),
    );
    let place = -1;
    followKeys(
        svg,
        (dx, dy) => {
            if (dy) line = Math.max(0, Math.min(lines.length - 1, line + dy));
            const good = pointsOf(lines[line]);
            if (dx)
                place =
                    dx === Infinity
                        ? good.length - 1
                        : dx === -Infinity
                          ? 0
                          : place < 0
                            ? dx > 0
                                ? 0
                                : good.length - 1
                            : place + dx;
            place = Math.max(0, Math.min(good.length - 1, place));
            const found = tell(lines[line], good[place]);
            mark(found);
            return found;
        },
        () => mark(null),
    );
}

/** Rows are places of the axis, columns lines. */
function lineTable(chart) {
    const lines = [
        ...(chart.median ? [{ ...chart.median, name: "median" }] : []),
        ...chart.series,
    ].slice(0, 12);
    const places = [...new Set(lines.flatMap((series) => series.x))]
        .filter(known)
        .sort((a, b) => a - b);
    const values = lines.map((series) => new Map(series.x.map((value, i) => [value, series.y[i]])));
    return {
        columns: [
            chart.x.name ?? "",
            ...lines.map((series) =>
                series.id !== undefined ? memberName(series.id) : series.name || chart.y.name,
            ),
        ],
        rows: places.map((place) => [
            whole(place),
            ...values.map((map) =>
                known(map.get(place)) ? (chart.y.value ?? number)(map.get(place)) : UNKNOWN,
            ),
        ]),
    };
}
