/* The frame of a section: heading, one sentence, tools, and what a drawing needs besides: another
 * drawing when the width changes, and its numbers as a table for those who do not see it. */
const sections = [];

/** A section. `width` is its least share of a row: "w4" four of twelve columns, "" all of it;
 * "stack": below the section before, in the same place of the row. */
function card(id, title, text, width = "", tools = []) {
    const heading = element("h2", { id: `${id}-title` }, title);
    const sentence = element("p", null, text);
    const body = element("div", { class: "body" });
    const node = element(
        "section",
        { id, class: "card", "data-width": width, "aria-labelledby": `${id}-title` },
        element(
            "div",
            { class: "top" },
            element("div", null, heading, sentence),
            tools.length ? element("div", { class: "tools" }, tools) : null,
        ),
        body,
    );
    const content = document.getElementById("content");
    if (width === "stack" && content.lastChild?.classList.contains("stack"))
        content.lastChild.append(node);
    else if (width.endsWith("stack"))
        content.append(element("div", { class: "stack", "data-width": "w4" }, node));
    else content.append(node);
    sections.push([id, title]);
    return { node, heading, sentence, body };
}

const missing = [];

/** A section that is not there, and what would make it: all of these share a card. */
function emptyCard(id, title, why) {
    missing.push([title, why]);
}

function missingSection() {
    if (!missing.length) return;
    const parts = card("missing", "Not in this page", "", members.length ? "w6" : "");
    parts.node.classList.add("empty");
    parts.body.append(
        element(
            "dl",
            { class: "missing" },
            missing.map(([title, why]) => [element("dt", null, title), element("dd", null, why)]),
        ),
    );
}

/** Fills the rows: cards in their order, as many in a row as find place; what is left over goes to
 * the last ones. Once for wide windows, once for medium ones and paper, where a card takes half a
 * row or all of it. */
function arrangeCards() {
    const nodes = [...document.getElementById("content").children].filter((node) => !node.hidden);
    const rows = (name, least) => {
        let row = [];
        const close = () => {
            let rest = 12 - row.reduce((sum, entry) => sum + entry.span, 0);
            for (let i = row.length - 1; rest > 0 && i >= 0; i--) {
                const more = Math.ceil(rest / (i + 1));
                row[i].span += more;
                rest -= more;
            }
            for (const entry of row) entry.node.style.setProperty(name, entry.span);
            row = [];
        };
        const spans = nodes.map((node) => least(Number(node.dataset.width?.slice(1)) || 12));
        nodes.forEach((node, i) => {
            // Four thirds of a row are two and two, not three and one.
            const alike = spans.slice(i).findIndex((span) => span !== 4);
            const four =
                (alike < 0 ? spans.length - i : alike) === 2 &&
                row.length === 2 &&
                spans[i - 1] === 4 &&
                spans[i - 2] === 4;
            if (four || row.reduce((sum, entry) => sum + entry.span, spans[i]) > 12) close();
            row.push({ node, span: spans[i] });
        });
        close();
    };
    rows("--wide", (width) => width);
    rows("--medium", (width) => (width <= 6 ? 6 : 12));
}

const painters = [];
let observer = null;
let arranged = false;

/** Draws everything, once all sections are there and have their widths. */
function paintAll() {
    arranged = true;
    for (const painter of painters) painter.run(true);
}

/** Calls `paint(width)` as soon as the page is arranged, and whenever the place becomes wider or
 * narrower. */
function paintIn(place, paint) {
    const entry = { place, paint, width: 0 };
    entry.run = (force) => {
        const width = Math.floor(place.clientWidth);
        if (arranged && width > 0 && (force || Math.abs(width - entry.width) > 1)) {
            entry.width = width;
            paint(width);
        }
    };
    painters.push(entry);
    observer ??= new ResizeObserver((changes) => {
        for (const change of changes)
            painters.find((other) => other.place === change.target)?.run(false);
    });
    observer.observe(place);
    entry.run(true);
    return () => entry.run(true);
}

/** A table that scrolls in its place where it is too wide, from the cells of its head and its rows.
 * With a label it can be scrolled by keys, too. */
function scrollingTable(head, rows, label) {
    const region = label ? { tabindex: "0", role: "region", "aria-label": label } : {};
    return element(
        "div",
        { class: "scroller", ...region },
        element(
            "table",
            null,
            element("thead", null, element("tr", null, head)),
            element("tbody", null, rows),
        ),
    );
}

/** The numbers behind a drawing, made when they are asked for. `make()` gives {columns, rows};
 * cells are texts. */
function numbers(place, key, make) {
    const details = element(
        "details",
        { class: "data" },
        element("summary", null, "Numbers as a table"),
    );
    const build = () => {
        details.querySelector(".scroller")?.remove();
        if (!details.open) return;
        const { columns, rows } = make();
        details.append(
            scrollingTable(
                columns.map((name) => element("th", { scope: "col" }, name)),
                rows.map((row) =>
                    element(
                        "tr",
                        null,
                        row.map((cell) => element("td", null, cell)),
                    ),
                ),
                "Numbers",
            ),
        );
    };
    details.open = state.open.includes(key);
    build();
    details.addEventListener("toggle", () => {
        state.open = state.open.filter((other) => other !== key);
        if (details.open) state.open.push(key);
        build();
        saveSoon();
    });
    place.append(details);
    return () => details.open && build();
}
