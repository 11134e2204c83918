/* Drivers: the reward of each on every track, and one drive to watch. */
function driveSection() {
    const drive = data.drive;
    if (absent(drive)) emptyCard("rewards", "Rewards per track", drive.absent, "");
    if (absent(drive) || !drive) return;
    if (drive.reward?.length) rewards(drive);
    if (drive.replay?.x?.length) replaySection(drive.replay);
}

function rewards(drive) {
    const parts = card(
        "rewards",
        "Rewards per track",
        `What each driver earns on ${plural(drive.tracks.length, "track")}: a point for each, a ` +
            `ring for the mean, which stands at the right.`,
        drive.replay ? "w4" : "",
    );
    const holder = element("div");
    parts.body.append(holder);
    const shown = drive.id.slice(0, 40);
    const rowsOf = () =>
        shown.includes(state.member) || !drive.id.includes(state.member)
            ? shown
            : [state.member, ...shown.slice(0, -1)];
    const repaint = paintIn(holder, (width) => {
        const ids = rowsOf();
        const step = ids.length > 16 ? 18 : 28;
        const height = ids.length * step + 26;
        const all = extent(drive.reward.flat()) ?? [0, 1];
        const room = Math.max(10, 0.08 * (all[1] - all[0]));
        const x = scale("linear", all[0] - room, all[1] + room, 40, width - 56);
        const svg = drawing(width, height, {
            class: few ? "chart" : "chart many",
            role: "img",
            "aria-label": "Rewards of each driver",
        });
        for (const value of x.ticks(Math.max(2, Math.floor(width / 80))))
            svg.append(
                shape("line", {
                    class: "rule",
                    x1: x.at(value),
                    x2: x.at(value),
                    y1: 4,
                    y2: height - 20,
                }),
                shape(
                    "text",
                    { x: x.at(value), y: height - 5, "text-anchor": "middle" },
                    short(value),
                ),
            );
        const points = [];
        ids.forEach((id, r) => {
            const values = drive.reward[drive.id.indexOf(id)];
            const y = r * step + step / 2 + 2;
            svg.append(
                shape(
                    "text",
                    { x: 4, y: y + 4, class: id === state.member ? "strong" : null },
                    String(id),
                ),
                shape(
                    "text",
                    {
                        x: width,
                        y: y + 4,
                        "text-anchor": "end",
                        class: id === state.member ? "strong" : null,
                    },
                    decimals(mean(values.filter(known)), 1),
                ),
            );
            values.forEach((value, t) => {
                if (!known(value)) return;
                const finished = drive.finished?.[drive.id.indexOf(id)]?.[t];
                points.push({
                    id,
                    x: x.at(value),
                    y,
                    texts: [
                        `${memberName(id)}, track ${drive.tracks[t]}`,
                        `reward ${decimals(value, 1)}`,
                        finished === undefined
                            ? ""
                            : finished
                              ? "all of the road"
                              : "not to the end",
                    ],
                });
                svg.append(
                    shape("circle", {
                        class: `mark${id === state.member && !few ? " on" : ""}`,
                        cx: x.at(value),
                        cy: y,
                        r: 4,
                        "fill-opacity": 0.55,
                        colour: colourOf(id),
                    }),
                );
            });
            svg.append(
                shape("circle", {
                    class: "here",
                    cx: x.at(mean(values.filter(known))),
                    cy: y,
                    r: 6,
                }),
            );
        });
        pointAtPoints(svg, points, () => {});
        holder.replaceChildren(svg);
    });
    numbers(parts.body, "rewards", () => ({
        columns: ["member", ...drive.tracks.map((track) => `track ${track}`)],
        rows: drive.id.map((id, m) => [
            String(id),
            ...drive.reward[m].map((value) => decimals(value, 1)),
        ]),
    }));
    onSelect(repaint);
}

const CAR = { length: 4.6, width: 2.2 };
let drivePlaying = false;

