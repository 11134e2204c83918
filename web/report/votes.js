/* What several members answer together, against their number. */
function votesSection() {
    const votes = data.votes;
    const title = "Votes of several";
    if (absent(votes)) emptyCard("votes", title, votes.absent, "w4");
    if (absent(votes) || !votes?.count?.length) return;
    const parts = card("votes", title, "", "w4");
    const last = votes.mean.at(-1);
    const best = Math.max(...members.map((member) => (data.split === "validation" ? member.validation : member.test) ?? -Infinity));
    parts.sentence.textContent = `Share of the ${splitName} that the majority of so many members, drawn at random, answers right; the band goes from the worst draw to the best.`;
    lineChart(parts.body, "votes", {
        label: "Accuracy of votes against the number of members", height: 230,
        x: { name: votes.count.length > 1 && votes.count.at(-1) > 1 ? "members" : "member", kind: votes.count.at(-1) > 30 ? "log" : "linear", format: short, ticks: votes.count.at(-1) <= 8 ? votes.count : undefined },
        y: { name: "accuracy", format: percentTick, value: (value) => percent(value) },
        series: [{ name: "", x: votes.count, y: votes.mean, colour: "var(--good)", dots: votes.count.length <= 12, strong: true }],
        bands: votes.low ? [{ x: votes.count, low: votes.low, high: votes.high, colour: "" }] : [],
        rules: Number.isFinite(best) && votes.count.length > 2 && Math.abs(best - last) > 0.0005 ? [{ y: best, text: `best member ${percent(best)}` }] : [],
    });
}
