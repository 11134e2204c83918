/* From strokes to the networks' input: box, centre, line width, and that the family reads it.
 * ctest-labels: release
 */
import assert from "node:assert/strict";
import { centreOfMass, pictureOf, SIZE } from "../../web/playground/js/drawn_digit.js";
import { runTests } from "./native.mjs";

const SEVEN = [[{ x: 0.3, y: 0.25 }, { x: 0.7, y: 0.24 }, { x: 0.42, y: 0.85 }]];
const scaled = (strokes, factor, dx = 0, dy = 0) => strokes.map((stroke) =>
    stroke.map(({ x, y }) => ({ x: x * factor + dx, y: y * factor + dy })));

/** How many rows and columns there are between the first and the last pixel with ink. */
function extent(pixels) {
    const inked = [...pixels.keys()].filter((index) => pixels[index] > 0);
    const range = (places) => Math.max(...places) - Math.min(...places) + 1;
    return {
        rows: range(inked.map((index) => Math.floor(index / SIZE))),
        columns: range(inked.map((index) => index % SIZE)),
    };
}

const tests = {
    "nothing drawn is an empty picture"() {
        assert.deepEqual(pictureOf([]), new Uint8Array(SIZE * SIZE));
    },

    "the digit fills 20 pixels and keeps its proportions"() {
        const { rows, columns } = extent(pictureOf(SEVEN));
        // 20, and up to one more on either side where the edge covers a part of a pixel.
        assert.ok(rows >= 20 && rows <= 22, `${rows} rows`);
        assert.ok(columns > 11 && columns < 17, `${columns} columns`);
    },

    "its centre of mass is at pixel (14, 14)"() {
        const { x, y } = centreOfMass(pictureOf(SEVEN));
        assert.ok(Math.abs(x - 14.5) < 0.1 && Math.abs(y - 14.5) < 0.1, `${x}, ${y}`);
    },

    "size, place and speed of the pen change nothing"() {
        const picture = pictureOf(SEVEN);
        assert.deepEqual(pictureOf(scaled(SEVEN, 128, 64, 512)), picture);
        assert.deepEqual(pictureOf(scaled(SEVEN, 0.25)), picture);
        const [[a, b, c]] = SEVEN;
        const middle = { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
        const more = pictureOf([[a, a, middle, b, c]]);
        more.forEach((pixel, index) => assert.ok(Math.abs(pixel - picture[index]) <= 1));
    },

    "lines are 2.5 pixels wide, a point is round"() {
        const line = pictureOf([[{ x: 0, y: 0 }, { x: 0, y: 1 }]]);
        const inkOf = (pixels) => pixels.reduce((sum, pixel) => sum + pixel, 0) / 255;
        const row = inkOf(line.subarray(14 * SIZE, 15 * SIZE));
        assert.ok(Math.abs(row - 2.5) < 0.3, `${row} pixels wide`);
        const point = pictureOf([[{ x: 3, y: 3 }]]);
        const area = inkOf(point);
        assert.ok(area > 4 && area < 6.5, `${area} pixels`);
        assert.equal(extent(point).rows, extent(point).columns);
    },
};

await runTests(tests);
