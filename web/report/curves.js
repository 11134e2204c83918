/* How each member was found: loss, accuracy, temperature and share of candidates kept, over the
 * steps. */
const CURVES = {
    loss: {
        tab: "Loss",
        key: "loss",
        name: "loss",
        kinds: [
            ["log", "Logarithmic"],
            ["linear", "Linear"],
        ],
        text:
            "Mean loss over the training samples in use at the time, against candidate swaps. " +
            "The table of members has it over all of them.",
    },
    accuracy: {
        tab: "Accuracy",
        key: "accuracy",
        name: "training accuracy",
        kinds: [
            ["errors", "Logarithmic"],
            ["linear", "Linear"],
        ],
        share: true,
        text:
            "Share of the training samples in use at the time that are answered right; " +
            "logarithmic in the errors that are left.",
    },
    validation: {
        tab: "Validation",
        key: "validation",
        name: "validation accuracy",
        kinds: [
            ["errors", "Logarithmic"],
            ["linear", "Linear"],
        ],
        share: true,
        text:
            "Share of the validation samples answered right: samples that the search does not " +
            "see.",
    },
    validation_loss: {
        tab: "Validation",
        key: "validation_loss",
        name: "validation loss",
        kinds: [
            ["log", "Logarithmic"],
            ["linear", "Linear"],
        ],
        text: "Mean loss over the validation samples, which the search does not see.",
    },
    temperature: {
        tab: "Temperature",
        key: "temperature",
        name: "temperature",
        kinds: [
            ["linear", "Linear"],
            ["log", "Logarithmic"],
        ],
        text: "How much worse a swap may be and still be kept. At 0 only improvements are.",
    },
    acceptance: {
        tab: "Acceptance",
        key: "acceptance",
        name: "kept",
        kinds: [
            ["linear", "Linear"],
            ["log", "Logarithmic"],
        ],
        share: true,
        text: "Share of the candidate swaps that were kept, between one point and the next.",
    },
    layers: {
        tab: "By layer",
        key: "acceptance_layers",
        name: "kept",
        kinds: [
            ["linear", "Linear"],
            ["log", "Logarithmic"],
        ],
        share: true,
        text: "Share of the candidate swaps that were kept, in each layer of the chosen member.",
    },
};

function curvesSection() {
    const traces = data.traces;
    const title = "How each member was found";
    if (absent(traces) || !traces?.members?.some((trace) => trace.step.length > 1)) {
        if (traces)
            emptyCard(
                "curves",
                title,
                absent(traces) ??
                    "No history is kept yet: the first point comes after some hundred steps.",
                "w8",
            );
        return;
    }
    const has = (curve) =>
        traces.members.some((trace) =>
            (trace[curve.key] ?? []).some(
                (value) => known(value) || (Array.isArray(value) && value.some(known)),
            ),
        );
    const kinds = Object.entries(CURVES).filter(
        ([, curve]) =>
            has(curve) && !(curve === CURVES.validation_loss && has(CURVES.validation)),
    );
    const parts = card("curves", title, "", "w8", []);
    const tools = element("div", { class: "tools" });
    parts.node.firstChild.append(tools);
    let draw = null;
    const show = () => {
        const name = state.tabs.curve;
        const curve = CURVES[name];
        parts.sentence.textContent =
            curve.text +
            (traces.bands?.[curve.key]
                ? ` The dark band holds half of ${whole(traces.bands.members ?? members.length)} ` +
                  `members, the light one nine of ten; ${traces.members.length} are drawn.`
                : "");
        const chart = curveChart(curve, state.tabs[`scale-${name}`] ?? curve.kinds[0][0]);
        if (draw) draw(chart);
        else draw = lineChart(parts.body, "curves", chart);
    };
    const choose = () => {
        const curve = CURVES[state.tabs.curve];
        if (tools.children[1]) tools.children[1].remove();
        tools.append(tabs(`scale-${state.tabs.curve}`, "Scale", curve.kinds, show));
        show();
    };
    tools.append(
        tabs(
            "curve",
            "Which curve",
            kinds.map(([name, curve]) => [name, curve.tab]),
            choose,
        ),
    );
    choose();
    if (has(CURVES.layers)) onSelect(() => state.tabs.curve === "layers" && show());
}

function curveChart(curve, kind) {
    const traces = data.traces;
    const value = curve.share ? (share) => percent(share) : number;
    const chart = {
        height: window.innerWidth < 720 ? 240 : few ? 390 : 470,
        label: `${curve.tab} over the steps`,
        many: !few && traces.members.length > COLOURS,
        x: { name: "steps", format: short },
        y: {
            name: curve.name,
            kind,
            share: curve.share,
            value,
            format: curve.share ? (share) => percentTick(share) : (number_) => tickText(number_),
        },
        series:
            curve.key === "acceptance_layers"
                ? layerSeries()
                : traces.members
                      .filter((trace) => trace[curve.key] && (few || trace.step.length > 1))
                      .map((trace) => ({
                          id: trace.id,
                          name: String(trace.id),
                          colour: colourOf(trace.id),
                          x: trace.step,
                          y: trace[curve.key],
                      })),
    };
    const bands = traces.bands?.[curve.key];
    if (bands) {
        chart.bands = [
            ["q05", "q95"],
            ["q25", "q75"],
        ].map(([low, high]) => ({ x: traces.bands.step, low: bands[low], high: bands[high] }));
        chart.median = { x: traces.bands.step, y: bands.q50 };
    }
    return chart;
}

/** A line for each layer of the chosen member, or of the first one whose history is here. */
function layerSeries() {
    const traces = data.traces.members.filter((trace) => trace.acceptance_layers);
    const trace = traces.find((other) => other.id === state.member) ?? traces[0];
    const layers = weightedLayers();
    return trace.acceptance_layers.map((row, i) => ({
        name: layers[i]?.name ?? `layer ${i + 1}`,
        colour: `var(--c${(i % COLOURS) + 1})`,
        x: trace.step,
        y: row,
    }));
}

const weightedLayers = () => (family.layers ?? []).filter((layer) => layer.kind !== "pool");
const percentTick = (share) => `${Number((100 * share).toPrecision(6))}${THIN}%`;
const tickText = (value) =>
    Math.abs(value) >= 1e-3 || value === 0
        ? short(value)
        : value.toExponential(0).replace("e-", "e−");
