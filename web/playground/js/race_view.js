/* The race seen from above: the road, the cars, and the whole track in a corner. */
import { colours, prefersLessMotion } from "./page.js";

const HALF_ROAD = 40 / 6; // metres
const METRES_SEEN = 62; // from the left side to the right, or the top to the bottom if that is less
const AHEAD = 0.22; // the car is below the middle by this share of the height
const MAP_SIZE = 0.26; // of the canvas's shorter side
const FAR = 14; // metres from the middle of the road where an arrow shows the way back
const WHEEL = { length: 1.08, width: 0.5 };
const ROAD = { light: ["#dfe6d5", "#8d939c", "#c9d3ba"], dark: ["#1d2720", "#4a515c", "#26332a"] };

/** The two edges of the road beside a point of the centre line. */
function edges({ x, y, beta }) {
    const [dx, dy] = [HALF_ROAD * Math.cos(beta), HALF_ROAD * Math.sin(beta)];
    return [[x - dx, y - dy], [x + dx, y + dy]];
}

export class RaceView {
    constructor(canvas) {
        this.canvas = canvas;
        this.context = canvas.getContext("2d");
        this.camera = null;
        this.track = null;
    }

    /** A new track: the road is prepared, the camera starts anew. */
    setTrack(track) {
        this.track = track;
        this.camera = null;
        const outline = track.map(edges);
        this.road = new Path2D();
        outline.forEach(([left, right], index) => {
            const [nextLeft, nextRight] = outline[(index + 1) % outline.length];
            this.road.moveTo(...left);
            [right, nextRight, nextLeft].forEach((corner) => this.road.lineTo(...corner));
            this.road.closePath();
        });
        this.line = new Path2D();
        track.forEach(({ x, y }) => this.line.lineTo(x, y));
        this.line.closePath();
    }

