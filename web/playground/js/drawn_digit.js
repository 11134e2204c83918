/* From strokes to the picture that networks read, as MNIST was made: the digit fills a box of 20 x
 * 20 pixels and keeps its proportions; then the picture, 28 x 28, is moved so that its centre of
 * mass is at the middle of pixel (14, 14), where the digits of MNIST have theirs.
 *
 * One thing is different. MNIST's pictures were scaled, and their lines with them. Here the strokes
 * are scaled and then drawn with one pen, 2.5 pixels wide, as wide as MNIST's lines are in the
 * mean: so a small drawing has no fat lines and a large one no thin ones. */

export const SIZE = 28;
const BOX = 20;
const PEN_RADIUS = 1.25;
const CENTRE = 14.5; // coordinates of the middle of pixel 14

/** @typedef {{x: number, y: number}} Point
 *  @typedef {Point[]} Stroke at least one point */

function squaredDistance(x, y, a, b) {
    const [dx, dy] = [b.x - a.x, b.y - a.y];
    const length = dx * dx + dy * dy;
    const along = length > 0 ? ((x - a.x) * dx + (y - a.y) * dy) / length : 0;
    const share = Math.min(1, Math.max(0, along));
    return (x - a.x - share * dx) ** 2 + (y - a.y - share * dy) ** 2;
}

/** Strokes as pixels of 0 to 255, dark where the pen was: how much of a pixel it covers, about. */
function rasterise(strokes) {
    const distance = new Float64Array(SIZE * SIZE).fill(Infinity);
    for (const stroke of strokes) {
        for (let i = 0; i < stroke.length; i++) {
            const a = stroke[Math.max(i - 1, 0)];
            const b = stroke[i];
            const reach = PEN_RADIUS + 1;
            const top = Math.max(0, Math.floor(Math.min(a.y, b.y) - reach));
            const bottom = Math.min(SIZE - 1, Math.ceil(Math.max(a.y, b.y) + reach));
            const left = Math.max(0, Math.floor(Math.min(a.x, b.x) - reach));
            const right = Math.min(SIZE - 1, Math.ceil(Math.max(a.x, b.x) + reach));
            for (let y = top; y <= bottom; y++) {
                for (let x = left; x <= right; x++) {
                    const at = y * SIZE + x;
                    distance[at] = Math.min(distance[at],
                        squaredDistance(x + 0.5, y + 0.5, a, b));
                }
            }
        }
    }
    return Uint8Array.from(distance, (squared) => {
        const covered = PEN_RADIUS + 0.5 - Math.sqrt(squared);
        return Math.round(255 * Math.min(1, Math.max(0, covered)));
    });
}

function mapStrokes(strokes, map) {
    return strokes.map((stroke) => stroke.map(map));
}

/** The strokes scaled into the box, their middle at the middle of the picture. */
function fit(strokes) {
    const points = strokes.flat();
    const xs = points.map((point) => point.x);
    const ys = points.map((point) => point.y);
    const [left, right] = [Math.min(...xs), Math.max(...xs)];
    const [top, bottom] = [Math.min(...ys), Math.max(...ys)];
    const extent = Math.max(right - left, bottom - top);
    const scale = extent > 0 ? (BOX - 2 * PEN_RADIUS) / extent : 1;
    return mapStrokes(strokes, ({ x, y }) => ({
        x: SIZE / 2 + (x - (left + right) / 2) * scale,
        y: SIZE / 2 + (y - (top + bottom) / 2) * scale,
    }));
}

/** {x, y}: where the mass of the pixels is. */
export function centreOfMass(pixels) {
    let [mass, x, y] = [0, 0, 0];
    pixels.forEach((pixel, at) => {
        mass += pixel;
        x += pixel * ((at % SIZE) + 0.5);
        y += pixel * (Math.floor(at / SIZE) + 0.5);
    });
    return { x: x / mass, y: y / mass };
}

/** The picture of strokes, in any unit: Uint8Array [28][28] of 0 to 255; all 0 without strokes. */
export function pictureOf(strokes) {
    if (strokes.length === 0) {
        return new Uint8Array(SIZE * SIZE);
    }
    const fitted = fit(strokes);
    const centre = centreOfMass(rasterise(fitted));
    return rasterise(mapStrokes(fitted, ({ x, y }) => ({
        x: x + CENTRE - centre.x,
        y: y + CENTRE - centre.y,
    })));
}
