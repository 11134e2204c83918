/* Regression: what is predicted against what is true, in the user's units. */
function scatterSection() {
    const targets = data.scatter;
    if (absent(targets)) emptyCard("scatter", "Predicted against true", targets.absent, "w4");
    if (absent(targets) || !targets?.length) return;
    const tools = [
        ...(targets.length > 1
            ? [
                  tabs(
                      "target",
                      "Target",
                      targets.map((target, i) => [String(i), String(target.target)]),
                      () => show(),
                  ),
              ]
            : []),
        ...(members.length > 1 && targets.some((target) => target.member)
            ? [
                  tabs(
                      "scatter",
                      "Whose predictions",
                      [
                          ["all", "Mean of all"],
                          ["member", "Member"],
                      ],
                      () => show(),
                  ),
              ]
            : []),
    ];
    const unknown = targets.find((target) => target.units_unknown)?.units_unknown;
    const units = unknown ? `In the network's numbers, not in those of the data: ${unknown}.` : "";
    const parts = card("scatter", "Predicted against true", units, "w4", tools);
    const holder = element("div");
    parts.body.append(holder);
    const current = () => {
        const target = targets[Number(state.tabs.target ?? 0)] ?? targets[0];
        const ids = target.id ?? members.map((member) => member.id);
        const at = state.tabs.scatter === "member" ? ids.indexOf(state.member) : -1;
        const row = target.member?.[at];
        const fit = row ? target.member_fit?.[at] : target;
        return { target, values: row ?? target.predicted, mine: Boolean(row), fit: fit ?? {} };
    };
    /* Of many samples some are drawn, at equal steps: the row is that among all of them. */
    const samplesOf = (target) => target.samples ?? target.true.length;
    const rowOf = (target, i) => Math.floor((i * samplesOf(target)) / target.true.length) + 1;
    const repaint = paintIn(holder, (width) => {
        const { target, values } = current();
        const height = Math.round(Math.min(width, 440));
        const [low, high] = extent([...target.true, ...values]) ?? [0, 1];
        const x = scale("linear", low, high, 52, width - 10);
        const y = scale("linear", low, high, height - 40, 10);
        const svg = drawing(width, height, {
            class: "chart many",
            role: "img",
            "aria-label": `Predicted against true ${target.target}`,
        });
        for (const value of y.ticks(6))
            svg.append(
                shape("line", {
                    class: "rule",
                    x1: 52,
                    x2: width - 10,
                    y1: y.at(value),
                    y2: y.at(value),
                }),
                shape("text", { x: 45, y: y.at(value) + 4, "text-anchor": "end" }, short(value)),
            );
        for (const value of x.ticks(Math.floor(width / 70)))
            svg.append(
                shape(
                    "text",
                    { x: x.at(value), y: height - 24, "text-anchor": "middle" },
                    short(value),
                ),
            );
        svg.append(
            shape("line", {
                class: "cross",
                x1: x.at(low),
                y1: y.at(low),
                x2: x.at(high),
                y2: y.at(high),
            }),
            shape(
                "text",
                { x: width - 10, y: height - 6, "text-anchor": "end" },
                `true ${target.target}`,
            ),
            shape("text", { x: 56, y: 12 }, `predicted ${target.target}`),
        );
        const points = target.true.map((value, i) => ({
            x: x.at(value),
            y: y.at(values[i]),
            texts: [
                `${target.target}, row ${rowOf(target, i)}`,
                `true ${number(value)}`,
                `predicted ${number(values[i])}`,
            ],
        }));
        for (const point of points)
            svg.append(
                shape("circle", {
                    class: "mark",
                    cx: point.x.toFixed(1),
                    cy: point.y.toFixed(1),
                    r: points.length > 200 ? 3 : 4,
                    colour: "var(--c1)",
                }),
            );
        pointAtPoints(svg, points, ring(svg));
        holder.replaceChildren(svg);
    });
    const show = () => {
        const { target, mine, fit } = current();
        const rmse = known(fit.rmse) ? `, root mean square error ${number(fit.rmse)}` : "";
        const all = members.length > 1 ? "Mean of all members" : "One member";
        const quality = known(fit.r2) ? `: R² ${decimals(fit.r2, 3)}${rmse}.` : ".";
        parts.sentence.textContent = sentences(
            samplesOf(target) > target.true.length && `${whole(target.true.length)} of`,
            `${plural(samplesOf(target), "sample")} of the ${splitName}, in units of the data;`,
            "on the line, the prediction is right.",
            (mine ? `Member ${state.member}` : all) + quality,
        );
        repaint();
        rebuild();
    };
    const rebuild = numbers(parts.body, "scatter", () => {
        const { target, values } = current();
        return {
            columns: ["row", "true", "predicted"],
            rows: target.true.map((value, i) => [
                String(rowOf(target, i)),
                number(value),
                number(values[i]),
            ]),
        };
    });
    onSelect(show);
}
