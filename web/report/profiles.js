/* Walks and paths: loss, accuracy and distance from network to network. */
function profile(place, key, title, options) {
    const box = element("div", null, element("h3", null, title));
    place.append(box);
    lineChart(box, key, { height: 190, values: false, ...options });
}

function profileSection(id, title, text, way, xs, axis, barrier) {
    const parts = card(id, title, text);
    const place = element("div", { class: "profiles" });
    parts.body.append(place);
    const accuracy = (way.accuracy ?? []).some(known);
    const series = (y, colour) => [
        { name: "", x: xs, y, colour, strong: true, dots: xs.length <= 20 },
    ];
    const worst = way.loss.indexOf(Math.max(...way.loss.filter(known)));
    profile(place, `${id}-loss`, "Loss", {
        label: `Loss along the ${id}`,
        x: axis,
        y: { name: "loss", format: tickText },
        series: series(way.loss, "var(--c1)"),
        marks:
            known(barrier) && worst >= 0
                ? [{ x: xs[worst], y: way.loss[worst], text: `barrier ${number(barrier)}` }]
                : [],
    });
    if (accuracy)
        profile(place, `${id}-accuracy`, "Accuracy", {
            label: `Accuracy along the ${id}`,
            x: axis,
            y: { name: "accuracy", format: percentTick, value: (value) => percent(value) },
            series: series(way.accuracy, "var(--good)"),
        });
    profile(
        place,
        `${id}-distance`,
        id === "walk" ? "Distance from the start" : "Distance from the first member",
        {
            label: `Distance along the ${id}`,
            x: axis,
            y: { name: "weights", format: short, value: whole },
            series: series(way.distance, "var(--c4)"),
        },
    );
}

function walkSection() {
    const walk = data.walk;
    if (absent(walk)) emptyCard("walk", "The walk", walk.absent, "");
    if (absent(walk) || !walk?.loss?.length) return;
    const last = walk.distance.at(-1);
    profileSection(
        "walk",
        `The walk from ${memberName(walk.start)}`,
        `${plural(walk.loss.length, "network")} along the walk, each as good as the family asks ` +
            `for. The last differs from the start in ${plural(last, "weight")}.`,
        walk,
        walk.swaps ?? range(walk.loss.length),
        { name: "swaps", format: short },
    );
}

function pathSection() {
    const path = data.path;
    if (absent(path)) emptyCard("path", "The path", path.absent, "");
    if (absent(path) || !path?.loss?.length) return;
    profileSection(
        "path",
        `The path from ${memberName(path.from)}` +
            (known(path.to) ? ` to ${memberName(path.to)}` : ""),
        sentences(
            "By swaps alone, every network in between with the same counts.",
            known(path.barrier) &&
                `The barrier, ${number(path.barrier)}, is how much the loss rises`,
            known(path.barrier) &&
                (known(path.to)
                    ? "above the worse of the two ends."
                    : "above the start; the end is not known here."),
        ),
        path,
        path.swaps ?? path.position ?? range(path.loss.length),
        { name: path.swaps ? "swaps" : "of the way", format: short },
        path.barrier,
    );
}
