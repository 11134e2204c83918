/* What several members answer together, against their number. */
function votesSection() {
    const votes = data.votes;
    const title = "Answers of several together";
    if (absent(votes)) emptyCard("votes", title, votes.absent);
    if (absent(votes) || !votes?.count?.length || votes.count.length < 2) return;
    const choices = [["vote", "Vote"], ...(votes.sum?.mean ? [["sum", "Sum"]] : [])];
    const parts = card(
        "votes",
        title,
        "",
        "stack",
        choices.length > 1
            ? [tabs("votes", "How they answer together", choices, () => show())]
            : [],
    );
    let draw = null;
    const show = () => {
        const way = state.tabs.votes === "sum" && votes.sum ? votes.sum : votes;
        parts.sentence.textContent =
            `Accuracy on the ${splitName} of members drawn at random, ` +
            `${way === votes ? "who vote" : "whose outputs are added"}. The band: worst and best ` +
            `draw.`;
        if (draw) draw(votesChart(votes, way));
        else draw = lineChart(parts.body, "votes", votesChart(votes, way));
    };
    show();
}

function votesChart(votes, way) {
    const last = way.mean.at(-1);
    const end = votes.count.at(-1);
    const best = judge ? bestMember[split] : null;
    return {
        label: "Accuracy of votes against the number of members",
        height: 170,
        x: {
            name: "members",
            kind: end > 30 ? "log" : "linear",
            format: short,
            ticks:
                end <= 8
                    ? votes.count
                    : end > 30
                      ? [...[1, 10, 100].filter((count) => 2 * count <= end), end]
                      : undefined,
        },
        y: {
            name: "accuracy",
            share: true,
            format: percentTick,
            value: (value) => percent(value),
        },
        series: [
            {
                name: "",
                x: votes.count,
                y: way.mean,
                colour: "var(--good)",
                dots: votes.count.length <= 12,
                strong: true,
            },
        ],
        bands: way.low ? [{ x: votes.count, low: way.low, high: way.high, colour: "" }] : [],
        rules:
            known(best) && votes.count.length > 2 && Math.abs(best - last) > 0.0005
                ? [{ y: best, text: `best by ${judge[1]} ${percent(best)}` }]
                : [],
    };
}
