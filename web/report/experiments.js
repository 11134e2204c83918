/* The questions of an experiment: what was asked, what came out. */
function experimentSection() {
    const questions = data.experiment;
    if (absent(questions)) emptyCard("experiment", "Questions", questions.absent, "");
    if (absent(questions) || !questions?.length) return;
    const parts = card(
        "experiment",
        questions.length > 1 ? "Questions and answers" : "Question and answer",
        "",
    );
    parts.node.classList.add("long");
    questions.forEach((question, q) => {
        const two = element("div", { class: "two" });
        const node = element(
            "div",
            { class: "question" },
            element("h3", null, String(question.question ?? "")),
            question.text ? element("p", null, String(question.text)) : null,
            two,
        );
        parts.body.append(node);
        if (question.table?.rows?.length) two.append(answerTable(question.table));
        if (question.lines?.series?.length) {
            const place = element("div");
            two.append(place);
            answerLines(place, `question-${q}`, question);
        }
    });
}

function answerTable(table) {
    const numeric = table.columns.map((_, c) => table.rows.some((row) => known(row[c])));
    const cell = (value, c) =>
        element(
            "td",
            { class: numeric[c] ? null : "text" },
            known(value)
                ? value.toLocaleString("en", { maximumSignificantDigits: 5 })
                : value === null || value === undefined
                  ? UNKNOWN
                  : String(value),
        );
    return scrollingTable(
        table.columns.map((name, c) =>
            element("th", { scope: "col", class: numeric[c] ? null : "text" }, String(name)),
        ),
        table.rows.map((row) => element("tr", null, row.map(cell))),
        "Table",
    );
}

function answerLines(place, key, question) {
    const { x, y, series } = question.lines;
    lineChart(place, key, {
        label: String(question.question ?? "Answer"),
        height: 220,
        values: false,
        x: { name: String(x.name ?? ""), kind: x.log ? "log" : "linear", format: short },
        y: {
            name: String(y.name ?? ""),
            format: y.share ? percentTick : tickText,
            value: y.share ? (value) => percent(value) : number,
        },
        series: series.map((line, i) => ({
            name: String(line.name ?? ""),
            x: x.values,
            y: line.y,
            colour: `var(--c${(i % COLOURS) + 1})`,
            dots: x.values.length <= 15,
            strong: series.length === 1,
        })),
        bands: series
            .filter((line) => line.low && line.high)
            .map((line) => ({ x: x.values, low: line.low, high: line.high, colour: "" })),
    });
}
