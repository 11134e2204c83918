/* What every part of the page uses: the data, elements, numbers as text.
 *
 * A study can come from a stranger. Whatever is in the data enters the page as a text node or as
 * the value of a harmless attribute, never as markup: only element() and shape() make elements,
 * and the names of their tags and attributes are written in this program. Marks that turn the
 * reading direction around, also of what follows them, are shown as what they are: none of ours. */
const TURNING = /[\u202a-\u202e\u2066-\u2069]/g;

function straight(value) {
    if (typeof value === "string") return value.replace(TURNING, "\ufffd");
    if (Array.isArray(value)) return typeof value[0] === "number" ? value : value.map(straight);
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, straight(part)]));
}

const data = straight(JSON.parse(document.getElementById("report-data").textContent));
const family = data.family ?? {};
const members = data.members?.list ?? [];
const memberOf = new Map(members.map((member) => [member.id, member]));

/** The members have colours while there are few; of many, one that is chosen stands out. */
const COLOURS = 8;
const few = members.length <= COLOURS;

function fill(node, attributes, children) {
    for (const [name, value] of Object.entries(attributes ?? {})) {
        if (value === null || value === undefined || value === false) continue;
        if (name === "on") {
            for (const [event, handler] of Object.entries(value))
                node.addEventListener(event, handler);
        } else if (name === "colour") {
            if (value) node.style.setProperty("--c", value);
        } else if (name === "style") {
            for (const [property, text] of Object.entries(value))
                node.style.setProperty(property, text);
        } else {
            node.setAttribute(name, value === true ? "" : value);
        }
    }
    node.append(
        ...children
            .flat(Infinity)
            .filter((child) => child !== null && child !== undefined && child !== false),
    );
    return node;
}

/** An HTML element; children are elements or texts. */
function element(tag, attributes, ...children) {
    return fill(document.createElement(tag), attributes, children);
}

/** An SVG element. */
function shape(tag, attributes, ...children) {
    return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

/** A drawing of a size in CSS pixels; it becomes smaller with its place, never wider. */
function drawing(width, height, attributes, ...children) {
    return shape("svg", { viewBox: `0 0 ${width} ${height}`, ...attributes }, ...children);
}

const known = (value) => typeof value === "number" && Number.isFinite(value);
const UNKNOWN = "–";
const THIN = "\u202f";

function decimals(value, digits) {
    return known(value)
        ? value.toLocaleString("en", {
              minimumFractionDigits: digits,
              maximumFractionDigits: digits,
          })
        : UNKNOWN;
}
const whole = (value) => decimals(value, 0);
const percent = (share, digits = 2) =>
    known(share) ? `${decimals(100 * share, digits)}${THIN}%` : UNKNOWN;

/** A number of any size in at most `digits` digits: 0.0832, 1.27, 5,167. */
function number(value, digits = 4) {
    if (!known(value)) return UNKNOWN;
    if (value === 0) return "0";
    const size = Math.floor(Math.log10(Math.abs(value)));
    if (size < -5 || size > 11) return value.toExponential(2);
    if (Number.isInteger(value)) return whole(value);
    return decimals(value, Math.max(0, Math.min(7, digits - 1 - Math.max(size, -3))));
}

/** For axes: 0, 500, 30k, 1.5M. */
function short(value) {
    const size = Math.abs(value);
    if (size >= 1e6) return `${Number((value / 1e6).toPrecision(3))}M`;
    if (size >= 1e4) return `${Number((value / 1e3).toPrecision(3))}k`;
    return value.toLocaleString("en", { maximumSignificantDigits: 6 });
}

function duration(seconds) {
    if (!known(seconds)) return UNKNOWN;
    if (seconds < 100) return `${decimals(seconds, seconds < 10 ? 1 : 0)}${THIN}s`;
    if (seconds < 6000) return `${whole(seconds / 60)}${THIN}min`;
    return `${decimals(seconds / 3600, 1)}${THIN}h`;
}

/** The beginning of a text that finds place in `room` letters of usual width; Chinese, emoji and
 * the like are two of them wide. */
function clip(text, room) {
    const wide = (letter) =>
        letter.codePointAt(0) >= 0x1100 ? 2 : "MW%@".includes(letter) ? 1.7 : 1;
    const letters = [...text];
    let left = room - letters.reduce((sum, letter) => sum + wide(letter), 0);
    if (left >= 0) return text;
    left -= 1;
    while (letters.length > 1 && left < 0) left += wide(letters.pop());
    return `${letters.join("")}…`;
}

/** Sentences, one after the other; those that do not apply are left out. */
const sentences = (...texts) => texts.filter(Boolean).join(" ");

const plural = (count, one, several = `${one}s`) =>
    `${whole(count)} ${count === 1 ? one : several}`;
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const range = (count) => Array.from({ length: count }, (_, i) => i);

/** Smallest and largest of the known values; null if none is known. */
function extent(values) {
    let low = Infinity;
    let high = -Infinity;
    for (const value of values) {
        if (known(value)) {
            low = Math.min(low, value);
            high = Math.max(high, value);
        }
    }
    return low <= high ? [low, high] : null;
}

function indexOfNearest(values, wanted) {
    let best = -1;
    for (let i = 0; i < values.length; i++) {
        if (
            known(values[i]) &&
            (best < 0 || Math.abs(values[i] - wanted) < Math.abs(values[best] - wanted))
        )
            best = i;
    }
    return best;
}

/** The colour of a member among few, by its place in the list; of many, none. */
const colours = new Map(members.map((member, i) => [member.id, few ? `var(--c${i + 1})` : ""]));
const colourOf = (id) => colours.get(id) ?? "";
const memberName = (id) => `member ${id}`;

/** What the best member is chosen by, larger is better: validation, else training. The test set
 * chooses nothing. */
const JUDGES = [
    ["validation", "validation", 1],
    ["train", "training", 1],
    ["validation_loss", "validation", -1],
    ["loss", "training", -1],
];
const judge = JUDGES.find(([key]) => members.some((member) => known(member[key])));
const merit = (member) =>
    judge && known(member[judge[0]]) ? judge[2] * member[judge[0]] : -Infinity;

/** The best member; of equal ones the one with the lower validation loss, then the first. */
const isBetter = (member, best) =>
    merit(member) === merit(best) && known(member.validation_loss) && known(best.validation_loss)
        ? member.validation_loss < best.validation_loss
        : merit(member) > merit(best);
const bestMember = members.reduce(
    (best, member) => (isBetter(member, best) ? member : best),
    members[0] ?? null,
);

/** The most telling figure there is of a member: test, else validation, else training. */
const SCORES = [
    ["test", "test"],
    ["validation", "validation"],
    ["train", "training"],
];
const scoreKind = SCORES.find(([key]) => members.some((member) => known(member[key])));
const score = (member) => (scoreKind ? (member?.[scoreKind[0]] ?? null) : null);
const scoreText = (member) =>
    scoreKind && known(score(member)) ? `${percent(score(member))} ${scoreKind[1]}` : "";
const split = ["train", "validation", "test"].find((name) => name === data.split) ?? "test";
const splitName = split === "train" ? "training split" : `${split} split`;

/** Why a section is empty, if it says so. */
const absent = (section) => (section && typeof section.absent === "string" ? section.absent : null);
