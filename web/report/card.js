/* The frame of a section: heading, one sentence, tools, and what a drawing needs besides: another
 * drawing when the width changes, and its numbers as a table for those who do not see it. */
const sections = [];

/** A section. `width` is a class of style.css (w4, w8, ...), "" for the whole page. */
function card(id, title, text, width = "", tools = []) {
    const heading = element("h2", { id: `${id}-title` }, title);
    const sentence = element("p", null, text);
    const body = element("div", { class: "body" });
    const node = element("section", { id, class: `card ${width}`, "aria-labelledby": `${id}-title` },
        element("div", { class: "top" }, element("div", null, heading, sentence), tools.length ? element("div", { class: "tools" }, tools) : null),
        body);
    document.getElementById("content").append(node);
    sections.push([id, title]);
    return { node, heading, sentence, body };
}

/** A section that is not there, and what would make it. */
function emptyCard(id, title, why, width) {
    card(id, title, why, `empty ${width}`);
}

const painters = [];
let observer = null;

/** Calls `paint(width)` now and whenever the place becomes wider or narrower. */
function paintIn(place, paint) {
    const entry = { place, paint, width: 0 };
    entry.run = (force) => {
        const width = Math.floor(place.clientWidth);
        if (width > 0 && (force || Math.abs(width - entry.width) > 1)) {
            entry.width = width;
            paint(width);
        }
    };
    painters.push(entry);
    observer ??= new ResizeObserver((changes) => {
        for (const change of changes) painters.find((other) => other.place === change.target)?.run(false);
    });
    observer.observe(place);
    entry.run(true);
    return () => entry.run(true);
}

/** The numbers behind a drawing, made when they are asked for. `make()` gives {columns, rows}; cells are texts. */
function numbers(place, key, make) {
    const details = element("details", { class: "data" }, element("summary", null, "Numbers as a table"));
    const build = () => {
        details.querySelector(".scroller")?.remove();
        if (!details.open) return;
        const { columns, rows } = make();
        details.append(element("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": "Numbers" }, element("table", null,
            element("thead", null, element("tr", null, columns.map((name) => element("th", { scope: "col" }, name)))),
            element("tbody", null, rows.map((row) => element("tr", null,
                row.map((cell, i) => (i === 0 ? element("td", null, cell) : element("td", null, cell)))))))));
    };
    details.open = state.open.includes(key);
    details.addEventListener("toggle", () => {
        state.open = state.open.filter((other) => other !== key);
        if (details.open) state.open.push(key);
        build();
        saveSoon();
    });
    place.append(details);
    return () => details.open && build();
}