/** A drive on a canvas: the road from above, the car, where it was. */
function replaySection(replay) {
    const parts = card(
        "drive",
        "A drive to watch",
        `${memberName(replay.id)[0].toUpperCase()}${memberName(replay.id).slice(1)} on track ` +
            `${replay.track}, reward ${decimals(replay.reward, 1)}.`,
        data.drive.reward?.length ? "w8" : "",
        [
            tabs(
                "view",
                "View",
                [
                    ["follow", "Follow"],
                    ["whole", "Whole track"],
                ],
                () => paint(),
            ),
            tabs(
                "speed",
                "Speed",
                [
                    ["1", "1×"],
                    ["2", "2×"],
                    ["4", "4×"],
                ],
                () => {},
            ),
        ],
    );
    const canvas = element("canvas", {
        role: "img",
        "aria-label": "The road from above and the car on it",
    });
    const slider = element("input", {
        type: "range",
        min: 0,
        max: replay.x.length - 1,
        step: 1,
        value: 0,
        "aria-label": "Time of the drive",
    });
    const play = element("button", { type: "button", class: "button" }, "Play");
    const time = element("span", { class: "mono" });
    const gauges = [
        ["Speed", "var(--c1)"],
        ["Steering", "var(--c4)"],
        ["Gas", "var(--good)"],
        ["Brake", "var(--wrong)"],
    ].map(([name, colour]) => gauge(name, colour));
    parts.body.append(
        element(
            "div",
            { class: "drive" },
            element("div", null, canvas, element("div", { class: "controls" }, play, slider, time)),
            element(
                "div",
                null,
                gauges.map((entry) => entry.node),
            ),
        ),
    );
    const track = measureRoad(replay);
    let at = Math.min(replay.x.length - 1, Math.max(0, state.driveAt ?? 0));
    let width = 0;
    const paint = () => {
        if (!width) return;
        drawDrive(canvas, width, replay, track, at);
        const i = Math.floor(at);
        slider.value = i;
        slider.setAttribute("aria-valuetext", `${decimals(i * replay.dt, 1)} seconds`);
        time.textContent =
            `${decimals(i * replay.dt, 1)} of ` +
            `${decimals((replay.x.length - 1) * replay.dt, 1)}${THIN}s`;
        const speed = speedAt(replay, i);
        gauges[0].set(`${decimals(speed, 1)}${THIN}m/s`, 0, Math.min(1, speed / track.fastest));
        gauges[1].set(
            decimals(replay.steer[i], 2),
            0.5 + Math.min(0, replay.steer[i]) / 2,
            Math.abs(replay.steer[i]) / 2,
        );
        gauges[2].set(decimals(replay.gas[i], 2), 0, replay.gas[i]);
        gauges[3].set(decimals(replay.brake[i], 2), 0, replay.brake[i]);
    };
    paintIn(canvas.parentNode, (next) => {
        width = next;
        paint();
    });
    let before = 0;
    const frame = (now) => {
        if (!drivePlaying) return;
        at += (Math.min(0.1, (now - before) / 1000) * Number(state.tabs.speed)) / replay.dt;
        before = now;
        if (at >= replay.x.length - 1) {
            at = replay.x.length - 1;
            stop();
        }
        paint();
        requestAnimationFrame(frame);
    };
    const stop = () => {
        drivePlaying = false;
        play.textContent = "Play";
        state.driveAt = at;
    };
    play.addEventListener("click", () => {
        if (drivePlaying) return stop();
        if (at >= replay.x.length - 1) at = 0;
        drivePlaying = true;
        play.textContent = "Pause";
        before = performance.now();
        return requestAnimationFrame(frame);
    });
    slider.addEventListener("input", () => {
        at = Number(slider.value);
        state.driveAt = at;
        paint();
    });
    new MutationObserver(paint).observe(document.documentElement, {
        attributes: true,
        attributeFilter: ["data-theme"],
    });
}

function gauge(name, colour) {
    const bar = element("b", { colour });
    const value = element("span", null);
    const node = element(
        "div",
        { class: "gauge" },
        element("span", null, name, value),
        element("i", null, bar),
    );
    return {
        node,
        set(text, from, size) {
            value.textContent = text;
            bar.style.left = `${100 * from}%`;
            bar.style.width = `${100 * Math.max(0, size)}%`;
        },
    };
}

