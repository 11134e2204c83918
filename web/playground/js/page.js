/* Small things that every part of the page needs: elements, numbers for people, colours. */

/** The element with this id. */
export function byId(id) {
    const element = document.getElementById(id);
    if (element === null) {
        throw new Error(`the page has no element "${id}"`);
    }
    return element;
}

/** A new element with a class, and text or children. */
export function make(tag, className = "", ...children) {
    const element = document.createElement(tag);
    if (className !== "") {
        element.className = className;
    }
    element.append(...children);
    return element;
}

export function whole(number) {
    return Math.round(number).toLocaleString("en");
}

export function percent(share, digits = 1) {
    return `${(100 * share).toFixed(digits)}\u00a0%`;
}

const known = new Map(); // colours of the themes that were asked for

/** The colours of the present theme, by the names of the style sheet. */
export function colours() {
    const { theme } = document.documentElement.dataset;
    if (!known.has(theme)) {
        const style = getComputedStyle(document.documentElement);
        known.set(theme, Object.fromEntries(
            ["card", "ink", "faint", "plus", "minus", "zero"].map((name) =>
                [name, style.getPropertyValue(`--${name}`).trim()])));
    }
    return known.get(theme);
}

/** [red, green, blue] of a colour written as "#rrggbb". */
export function channels(colour) {
    return [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
}

export function prefersLessMotion() {
    return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/** Puts a message where everybody sees it, and screen readers say it. */
export function complain(error) {
    const place = byId("problem");
    place.hidden = false;
    place.textContent = error instanceof Error ? error.message : String(error);
}
