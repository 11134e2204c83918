/* Which classes are taken for which: of the chosen member, or of all when they vote. */
function confusionSection() {
    const confusion = data.confusion;
    if (absent(confusion)) emptyCard("confusion", "Confusion", confusion.absent, "w4");
    if (absent(confusion) || !(confusion?.counts?.length || confusion?.all)) return;
    const sample = confusion.all ?? confusion.counts[0];
    const n = confusion.classes ?? Math.round(Math.sqrt(sample.length));
    const classes = range(n).map((i) => String(family.classes?.[i] ?? i));
    const choices = [
        ["member", "Member"],
        ...(confusion.all && members.length > 1 ? [["all", "Vote of all"]] : []),
    ];
    const parts = card(
        "confusion",
        "Confusion",
        "",
        "w4",
        choices.length > 1 ? [tabs("confusion", "Whose answers", choices, () => show())] : [],
    );
    const holder = element("div");
    parts.body.append(holder);
    const current = () => {
        const i = confusion.id.indexOf(state.member);
        if (confusion.all && (state.tabs.confusion === "all" || !confusion.counts.length))
            return { name: "all members, voting", counts: confusion.all };
        if (i >= 0) return { name: memberName(state.member), counts: confusion.counts[i] };
        return { name: memberName(confusion.id[0]), counts: confusion.counts[0], instead: true };
    };
    const repaint = paintIn(holder, (width) => {
        const { counts } = current();
        const worst = Math.max(1, ...counts.filter((_, k) => Math.floor(k / n) !== k % n));
        holder.replaceChildren(
            drawMatrix(width, {
                size: n,
                label: `Confusion of ${n} classes`,
                rows: classes,
                columns: classes,
                below: true,
                largest: n <= 4 ? 64 : 46,
                shade: (i, j) =>
                    i === j || counts[i * n + j] === 0
                        ? null
                        : 0.06 + 0.9 * (counts[i * n + j] / worst) ** 0.75,
                kind: () => "error",
                text: (i, j) => (counts[i * n + j] ? String(counts[i * n + j]) : ""),
                texts: (i, j) => [
                    `${plural(counts[i * n + j], "sample")}`,
                    i === j
                        ? `${classes[i]} answered right`
                        : `${classes[i]} taken for ${classes[j]}`,
                ],
            }),
        );
    });
    const rebuild = numbers(parts.body, "confusion", () => {
        const { counts } = current();
        return {
            columns: ["class", ...classes],
            rows: classes.map((name, i) => [
                name,
                ...classes.map((_, j) => whole(counts[i * n + j])),
            ]),
        };
    });
    const show = () => {
        const { name, instead } = current();
        parts.heading.textContent = `Confusion of ${name}`;
        parts.sentence.textContent = sentences(
            `Rows are the true classes, columns the answers, ${splitName}; errors are shaded.`,
            instead &&
                `Member ${state.member} is not among the ${confusion.id.length} that are here.`,
        );
        repaint();
        rebuild();
    };
    onSelect(show);
}
