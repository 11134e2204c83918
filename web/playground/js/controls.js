/* What a person at the wheel does: arrow keys, the letters W A S D, or buttons under the fingers.
 *
 * A key is either down or up, and a wheel that jumps from one side to the other throws the car off
 * the road. So the wheel turns as fast as a hand turns it, and less far when the car is fast. With
 * these numbers a driver who looks at the road ten times a second stays on it at 70 m/s. */

const KEYS = {
    ArrowLeft: "left", ArrowRight: "right", ArrowUp: "gas", ArrowDown: "brake",
    a: "left", d: "right", w: "gas", s: "brake",
};
const TURN = 0.06; // of the way from the middle to one side, in a step
const GAS = 0.5;
const BRAKE = 0.4;

export class Controls {
    constructor() {
        this.held = new Set();
        this.steer = 0;
        this.active = false;
        /** Called when something is pressed while active. */
        this.pressed = () => {};
        addEventListener("keydown", (event) => this.#key(event, true));
        addEventListener("keyup", (event) => this.#key(event, false));
        addEventListener("blur", () => this.held.clear());
    }

    #key(event, down) {
        const name = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
        const typing = event.target instanceof HTMLInputElement ||
            event.target instanceof HTMLSelectElement;
        if (name === undefined || !this.active || typing || event.ctrlKey || event.metaKey ||
            event.altKey) {
            return;
        }
        event.preventDefault();
        this.hold(name, down);
    }

    /** Presses or releases "left", "right", "gas" or "brake". */
    hold(name, down) {
        if (down) {
            this.held.add(name);
            if (this.active) {
                this.pressed();
            }
        } else {
            this.held.delete(name);
        }
    }

    /** Makes a button hold `name` while a finger or the mouse is on it. */
    listenTo(button, name) {
        button.addEventListener("pointerdown", (event) => {
            event.preventDefault();
            button.setPointerCapture(event.pointerId);
            this.hold(name, true);
        });
        for (const kind of ["pointerup", "pointercancel", "lostpointercapture"]) {
            button.addEventListener(kind, () => this.hold(name, false));
        }
        button.addEventListener("contextmenu", (event) => event.preventDefault());
    }

    reset() {
        this.held.clear();
        this.steer = 0;
    }

    /** The action of the next step, at so many metres per second. */
    act(speed) {
        const wish = Math.max(0.15, 0.45 - 0.005 * speed) *
            ((this.held.has("right") ? 1 : 0) - (this.held.has("left") ? 1 : 0));
        this.steer += Math.max(-TURN, Math.min(TURN, wish - this.steer));
        return {
            steer: this.steer,
            gas: this.held.has("gas") ? GAS : 0,
            brake: this.held.has("brake") ? BRAKE : 0,
        };
    }
}