function speedAt(replay, i) {
    const [a, b] = [Math.max(0, i - 1), Math.min(replay.x.length - 1, i + 1)];
    return a === b
        ? 0
        : Math.hypot(replay.x[b] - replay.x[a], replay.y[b] - replay.y[a]) / ((b - a) * replay.dt);
}

function measureRoad(replay) {
    const edges = [...replay.road.left, ...replay.road.right];
    const xs = extent([...edges.filter((_, i) => i % 2 === 0), ...replay.x]);
    const ys = extent([...edges.filter((_, i) => i % 2 === 1), ...replay.y]);
    return {
        xs,
        ys,
        fastest: Math.max(
            1,
            ...range(Math.ceil(replay.x.length / 5)).map((i) => speedAt(replay, 5 * i)),
        ),
    };
}

function drawDrive(canvas, width, replay, track, at) {
    const height = Math.round(Math.min(width * 0.62, 460));
    const ratio = window.devicePixelRatio || 1;
    if (
        canvas.width !== Math.round(width * ratio) ||
        canvas.height !== Math.round(height * ratio)
    ) {
        canvas.width = Math.round(width * ratio);
        canvas.height = Math.round(height * ratio);
        canvas.style.aspectRatio = `${width} / ${height}`;
    }
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(name).trim();
    const context = canvas.getContext("2d");
    const i = Math.floor(at);
    const rest = at - i;
    const next = Math.min(replay.x.length - 1, i + 1);
    const between = (values) => values[i] + rest * (values[next] - values[i]);
    const [x, y] = [between(replay.x), between(replay.y)];
    const all = state.tabs.view === "whole";
    const unit = all
        ? Math.min(
              (width - 30) / (track.xs[1] - track.xs[0] || 1),
              (height - 30) / (track.ys[1] - track.ys[0] || 1),
          )
        : Math.max(4, width / 110);
    const centre = all
        ? [(track.xs[0] + track.xs[1]) / 2, (track.ys[0] + track.ys[1]) / 2]
        : [x, y];
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    context.translate(width / 2, height / 2);
    context.scale(unit, -unit);
    context.translate(-centre[0], -centre[1]);
    context.fillStyle = colour("--card");
    context.strokeStyle = colour("--line");
    context.lineWidth = 1 / unit;
    const { left, right } = replay.road;
    context.beginPath();
    for (const edge of [left, right]) {
        for (let k = 0; k + 1 < edge.length; k += 2)
            k ? context.lineTo(edge[k], edge[k + 1]) : context.moveTo(edge[k], edge[k + 1]);
        context.closePath();
    }
    context.fill("evenodd");
    context.stroke();
    context.strokeStyle = colour("--c1");
    context.lineWidth = Math.max(0.5, 1.6 / unit);
    context.lineJoin = "round";
    context.beginPath();
    for (let k = 0; k <= i; k += all ? 3 : 1)
        k ? context.lineTo(replay.x[k], replay.y[k]) : context.moveTo(replay.x[k], replay.y[k]);
    context.lineTo(x, y);
    context.stroke();
    context.translate(x, y);
    context.rotate(replay.angle[i] + rest * (replay.angle[next] - replay.angle[i]));
    if (all)
        context.scale(Math.max(1, 9 / (unit * CAR.length)), Math.max(1, 9 / (unit * CAR.length)));
    context.fillStyle = colour("--pick");
    // The car's own axis points forward along y, as in the simulation.
    context.beginPath();
    context.moveTo(-CAR.width / 2, -CAR.length / 2);
    context.lineTo(CAR.width / 2, -CAR.length / 2);
    context.lineTo(CAR.width / 2, CAR.length / 4);
    context.lineTo(0, CAR.length / 2);
    context.lineTo(-CAR.width / 2, CAR.length / 4);
    context.closePath();
    context.fill();
}
