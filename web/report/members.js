/* The members as a table: any order, a thousand rows of which only those in sight exist. */
const ROW = 36;
const MAXIMUM_ON_PAPER = 60;

/** Which columns are kept where there is no place for all. */
const RANK = [
    "id",
    "test",
    "validation",
    "test_rmse",
    "validation_rmse",
    "validation_loss",
    "loss",
    "origin",
    "accepted",
    "train",
    "seconds",
    "count",
    "only",
    "steps",
    "train_rmse",
];

const STATES = { done: "", running: "running", failed: "failed" };

/** The columns that make sense in this study. */
function memberColumns() {
    const some = (key) => members.some((member) => known(member[key]));
    const wrong = new Map(
        (data.errors?.id ?? []).map((id, i) => [
            id,
            { count: data.errors.count[i], only: data.errors.only[i] },
        ]),
    );
    const plain = (key, title, text, more) =>
        some(key)
            ? [
                  {
                      key,
                      title,
                      value: (member) => member[key],
                      text: (member) => text(member[key]),
                      ...more,
                  },
              ]
            : [];
    const own = (key, title, hint) =>
        wrong.size
            ? [
                  {
                      key,
                      title,
                      hint,
                      value: (member) => wrong.get(member.id)?.[key],
                      text: (member) => whole(wrong.get(member.id)?.[key]),
                  },
              ]
            : [];
    return [
        { key: "id", title: "member", value: (member) => member.id },
        ...(members.some((member) => member.origin && !["random", "search"].includes(member.origin))
            ? [{ key: "origin", title: "from", value: (member) => member.origin, text: originText }]
            : []),
        ...plain("validation", "validation", percent),
        ...plain("test", "test", percent),
        ...plain("train", "training", percent),
        ...["validation", "test", "train"].flatMap((split) =>
            plain(`${split}_rmse`, `${split === "train" ? "training" : split} error`, number, {
                hint: `root mean square error, in the units of the data`,
            }),
        ),
        ...(some("validation")
            ? []
            : plain("validation_loss", "validation loss", number, {
                  hint: "mean loss of the validation samples",
              })),
        ...plain("loss", "loss", number, { hint: "mean loss of all training samples" }),
        ...own("count", "wrong", `wrong answers, ${splitName}`),
        ...own("only", "alone", "wrong where every other member is right"),
        ...plain("steps", "steps", short),
        ...plain("accepted", "kept", whole, { hint: "swaps that were kept" }),
        ...plain("seconds", "time", duration),
    ];
}

function originText(member) {
    if (!known(member.parent) || member.parent === 0) return String(member.origin ?? "");
    return `${member.origin} of ${member.parent}, ${plural(member.swaps_from_parent ?? 0, "swap")}`;
}

function firstCell(member) {
    const running = member.state === "running";
    return element(
        "td",
        null,
        few ? element("span", { class: "dot", colour: colourOf(member.id) }) : null,
        String(member.id),
        element("span", { class: "hash" }, String(member.hash ?? "").slice(0, 6)),
        running && known(member.progress)
            ? [
                  " ",
                  element(
                      "span",
                      {
                          class: "meter",
                          role: "img",
                          "aria-label": `${percent(member.progress, 0)} done`,
                      },
                      element("i", { style: { width: `${100 * member.progress}%` } }),
                  ),
              ]
            : STATES[member.state]
              ? ` ${STATES[member.state]}`
              : null,
    );
}

function compare(a, b, up) {
    // What is not known comes last in either direction.
    const blank = (value) => value === null || value === undefined;
    if (blank(a) || blank(b)) return blank(a) - blank(b);
    return (a < b ? -1 : a > b ? 1 : 0) * (up ? 1 : -1);
}