    /** The camera follows a car and turns with it, a little late; with less motion, north is up. */
    #follow({ x, y, angle }) {
        const wish = prefersLessMotion() ? 0 : -angle;
        if (this.camera === null) {
            this.camera = { x, y, turn: wish };
            return;
        }
        this.camera.x = x;
        this.camera.y = y;
        this.camera.turn += (wish - this.camera.turn) * 0.12;
    }

    draw(race) {
        const { canvas, context } = this;
        const ratio = Math.min(devicePixelRatio, 2);
        const [width, height] = [canvas.clientWidth * ratio, canvas.clientHeight * ratio]
            .map(Math.round);
        if (width === 0 || height === 0) {
            return;
        }
        if (canvas.width !== width || canvas.height !== height) {
            canvas.width = width;
            canvas.height = height;
        }
        const leader = race.withPerson ? race.person : race.network;
        this.#follow(leader.state);
        const [grass, asphalt, tufts] = ROAD[document.documentElement.dataset.theme];
        context.setTransform(1, 0, 0, 1, 0, 0);
        context.fillStyle = grass;
        context.fillRect(0, 0, width, height);
        const zoom = Math.max(width, height) / METRES_SEEN;
        const middle = prefersLessMotion() ? 0.5 : 0.5 + AHEAD;
        context.translate(width / 2, height * middle);
        context.scale(zoom, -zoom);
        context.rotate(this.camera.turn);
        context.translate(-this.camera.x, -this.camera.y);
        this.#drawGrass(tufts);
        context.fillStyle = asphalt;
        context.strokeStyle = asphalt;
        context.lineWidth = 0.3;
        context.fill(this.road);
        context.stroke(this.road);
        this.#drawMarks();
        const { plus, minus } = colours();
        this.#drawCar(race.network.state, plus, race.withPerson ? 0.75 : 1);
        if (race.withPerson) {
            this.#drawCar(race.person.state, minus, 1);
        }
        this.#drawWayBack(leader.state, width);
        this.#drawMap(race, width, height);
    }

    /** An arrow above a car that has lost the road, towards the nearest point of it. */
    #drawWayBack(state, width) {
        const distance = ({ x, y }) => Math.hypot(x - state.x, y - state.y);
        const nearest = this.track.reduce((best, point) =>
            (distance(point) < distance(best) ? point : best));
        if (distance(nearest) < FAR) {
            return;
        }
        const { context } = this;
        const toward = Math.atan2(nearest.y - state.y, nearest.x - state.x);
        const size = width / 40;
        context.setTransform(1, 0, 0, 1, width / 2, size * 2.5);
        context.rotate(-(toward + this.camera.turn));
        context.fillStyle = colours().ink;
        context.beginPath();
        [[1.2, 0], [-0.6, 0.8], [-0.2, 0], [-0.6, -0.8]].forEach(([x, y]) =>
            context.lineTo(x * size, y * size));
        context.fill();
    }

    /** Squares that do not move show how fast the car does. */
    #drawGrass(colour) {
        const { context, camera } = this;
        const size = 17;
        context.fillStyle = colour;
        const [column, row] = [Math.round(camera.x / size), Math.round(camera.y / size)];
        for (let i = -5; i <= 5; i++) {
            for (let j = -5; j <= 5; j++) {
                if ((column + i + row + j) % 2 === 0) {
                    context.fillRect((column + i) * size, (row + j) * size, size, size);
                }
            }
        }
    }

    /** The dashed middle and the line at the start. */
    #drawMarks() {
        const { context } = this;
        context.strokeStyle = "#ffffff66";
        context.lineWidth = 0.25;
        context.setLineDash([2, 4]);
        context.stroke(this.line);
        context.setLineDash([]);
        const [left, right] = edges(this.track[0]);
        context.strokeStyle = "#ffffffcc";
        context.lineWidth = 0.9;
        context.beginPath();
        context.moveTo(...left);
        context.lineTo(...right);
        context.stroke();
    }

    #drawCar(state, colour, opacity) {
        const { context } = this;
        context.globalAlpha = opacity;
        for (const wheel of state.wheels) {
            this.#at(wheel, () => {
                context.fillStyle = "#15181d";
                context.fillRect(-WHEEL.width / 2, -WHEEL.length / 2, WHEEL.width, WHEEL.length);
            });
        }
        this.#at(state, () => {
            context.fillStyle = colour;
            context.beginPath();
            context.roundRect(-0.55, -2.0, 1.1, 4.2, 0.45);
            context.fill();
            context.fillRect(-1.15, 1.85, 2.3, 0.5); // the wings
            context.fillRect(-1.0, -2.25, 2.0, 0.5);
            context.fillStyle = "#15181dcc";
            context.beginPath();
            context.roundRect(-0.32, -0.7, 0.64, 1.15, 0.3);
            context.fill();
        });
        context.globalAlpha = 1;
    }

    /** Draws in the frame of something at x, y that points up at angle 0. */
    #at({ x, y, angle }, draw) {
        this.context.save();
        this.context.translate(x, y);
        this.context.rotate(angle);
        draw();
        this.context.restore();
    }

    #drawMap(race, width, height) {
        const { context } = this;
        const { card, ink, plus, minus } = colours();
        const size = MAP_SIZE * Math.min(width, height);
        const xs = this.track.map((point) => point.x);
        const ys = this.track.map((point) => point.y);
        const [left, top] = [Math.min(...xs), Math.max(...ys)];
        const extent = Math.max(Math.max(...xs) - left, top - Math.min(...ys));
        context.setTransform(1, 0, 0, 1, width - size * 1.14, size * 0.14);
        context.globalAlpha = 0.85;
        context.fillStyle = card;
        context.beginPath();
        context.roundRect(-size * 0.07, -size * 0.07, size * 1.14, size * 1.14, size * 0.06);
        context.fill();
        context.globalAlpha = 1;
        context.scale(size / extent, -size / extent);
        context.translate(-left, -top);
        context.strokeStyle = ink;
        context.lineWidth = (extent / size) * 1.5;
        context.stroke(this.line);
        const dots = [[race.network, plus], ...(race.withPerson ? [[race.person, minus]] : [])];
        for (const [{ state }, colour] of dots) {
            context.fillStyle = colour;
            context.beginPath();
            // A car that has left the map is shown at its edge.
            const x = Math.min(Math.max(state.x, left), left + extent);
            const y = Math.min(Math.max(state.y, top - extent), top);
            context.arc(x, y, extent * 0.035, 0, 2 * Math.PI);
            context.fill();
        }
    }
}
