/* The board to draw on: by mouse, pen, finger, or with the keys. */
import { byId, colours } from "./page.js";
import { pictureOf, SIZE } from "./drawn_digit.js";
import { drawDigit } from "./pictures.js";

const PEN_WIDTH = 0.075; // of the board
const KEY_STEP = 0.035;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class Board {
    /** changed(pixels) is called whenever there is another picture; pixels [28][28]. */
    constructor(changed) {
        this.canvas = byId("board");
        this.seen = byId("seen");
        this.changed = changed;
        this.strokes = [];
        this.picture = null; // a digit that was not drawn
        this.pixels = new Uint8Array(SIZE * SIZE);
        this.frame = 0; // the animation frame in which the drawing is answered; 0: none is due
        this.pen = { x: 0.5, y: 0.3, down: false, shown: false };
        this.#listen();
        new ResizeObserver(() => this.draw()).observe(this.canvas);
    }

    clear() {
        this.strokes = [];
        this.picture = null;
        this.pen.down = false;
        this.#update();
    }

    /** Shows a digit, pixels [28][28], in place of a drawing. */
    show(pixels) {
        this.strokes = [];
        this.picture = pixels;
        this.#update();
    }

    get isEmpty() {
        return this.picture === null && this.strokes.length === 0;
    }

    #listen() {
        const { canvas } = this;
        canvas.addEventListener("pointerdown", (event) => {
            if (!event.isPrimary) {
                return; // a second finger
            }
            canvas.setPointerCapture(event.pointerId);
            this.pen.shown = false;
            this.#begin(this.#place(event));
        });
        canvas.addEventListener("pointermove", (event) => {
            // The stroke is gone if the board was cleared meanwhile, by the keys.
            if (canvas.hasPointerCapture(event.pointerId) && this.strokes.length > 0) {
                const events = event.getCoalescedEvents?.() ?? [];
                (events.length > 0 ? events : [event]).forEach((one) =>
                    this.strokes[this.strokes.length - 1].push(this.#place(one)));
                this.#updateSoon();
            }
        });
        for (const kind of ["pointerup", "pointercancel"]) {
            canvas.addEventListener(kind, () => this.#update());
        }
        canvas.addEventListener("keydown", (event) => this.#key(event));
        canvas.addEventListener("blur", () => {
            this.pen.down = false;
            this.pen.shown = false;
            this.draw();
        });
    }

    #place(event) {
        const box = this.canvas.getBoundingClientRect();
        return {
            x: (event.clientX - box.left) / box.width,
            y: (event.clientY - box.top) / box.height,
        };
    }

    #begin(point) {
        if (this.picture !== null) {
            this.picture = null;
            this.strokes = [];
        }
        this.strokes.push([point]);
        this.#update();
    }

    /** Arrows move the pen, the space bar lowers and lifts it, Delete clears the board. */
    #key(event) {
        const { pen } = this;
        const arrow = ARROWS[event.key];
        if (arrow !== undefined) {
            pen.x = Math.min(1, Math.max(0, pen.x + KEY_STEP * arrow[0]));
            pen.y = Math.min(1, Math.max(0, pen.y + KEY_STEP * arrow[1]));
            if (pen.down) {
                this.strokes[this.strokes.length - 1].push({ x: pen.x, y: pen.y });
            }
        } else if (event.key === " ") {
            pen.down = !pen.down;
            if (pen.down) {
                this.#begin({ x: pen.x, y: pen.y });
            }
        } else if (event.key === "Delete" || event.key === "Backspace") {
            this.clear();
        } else {
            return;
        }
        event.preventDefault();
        pen.shown = true;
        this.#update();
    }

    /** A pen moves more often than the screen shows; once a frame is enough. */
    #updateSoon() {
        if (this.frame === 0) {
            this.frame = requestAnimationFrame(() => this.#update());
        }
    }

    #update() {
        cancelAnimationFrame(this.frame);
        this.frame = 0;
        this.pixels = this.picture ?? pictureOf(this.strokes);
        this.draw();
        this.changed(this.pixels);
    }

    draw() {
        const { canvas } = this;
        const size = Math.max(1, Math.round(canvas.clientWidth * devicePixelRatio));
        if (this.picture !== null) {
            drawDigit(canvas, this.picture, SIZE, SIZE);
        } else {
            canvas.width = size;
            canvas.height = size;
            this.#drawStrokes(canvas.getContext("2d"), size);
        }
        drawDigit(this.seen, this.pixels, SIZE, SIZE);
    }

    #drawStrokes(context, size) {
        const { ink, faint, plus } = colours();
        context.lineCap = "round";
        context.lineJoin = "round";
        context.lineWidth = PEN_WIDTH * size;
        context.strokeStyle = ink;
        for (const stroke of this.strokes) {
            // A lone point is a line to itself.
            context.beginPath();
            [stroke[0], ...stroke].forEach(({ x, y }) => context.lineTo(x * size, y * size));
            context.stroke();
        }
        if (this.pen.shown) {
            context.beginPath();
            const radius = (PEN_WIDTH / 2) * size;
            context.arc(this.pen.x * size, this.pen.y * size, radius, 0, 2 * Math.PI);
            context.lineWidth = 2 * devicePixelRatio;
            context.strokeStyle = this.pen.down ? plus : faint;
            context.stroke();
        }
    }
}