function membersSection() {
    if (!members.length) {
        emptyCard(
            "members",
            "Members",
            data.live?.running
                ? "The first member is being found."
                : "This family has no members yet; `aann resume` goes on with its search.",
            "w4",
        );
        return;
    }
    const every = memberColumns();
    let columns = every;
    // Few members stand in their own order, of many the best come first.
    const best =
        few || !judge || judge[2] < 0
            ? { key: few ? "id" : "loss", up: true }
            : { key: judge[0], up: judge[2] < 0 };
    const order = {
        ...(every.some((column) => column.key === state.order?.key) ? state.order : best),
    };
    const wide = element("button", { type: "button", class: "button" });
    const parts = card("members", "Members", membersText(), "w4 stack", [wide]);
    const body = element("tbody", { tabindex: "0", "aria-label": "Members; arrow keys choose" });
    const headRow = element("tr", { "aria-rowindex": 1 });
    const heads = every.map((column) =>
        element(
            "th",
            { scope: "col", title: column.hint, "data-key": column.key },
            element(
                "button",
                { type: "button", class: "sort", on: { click: () => sort(column.key) } },
                column.title,
            ),
        ),
    );
    const table = element(
        "table",
        { class: "members", "aria-rowcount": members.length + 1 },
        element("thead", null, headRow),
        body,
    );
    const scroller = element("div", { class: "scroller" }, table);
    const paper = element("p", { class: "paper" });
    parts.body.append(scroller, paper);
    let sorted = [];
    let span = null;
    const total = data.members.total ?? members.length;

    const row = (member, i) => {
        const node = element(
            "tr",
            {
                "data-id": member.id,
                "aria-rowindex": i + 2,
                "aria-selected": String(member.id === state.member),
                class: member.id === state.member ? "on" : null,
                on: { click: () => select(member.id) },
            },
            firstCell(member),
            columns
                .slice(1)
                .map((column) => element("td", { "data-key": column.key }, column.text(member))),
        );
        return node;
    };
    const gap = (rows) =>
        rows > 0
            ? element(
                  "tr",
                  { class: "gap", "aria-hidden": "true" },
                  element("td", { colspan: columns.length, style: { height: `${rows * ROW}px` } }),
              )
            : null;
    /** Draws the rows in sight and some beyond. */
    const draw = (force) => {
        let from = 0;
        let to = sorted.length;
        if (printing) to = Math.min(to, MAXIMUM_ON_PAPER);
        else if (sorted.length > 80) {
            from = Math.max(0, Math.floor(scroller.scrollTop / ROW) - 12);
            to = Math.min(
                sorted.length,
                from + Math.ceil((scroller.clientHeight || 400) / ROW) + 24,
            );
        }
        if (!force && span && span[0] === from && span[1] === to) return;
        span = [from, to];
        body.replaceChildren(
            ...[
                gap(from),
                ...sorted.slice(from, to).map((member, i) => row(member, from + i)),
                printing ? null : gap(sorted.length - to),
            ].filter(Boolean),
        );
        paper.textContent =
            printing && to < total
                ? `${whole(to)} of ${whole(total)} members; all are in the file.`
                : "";
    };
    const sort = (name) => {
        order.up =
            order.key === name
                ? !order.up
                : ["id", "loss", "validation_loss", "count"].includes(name);
        order.key = name;
        state.order = { ...order };
        arrange();
        announce(
            `Sorted by ${every.find((column) => column.key === name).title}, ` +
                `${order.up ? "ascending" : "descending"}`,
        );
        saveSoon();
    };
    const arrange = () => {
        const column = every.find((other) => other.key === order.key);
        sorted = [...members].sort(
            (a, b) => compare(column.value(a), column.value(b), order.up) || a.id - b.id,
        );
        for (const head of heads) {
            if (head.dataset.key === order.key)
                head.setAttribute("aria-sort", order.up ? "ascending" : "descending");
            else head.removeAttribute("aria-sort");
        }
        draw(true);
    };
    const reveal = () => {
        const i = sorted.findIndex((member) => member.id === state.member);
        if (i < 0 || scroller.scrollHeight <= scroller.clientHeight) return;
        const top = i * ROW;
        const view = scroller.clientHeight - 34 - ROW;
        if (top < scroller.scrollTop) scroller.scrollTop = top;
        else if (top > scroller.scrollTop + view) scroller.scrollTop = top - view;
    };
    body.addEventListener("keydown", (event) => {
        const steps = {
            ArrowDown: 1,
            ArrowUp: -1,
            PageDown: 10,
            PageUp: -10,
            Home: -Infinity,
            End: Infinity,
        }[event.key];
        if (steps === undefined) return;
        event.preventDefault();
        const at = sorted.findIndex((member) => member.id === state.member) + steps;
        select(sorted[Math.max(0, Math.min(sorted.length - 1, at))].id);
    });
    scroller.addEventListener(
        "scroll",
        () => {
            draw(false);
            state.tableScroll = scroller.scrollTop;
            saveSoon();
        },
        { passive: true },
    );
    for (const name of ["beforeprint", "afterprint"])
        window.addEventListener(name, () => {
            refit();
            draw(true);
        });
    scroller.style.maxHeight = `${few ? 420 : 330}px`;
    arrange();
    /** As many columns as find place, the more telling ones first; all of them when they are asked
     * for. */
    const fit = (width) => {
        const room = Math.max(2, 1 + Math.floor((width - 130) / 84));
        const ranked = [...every].sort((a, b) => RANK.indexOf(a.key) - RANK.indexOf(b.key));
        const chosen = state.wideTable
            ? every
            : every.filter((column) => ranked.indexOf(column) < (printing ? 4 : room));
        wide.hidden = !state.wideTable && chosen.length === every.length;
        wide.textContent = state.wideTable ? "Fewer columns" : `All ${every.length} columns`;
        wide.setAttribute("aria-pressed", String(Boolean(state.wideTable)));
        if (chosen.length === headRow.children.length) return;
        columns = chosen;
        headRow.replaceChildren(
            ...heads.filter((head) => chosen.some((column) => column.key === head.dataset.key)),
        );
        draw(true);
    };
    wide.addEventListener("click", () => {
        state.wideTable = !state.wideTable;
        parts.node.parentNode.dataset.width = state.wideTable ? "w12" : "w4";
        arrangeCards();
        refit();
        saveSoon();
    });
    if (state.wideTable) parts.node.parentNode.dataset.width = "w12";
    const refit = paintIn(scroller, fit);
    onSelect((id) => {
        reveal();
        draw(false);
        for (const node of body.children) {
            const on = node.dataset.id === String(id);
            node.classList.toggle("on", on);
            if (node.dataset.id) node.setAttribute("aria-selected", String(on));
        }
    });
    if (state.tableScroll) scroller.scrollTop = state.tableScroll;
    draw(false);
}

function membersText() {
    const total = data.members.total ?? members.length;
    const text =
        few && members.length > 1
            ? "Choose one to see it in every picture."
            : members.length > 1
              ? "Choose one; columns sort."
              : "";
    return [
        total > members.length
            ? `${whole(members.length)} of ${whole(total)} members are in this page.`
            : "",
        text,
    ]
        .filter(Boolean)
        .join(" ");
}
