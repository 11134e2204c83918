/* The family on a plane: members whose wirings differ less lie closer together. */
function mapSection() {
    const map = data.map;
    const title = "Map of the family";
    if (absent(map)) emptyCard("map", title, map.absent, "w4");
    if (absent(map) || !map?.id?.length || map.id.length < 2) return;
    const parts = card(
        "map",
        title,
        "Members whose wirings differ in fewer weights lie closer together (classical scaling).",
        "w4",
    );
    const holder = element("div");
    parts.body.append(holder);
    const values = few ? null : extent(map.id.map((id) => score(memberOf.get(id))));
    let marks = [];
    let lines = null;
    let places = new Map();
    paintIn(holder, (width) => {
        const height = Math.round(Math.min(width * 0.86, 340));
        const [xs, ys] = [extent(map.x), extent(map.y)];
        const size = Math.max(
            xs[1] - xs[0],
            ((ys[1] - ys[0]) * (width - 90)) / (height - 60),
            1e-9,
        );
        const unit = (width - 90) / size;
        const middle = [(xs[0] + xs[1]) / 2, (ys[0] + ys[1]) / 2];
        const svg = drawing(width, height, {
            class: few ? "chart" : "chart many",
            role: "img",
            "aria-label":
                `Map of ${plural(map.id.length, "member")}. Arrow keys go to ` +
                `neighbours, Enter chooses.`,
        });
        lines = shape("g");
        svg.append(lines);
        const points = map.id.map((id, i) => ({
            id,
            x: width / 2 + (map.x[i] - middle[0]) * unit,
            y: height / 2 - (map.y[i] - middle[1]) * unit,
            texts: [memberName(id), scoreText(memberOf.get(id))],
        }));
        places = new Map(points.map((point) => [point.id, point]));
        marks = points.map((point) => {
            const value = score(memberOf.get(point.id));
            const shade =
                values && known(value) && values[1] > values[0]
                    ? (value - values[0]) / (values[1] - values[0])
                    : 0.5;
            const circle = shape("circle", {
                class: "mark",
                cx: point.x,
                cy: point.y,
                r: few ? 8 : points.length > 200 ? 3.5 : 5.5,
                colour: few
                    ? colourOf(point.id)
                    : `color-mix(in srgb, var(--heat) ${Math.round(25 + 75 * shade)}%, ` +
                      `var(--zero))`,
            });
            svg.append(circle);
            return [point.id, circle];
        });
        if (few)
            for (const point of points) {
                const left = point.x > width - 80;
                svg.append(
                    shape(
                        "text",
                        {
                            x: point.x + (left ? -14 : 14),
                            y: point.y + 4,
                            "text-anchor": left ? "end" : "start",
                        },
                        shape("tspan", { class: "strong", "font-weight": 650 }, String(point.id)),
                        known(score(memberOf.get(point.id)))
                            ? ` ${percent(score(memberOf.get(point.id)))}`
                            : "",
                    ),
                );
            }
        pointAtPoints(svg, points, ring(svg));
        holder.replaceChildren(svg);
        update(state.member);
    });
    function update(id) {
        for (const [owner, circle] of marks) {
            circle.classList.toggle("on", owner === id);
            if (owner === id && !few) {
                circle.setAttribute("r", 7);
                circle.parentNode.append(circle);
            } else if (!few) circle.setAttribute("r", marks.length > 200 ? 3.5 : 5.5);
        }
        if (few && lines) drawDistances(lines, places, id);
    }
    const both = map.share_of_both ?? map.share?.filter(known).reduce((a, b) => a + b, 0);
    parts.body.append(
        element(
            "div",
            { class: "caption" },
            [
                known(both) ? `${percent(both, 0)} of the variation is in the plane` : "",
                values && values[1] > values[0]
                    ? `the stronger the colour the better, ${percent(values[0])} to ` +
                      `${percent(values[1])} ${scoreKind[1]}`
                    : "",
                few && data.distances?.raw && data.distances.id.length > 1
                    ? "numbers: weights that differ from the chosen member"
                    : "",
            ]
                .filter(Boolean)
                .join(" · "),
        ),
    );
    numbers(parts.body, "map", () => ({
        columns: ["member", "x", "y"],
        rows: map.id.map((id, i) => [String(id), number(map.x[i]), number(map.y[i])]),
    }));
    onSelect(update);
}

/** Lines from the chosen member to the others, with the weights that differ. */
function drawDistances(group, places, id) {
    const distances = data.distances;
    const from = distances?.id?.indexOf(id) ?? -1;
    group.replaceChildren();
    if (from < 0 || !distances.raw || !places.has(id)) return;
    const a = places.get(id);
    for (const [other, b] of places) {
        const to = distances.id.indexOf(other);
        if (other === id || to < 0) continue;
        group.append(
            shape("line", {
                class: "axis",
                x1: a.x,
                y1: a.y,
                x2: b.x,
                y2: b.y,
                "stroke-width": 1.5,
            }),
        );
        if (Math.hypot(a.x - b.x, a.y - b.y) > 60) {
            group.append(
                shape(
                    "text",
                    {
                        x: (a.x + b.x) / 2,
                        y: (a.y + b.y) / 2 + 4,
                        "text-anchor": "middle",
                        stroke: "var(--card)",
                        "stroke-width": 5,
                        "paint-order": "stroke",
                    },
                    whole(distances.raw[from * distances.id.length + to]),
                ),
            );
        }
    }
}
