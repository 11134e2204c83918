/* Cars and drivers of CarRacing. One step is 1/50 of a second. */

const STATE_NUMBERS = 27;
export const STEPS_PER_SECOND = 50;
export const VIEW_SIZE = 96;
const STEP_LIMIT = 1000;

export class Car {
    /** @param {number} stepLimit steps after which a drive ends: 1,000 in CarRacing */
    constructor(library, stepLimit = STEP_LIMIT) {
        this.library = library;
        this.address = library.check(library.calls.car_create(stepLimit));
    }

    /** Puts the car at the start of track `seed`. */
    reset(seed) {
        this.library.calls.car_reset(this.address, seed);
    }

    /** @param {{steer: number, gas: number, brake: number}} action */
    step({ steer, gas, brake }) {
        const [reward, over, finished] = this.library.numbers(Float64Array, 3, (at) =>
            this.library.calls.car_step(this.address, steer, gas, brake, at));
        return { reward, over: over === 1, finished: finished === 1 };
    }

    /** Everything that moves: see car_state in web/wasm/car.c. */
    state() {
        const n = this.library.numbers(Float64Array, STATE_NUMBERS, (at) =>
            this.library.calls.car_state(this.address, at));
        const wheels = [0, 1, 2, 3].map((wheel) => {
            const at = 6 + 4 * wheel;
            return { x: n[at], y: n[at + 1], angle: n[at + 2], tiles: n[at + 3] };
        });
        const [totalReward, time, visited, steps, tiles] = n.slice(22);
        return {
            x: n[0], y: n[1], angle: n[2], velocityX: n[3], velocityY: n[4], angularVelocity: n[5],
            wheels, totalReward, time, visited, steps, tiles,
        };
    }

    /** The centre line: [{beta, x, y}], a closed loop. */
    track() {
        const { tiles } = this.state();
        const numbers = this.library.array(Float64Array,
            this.library.calls.car_track(this.address), 4 * tiles);
        return Array.from({ length: tiles }, (_, tile) => ({
            beta: numbers[4 * tile + 1], x: numbers[4 * tile + 2], y: numbers[4 * tile + 3],
        }));
    }

    /** The picture, Uint8Array [96][96][3]. */
    pixels() {
        return this.library.numbers(Uint8Array, VIEW_SIZE * VIEW_SIZE * 3, (at) =>
            this.library.calls.car_render(this.address, at));
    }

    destroy() {
        this.library.calls.car_destroy(this.address);
        this.address = 0;
    }
}

/** A network at the wheel. */
export class Driver {
    /** @param {Uint8Array} bytes a model file */
    constructor(library, bytes) {
        this.library = library;
        this.address = library.withBytes(bytes, (at) =>
            library.check(library.calls.driver_read(at, bytes.length)));
    }

    /** What it does after a look at the car's picture. */
    act(car) {
        const [steer, gas, brake] = this.library.numbers(Float64Array, 3, (at) =>
            this.library.check(this.library.calls.driver_act(this.address, car.address, at)));
        return { steer, gas, brake };
    }

    /** What it saw: Uint8Array [96][96]. */
    view() {
        return this.library.array(Uint8Array, this.library.calls.driver_view(this.address),
            VIEW_SIZE * VIEW_SIZE);
    }

    destroy() {
        this.library.calls.driver_destroy(this.address);
        this.address = 0;
    }
}
