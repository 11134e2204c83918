/* Samples on which the members disagree, with the answer of each. */
const SAMPLES_SHOWN = 24;

function samplesSection() {
    const samples = data.samples;
    const title = "Where they disagree";
    if (absent(samples)) emptyCard("samples", title, samples.absent, "");
    if (absent(samples) || !samples?.label?.length) return;
    const shown = samples.id.length;
    const choices = [
        ["all", "All"],
        ["wrong", "Member is wrong"],
        ...(samples.vote ? [["vote", "Vote is wrong"]] : []),
    ];
    const parts = card("samples", title, samplesText(samples), "", [
        tabs("samples", "Which samples", choices, () => filter()),
    ]);
    parts.node.classList.add("long");
    const bytes = Uint8Array.from(atob(samples.value), (letter) => letter.charCodeAt(0));
    const size = samples.channels * samples.height * samples.width;
    const className = (k) => String(family.classes?.[k] ?? k);
    const voters = samples.members ?? members.length;
    const agree = (s) =>
        samples.agreeing && members.length > shown
            ? ` · ${whole(samples.agreeing[s])} of ${whole(voters)} agree`
            : "";
    const columns = samples.id.map((id, m) => [id, m]).sort((a, b) => a[0] - b[0]);
    const figures = samples.label.map((label, s) => {
        const picture = samplePicture(
            samples,
            bytes.subarray(s * size, (s + 1) * size),
            `a sample of class ${className(label)}`,
        );
        const answers = columns.map(([id, m]) => {
            const answer = samples.answer[s][m];
            const right = answer === label;
            const verdict = right ? "right" : "wrong";
            return element(
                "button",
                {
                    type: "button",
                    class: right ? "right" : null,
                    "data-id": id,
                    colour: few ? colourOf(id) : "",
                    title: `${memberName(id)}: ${className(answer)}, ${verdict}`,
                    "aria-label": `${memberName(id)} answers ${className(answer)}, ${verdict}`,
                    on: { click: () => select(id) },
                },
                className(answer),
            );
        });
        const named = (k) => element("bdi", { title: className(k) }, clip(className(k), 32));
        return element(
            "figure",
            null,
            picture,
            element("div", { class: "answers" }, answers),
            element("figcaption", null, [
                ["is ", named(label)],
                samples.vote ? [" · vote ", named(samples.vote[s])] : null,
                agree(s),
            ]),
        );
    });
    const grid = element("div", { class: "samples" }, figures);
    const none = element("p", { hidden: true }, "None of these samples.");
    const more = element("button", { type: "button", class: "button more" });
    parts.body.append(grid, none, more);
    let all = false;
    more.addEventListener("click", () => {
        all = !all;
        filter();
    });
    const filter = () => {
        const m = samples.id.indexOf(state.member);
        let count = 0;
        figures.forEach((figure, s) => {
            const wrong = (answer) => answer !== undefined && answer !== samples.label[s];
            figure.hidden =
                (state.tabs.samples === "wrong" && !wrong(samples.answer[s][m])) ||
                (state.tabs.samples === "vote" && !wrong(samples.vote[s]));
            count += !figure.hidden;
            // Beyond the first ones: on paper, and when they are asked for.
            figure.classList.toggle("later", !all && count > SAMPLES_SHOWN);
        });
        more.hidden = count <= SAMPLES_SHOWN;
        more.textContent = all ? "Show fewer" : `Show all ${count}`;
        none.hidden = count > 0;
        none.textContent =
            state.tabs.samples === "wrong" && m < 0
                ? `The answers of member ${state.member} are not in this page.`
                : "None of these samples.";
    };
    onSelect((id) => {
        for (const button of grid.querySelectorAll(".answers button"))
            button.classList.toggle(
                "on",
                button.dataset.id === String(id) && samples.id.length > 1,
            );
        filter();
    });
}

function samplesText(samples) {
    const [count, shown] = [samples.label.length, samples.id.length];
    return sentences(
        `Samples of the ${splitName} on which some members are right and some are not.`,
        "Filled: right; outlined: wrong.",
        known(samples.doubtful) &&
            `Of ${whole(samples.of)} samples, ${whole(samples.doubtful)} are not unanimous` +
                (samples.doubtful > count ? `; the ${count} most disputed are here.` : "."),
        members.length > shown &&
            `The answers of ${shown} of ${whole(members.length)} members are here.`,
    );
}

/** A picture on a canvas; a signal or a table as lines and bars. */
function samplePicture(samples, values, label) {
    const { channels, height, width, kind } = samples;
    if (kind === "picture") {
        const canvas = element("canvas", {
            width,
            height,
            role: "img",
            "aria-label": label,
            class: channels >= 3 ? null : "ink",
        });
        const context = canvas.getContext("2d");
        const image = context.createImageData(width, height);
        const plane = height * width;
        for (let i = 0; i < plane; i++) {
            // One channel is ink on paper, three are colours.
            if (channels >= 3)
                image.data.set([values[i], values[plane + i], values[2 * plane + i], 255], 4 * i);
            else
                image.data.set(
                    [
                        20,
                        22,
                        28,
                        samples.signed ? Math.min(255, 2 * Math.abs(values[i] - 127)) : values[i],
                    ],
                    4 * i,
                );
        }
        context.putImageData(image, 0, 0);
        return element("div", { class: "picture" }, canvas);
    }
    const svg = drawing(120, 80, { role: "img", "aria-label": label });
    if (kind === "signal") {
        const length = height * width;
        for (let c = 0; c < channels; c++) {
            svg.append(
                shape("path", {
                    class: "line",
                    colour: `var(--c${(c % COLOURS) + 1})`,
                    d: `M${range(length)
                        .map(
                            (i) =>
                                `${((i * 120) / Math.max(1, length - 1)).toFixed(1)} ` +
                                `${(78 - (values[c * length + i] * 76) / 255).toFixed(1)}`,
                        )
                        .join("L")}`,
                }),
            );
        }
    } else {
        const count = values.length;
        // A column for each bar; where it is not known how they were encoded, an input.
        const names = family.input?.names?.length === count ? family.input.names : null;
        values.forEach((value, i) =>
            svg.append(
                shape(
                    "rect",
                    {
                        class: "cell",
                        x: (i * 120) / count + 0.5,
                        width: Math.max(0.5, 120 / count - 1),
                        y: 78 - (value * 76) / 255,
                        height: (value * 76) / 255 + 1,
                    },
                    shape(
                        "title",
                        null,
                        `${names?.[i] ? String(names[i]) : `input ${i + 1}`}: ${value} of 255`,
                    ),
                ),
            ),
        );
    }
    return element("div", { class: "picture" }, svg);
}
