/* Filters, maps and digits on canvases. A canvas has one pixel for each value, or for a cell of a
 * filter CELL of them; the style sheet makes it larger. */
import { channels, colours } from "./page.js";

const CELL = 16;

function imageOf(canvas, width, height) {
    canvas.width = width;
    canvas.height = height;
    const context = canvas.getContext("2d");
    return { context, image: context.createImageData(width, height) };
}

/** A mixture of two colours [r, g, b]. */
function mix(from, to, share) {
    return from.map((channel, index) => channel + (to[index] - channel) * share);
}

/** Draws values -127..127 [height][width]: +1 in orange, -1 in blue, 0 in the colour of nothing. */
export function drawMap(canvas, values, height, width, first = 0) {
    const { plus, minus, zero } = colours();
    const [up, down, none] = [plus, minus, zero].map(channels);
    const { context, image } = imageOf(canvas, width, height);
    for (let at = 0; at < height * width; at++) {
        const value = values[first + at] / 127;
        image.data.set(mix(none, value > 0 ? up : down, Math.abs(value)), 4 * at);
        image.data[4 * at + 3] = 255;
    }
    context.putImageData(image, 0, 0);
}

/** Draws a digit, pixels of 0 to 255, as ink on paper. */
export function drawDigit(canvas, pixels, height, width) {
    const { ink, zero } = colours();
    drawBetween(canvas, pixels, height, width, channels(zero), channels(ink));
}

/** Draws a picture, pixels of 0 (black) to 255 (white). */
export function drawGrey(canvas, pixels, height, width) {
    drawBetween(canvas, pixels, height, width, [0, 0, 0], [255, 255, 255]);
}

function drawBetween(canvas, pixels, height, width, from, to) {
    const { context, image } = imageOf(canvas, width, height);
    for (let at = 0; at < height * width; at++) {
        image.data.set(mix(from, to, pixels[at] / 255), 4 * at);
        image.data[4 * at + 3] = 255;
    }
    context.putImageData(image, 0, 0);
}

/** Draws a filter of -1, 0 and 1 [height][width]; where `before` (the filter without a lesion) had
 *  a synapse that is cut, there is a frame. */
export function drawFilter(canvas, weights, before, height, width, first = 0) {
    const { plus, minus, zero } = colours();
    canvas.width = width * CELL;
    canvas.height = height * CELL;
    const context = canvas.getContext("2d");
    for (let at = 0; at < height * width; at++) {
        const [x, y] = [(at % width) * CELL, Math.floor(at / width) * CELL];
        const [weight, whole] = [weights[first + at], before[first + at]];
        context.fillStyle = weight > 0 ? plus : weight < 0 ? minus : zero;
        context.fillRect(x + 1, y + 1, CELL - 2, CELL - 2);
        if (weight !== whole) {
            context.strokeStyle = whole > 0 ? plus : minus;
            context.lineWidth = 2;
            context.strokeRect(x + 3, y + 3, CELL - 6, CELL - 6);
        }
    }
}
