/* Square matrices in colour: distances between members, confusions between classes. */

/** options: {size, value(i, j), shade(i, j) in 0..1, text(i, j), texts(i, j), kind(i, j), rows,
 * columns, label, id(i, j), colour(i)}. `shade` null: an empty cell. Cells of equal shade share a
 * path, so that 64 x 64 of them are light. */
function drawMatrix(width, options) {
    const n = options.size;
    const margin = options.rows
        ? Math.min(width * 0.3, 12 + 6.4 * Math.max(...options.rows.map((name) => name.length)))
        : 4;
    const side = Math.max(2, Math.min(options.largest ?? 46, (width - margin - 2) / n));
    const left = Math.max(margin, Math.min(width - n * side - 2, (width - n * side) / 2));
    const top = options.columns ? 20 : 4;
    const height = top + n * side + (options.below ? 20 : 4);
    const svg = drawing(width, height, {
        class: "chart",
        role: "img",
        "aria-label": `${options.label}. Arrow keys read the cells.`,
    });
    const space = side > 14 ? 3 : side > 7 ? 1 : 0;
    const levels = new Map();
    const numbers_ = [];
    for (let i = 0; i < n; i++)
        for (let j = 0; j < n; j++) {
            const shade = options.shade(i, j);
            const step = shade === null ? null : Math.round(Math.max(0, Math.min(1, shade)) * 24);
            const empty = i === j ? "none" : "blank";
            const level = step === null ? empty : `${options.kind?.(i, j) ?? ""}|${step}`;
            const at = [left + j * side + space / 2, top + i * side + space / 2];
            const edge = (side - space).toFixed(1);
            const box = `M${at[0].toFixed(1)} ${at[1].toFixed(1)}h${edge}v${edge}h-${edge}z`;
            levels.set(level, (levels.get(level) ?? "") + box);
            const text = options.text?.(i, j);
            const wide = text ? text.length * (side < 26 ? 5.6 : 6.6) : 0;
            if (text && wide < side)
                numbers_.push(
                    shape(
                        "text",
                        {
                            class: `in${shade !== null && shade > 0.75 ? " on-dark" : ""}`,
                            x: left + (j + 0.5) * side,
                            y: top + (i + 0.5) * side + 4,
                            style: { "font-size": side < 26 ? "9.5px" : "11.5px" },
                        },
                        text,
                    ),
                );
        }
    for (const [level, d] of levels) {
        const [kind, step] = level.split("|");
        svg.append(
            shape("path", {
                class: `cell ${step === undefined ? level : kind}`,
                "fill-opacity": step === undefined ? null : 0.06 + (0.94 * step) / 24,
                d,
            }),
        );
    }
    svg.append(...numbers_);
    const every = Math.max(1, Math.ceil(11 / side));
    // Numbers side by side need more room than one below the other.
    const widest = options.columns ? Math.max(...options.columns.map((name) => name.length)) : 0;
    const beside = Math.max(every, Math.ceil(Math.min(26, widest * 6.6 + 4) / side));
    range(n).forEach((i) => {
        if (options.rows && i % every === 0)
            svg.append(
                shape(
                    "text",
                    {
                        x: left - 8,
                        y: top + (i + 0.5) * side + 4,
                        "text-anchor": "end",
                        colour: options.colour?.(i),
                        class: options.colour ? "own" : null,
                    },
                    clip(options.rows[i], (left - 10) / 6.2),
                ),
            );
        if (options.columns && i % beside === 0)
            svg.append(
                shape(
                    "text",
                    {
                        x: left + (i + 0.5) * side,
                        y: options.below ? top + n * side + 15 : 13,
                        "text-anchor": "middle",
                        colour: options.colour?.(i),
                        class: options.colour ? "own" : null,
                    },
                    clip(options.columns[i], (side * beside - 3) / 6.2),
                ),
            );
    });
    const here = shape("rect", {
        class: "here",
        width: side - space,
        height: side - space,
        visibility: "hidden",
    });
    svg.append(here);
    const mark = (found) => {
        here.setAttribute("visibility", found ? "visible" : "hidden");
        if (found) {
            here.setAttribute("x", left + found.j * side + space / 2);
            here.setAttribute("y", top + found.i * side + space / 2);
        }
    };
    const cell = (i, j) => ({
        i,
        j,
        id: options.id?.(i, j),
        texts: options.texts(i, j),
        x: left + (j + 0.5) * side,
        y: top + (i + 0.5) * side,
    });
    follow(
        svg,
        (x, y) => {
            const i = Math.floor((y - top) / side);
            const j = Math.floor((x - left) / side);
            return i >= 0 && j >= 0 && i < n && j < n ? cell(i, j) : null;
        },
        mark,
    );
    let at = null;
    const clamp = (value) => Math.max(0, Math.min(n - 1, value));
    followKeys(
        svg,
        (dx, dy) => {
            at = at ? [clamp(at[0] + dy), clamp(at[1] + dx)] : [0, 0];
            const found = cell(...at);
            mark(found);
            return found;
        },
        () => mark(null),
    );
    svg.markRow = (i) => {
        svg.querySelector(".row")?.remove();
        if (i < 0) return;
        svg.append(
            shape("rect", {
                class: "here row",
                x: left - 1,
                y: top + i * side - 1 + space / 2,
                width: n * side + 2 - space / 2,
                height: side + 2 - space,
                rx: 3,
            }),
        );
    };
    return svg;
}
