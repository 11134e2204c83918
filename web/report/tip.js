/* The one small box that says what lies under the pointer. */
const tip = document.getElementById("tip");

/** Shows texts, the first as a heading, beside a place of the window. */
function showTip(texts, x, y) {
    tip.replaceChildren(
        ...texts.filter(Boolean).map((text, i) => element(i === 0 ? "b" : "span", null, text)),
    );
    tip.hidden = false;
    const { width, height } = tip.getBoundingClientRect();
    const left = x + 14 + width < window.innerWidth - 4 ? x + 14 : Math.max(4, x - 14 - width);
    const top = y + 16 + height < window.innerHeight - 4 ? y + 16 : Math.max(4, y - 16 - height);
    tip.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
}

function hideTip() {
    tip.hidden = true;
}

window.addEventListener("scroll", hideTip, { passive: true });

/** Follows the pointer over a drawing: `find(x, y)` in the drawing's units gives {texts, id, ...}
 * or null; a click chooses the member. `mark(found)` draws what is pointed at. */
function follow(svg, find, mark = () => {}) {
    const at = (event) => {
        const box = svg.getBoundingClientRect();
        const view = svg.viewBox.baseVal;
        return find(
            ((event.clientX - box.left) * view.width) / box.width,
            ((event.clientY - box.top) * view.height) / box.height,
        );
    };
    const move = (event) => {
        const found = at(event);
        mark(found);
        svg.style.cursor = found && found.id !== undefined ? "pointer" : "";
        if (found) showTip(found.texts, event.clientX, event.clientY);
        else hideTip();
    };
    svg.addEventListener("pointermove", move);
    svg.addEventListener("pointerdown", move);
    svg.addEventListener("pointerleave", () => {
        mark(null);
        hideTip();
    });
    svg.addEventListener("click", (event) => {
        const found = at(event);
        if (found && found.id !== undefined) select(found.id);
    });
}

/** The same for keys: `step(dx, dy)` moves by arrow keys and gives {texts, id}; Enter chooses. */
function followKeys(svg, step, leave = () => {}) {
    const ARROWS = {
        ArrowLeft: [-1, 0],
        ArrowRight: [1, 0],
        ArrowUp: [0, -1],
        ArrowDown: [0, 1],
        Home: [-Infinity, 0],
        End: [Infinity, 0],
    };
    svg.setAttribute("tabindex", "0");
    let found = null;
    const show = () => {
        if (!found) return;
        const box = svg.getBoundingClientRect();
        const view = svg.viewBox.baseVal;
        announce(found.texts.filter(Boolean).join(", "));
        showTip(
            found.texts,
            box.left + ((found.x ?? 0) * box.width) / view.width,
            box.top + ((found.y ?? 0) * box.height) / view.height,
        );
    };
    svg.addEventListener("keydown", (event) => {
        const move = ARROWS[event.key];
        if (move) {
            event.preventDefault();
            found = step(...move);
            show();
        } else if (
            (event.key === "Enter" || event.key === " ") &&
            found &&
            found.id !== undefined
        ) {
            event.preventDefault();
            select(found.id);
        } else if (event.key === "Escape") {
            found = null;
            leave();
            hideTip();
        }
    });
    svg.addEventListener("blur", () => {
        leave();
        hideTip();
    });
}
