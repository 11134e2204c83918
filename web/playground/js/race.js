/* A race on one track: the network's car and the person's, step by step. Nothing here draws. */
import { Car } from "./car.js";

/** @typedef {"network" | "person"} Who */

const PERSON_STEP_LIMIT = 5000; // a person may take longer than a network

class Racer {
    constructor(library, act, stepLimit) {
        this.car = new Car(library, stepLimit);
        this.act = act;
        this.restart(0);
    }

    restart(seed) {
        this.car.reset(seed);
        this.over = false;
        this.finished = false;
        this.reward = 0;
        this.action = { steer: 0, gas: 0, brake: 0 };
        this.state = this.car.state();
    }

    step() {
        if (this.over) {
            return;
        }
        this.action = this.act(this);
        const result = this.car.step(this.action);
        this.reward += result.reward;
        this.over = result.over;
        this.finished = result.finished;
        this.state = this.car.state();
    }
}

export class Race {
    /** @param {import("./car.js").Driver} driver
     *  @param {(speed: number) => object} person what the person does in a step, at metres per
     *    second */
    constructor(library, driver, person) {
        this.network = new Racer(library, ({ car }) => driver.act(car));
        this.person = new Racer(library, ({ state }) =>
            person(Math.hypot(state.velocityX, state.velocityY)), PERSON_STEP_LIMIT);
        this.withPerson = false;
        this.restart(0, false);
    }

    restart(seed, withPerson) {
        this.seed = seed;
        this.withPerson = withPerson;
        this.racers.forEach((racer) => racer.restart(seed));
        this.track = this.network.car.track();
    }

    get racers() {
        return this.withPerson ? [this.network, this.person] : [this.network];
    }

    get isOver() {
        return this.racers.every((racer) => racer.over);
    }

    step() {
        this.racers.forEach((racer) => racer.step());
    }
}
