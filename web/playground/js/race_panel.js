/* The race: its buttons, its clock, and what it says. */
import { byId } from "./page.js";
import { STEPS_PER_SECOND, VIEW_SIZE } from "./car.js";
import { Controls } from "./controls.js";
import { drawGrey } from "./pictures.js";
import { Race } from "./race.js";
import { RaceView } from "./race_view.js";

const STEPS_PER_FRAME = 5; // a slow machine drives slower, rather than with jumps
const TRACK_LIMIT = 2 ** 32;
const HOLDS = ["left", "gas", "brake", "right"];

export class RacePanel {
    constructor(library, driver) {
        this.driver = driver;
        this.controls = new Controls();
        this.race = new Race(library, driver, (speed) => this.controls.act(speed));
        this.view = new RaceView(byId("road"));
        this.running = false;
        this.waiting = false; // for the person's first key
        this.before = 0;
        this.controls.pressed = () => this.#begin();
        HOLDS.forEach((name) => this.controls.listenTo(byId(`hold-${name}`), name));
        byId("race-start").addEventListener("click", () => this.#prepare(true));
        byId("race-watch").addEventListener("click", () => this.#prepare(false));
        byId("race-pause").addEventListener("click", () => this.#pause());
        byId("race-other").addEventListener("click", () => {
            byId("track").value = String(Math.floor(Math.random() * 100000));
            this.#prepare(this.race.withPerson);
        });
        byId("track").addEventListener("change", () => this.#prepare(this.race.withPerson));
        document.addEventListener("visibilitychange", () => {
            if (document.hidden && this.running) {
                this.#pause();
            }
        });
        new ResizeObserver(() => this.draw()).observe(byId("road"));
        this.#place(false);
    }

    #seed() {
        const field = byId("track");
        const seed = Math.floor(Number(field.value));
        const good = Number.isFinite(seed) && seed >= 0 && seed < TRACK_LIMIT;
        field.value = String(good ? seed : 0);
        return Number(field.value);
    }

    /** Puts the cars at the start. */
    #place(withPerson) {
        this.race.restart(this.#seed(), withPerson);
        this.view.setTrack(this.race.track);
        this.controls.reset();
        this.driver.act(this.race.network.car); // a look at the start, for the small picture
        this.running = false;
        this.draw();
        this.#describe();
    }

    #prepare(withPerson) {
        this.#place(withPerson);
        this.controls.active = withPerson;
        this.waiting = withPerson;
        byId("pedals").hidden = !withPerson;
        if (withPerson) {
            byId("road").focus({ preventScroll: true });
            byId("race-say").textContent =
                "Your car is blue. The race begins with your first key or button.";
        } else {
            this.#run();
        }
    }

    #begin() {
        if (this.waiting) {
            this.waiting = false;
            this.#run();
        }
    }

    #run() {
        this.running = true;
        this.before = performance.now();
        byId("race-say").textContent = this.race.withPerson ? "Go!" : "The network drives.";
        this.#showPause();
        requestAnimationFrame((now) => this.#frame(now));
    }

    #pause() {
        if (this.running) {
            this.running = false;
            byId("race-say").textContent = "Paused.";
            this.#showPause();
        } else if (!this.waiting && !this.race.isOver) {
            this.#run();
        }
    }

    #showPause() {
        const button = byId("race-pause");
        const idle = this.waiting || this.race.isOver;
        button.textContent = this.running || idle ? "Pause" : "Continue";
        button.disabled = idle;
    }

    #frame(now) {
        if (!this.running) {
            return;
        }
        const step = 1000 / (STEPS_PER_SECOND * Number(byId("speed").value));
        let steps = 0;
        while (now - this.before >= step && steps < STEPS_PER_FRAME) {
            this.race.step();
            this.before += step;
            steps++;
        }
        if (steps === STEPS_PER_FRAME) {
            this.before = now;
        }
        if (steps > 0) {
            this.#sayWhoIsThere();
            this.draw();
            this.#describe();
        }
        if (this.race.isOver) {
            this.#finish();
        } else {
            requestAnimationFrame((then) => this.#frame(then));
        }
    }

    /** While the person is still driving. */
    #sayWhoIsThere() {
        const { network, person, withPerson } = this.race;
        if (withPerson && network.over && !person.over) {
            byId("race-say").textContent = "The network is there. You are still driving.";
        }
    }

    #finish() {
        this.running = false;
        this.controls.active = false;
        const { network, person, withPerson } = this.race;
        const seconds = (racer) => (racer.state.steps / STEPS_PER_SECOND).toFixed(1);
        const how = (racer) =>
            (racer.finished ? `finished in ${seconds(racer)} s` : "did not finish");
        const text = withPerson
            ? `The network ${how(network)}, reward ${network.reward.toFixed(1)}. You ` +
                `${how(person)}, reward ${person.reward.toFixed(1)}. ` +
                (person.reward > network.reward ? "You win." : "The network wins.")
            : `The network ${how(network)}, reward ${network.reward.toFixed(1)}.`;
        byId("race-say").textContent = text;
        this.#showPause();
    }

    draw() {
        this.view.draw(this.race);
        drawGrey(byId("driver-view"), this.driver.view(), VIEW_SIZE, VIEW_SIZE);
    }

    #describe() {
        const { network, person, withPerson } = this.race;
        const rows = [["network", network], ["person", person]];
        for (const [name, { state, reward }] of rows) {
            byId(`${name}-reward`).textContent = reward.toFixed(1);
            byId(`${name}-tiles`).textContent = `${state.visited} / ${state.tiles}`;
            byId(`${name}-time`).textContent = `${(state.steps / STEPS_PER_SECOND).toFixed(1)} s`;
        }
        byId("person-row").hidden = !withPerson;
        const { steer, gas, brake } = network.action;
        byId("wheel").style.transform = `rotate(${Math.round(90 * steer)}deg)`;
        byId("gas").style.height = `${Math.round(100 * gas)}%`;
        byId("brake").style.height = `${Math.round(100 * brake)}%`;
    }
}
