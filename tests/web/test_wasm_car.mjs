/* Drives in WebAssembly against the program, to the bit: tracks, states, rewards, pictures, and a
 * network at the wheel.
 * ctest-labels: release slow
 * ctest-timeout: 400
 */
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { aannJson, build, readNpy, ROOT, runTests, scratchFolder } from "./native.mjs";
import { Car, Driver } from "../../web/playground/js/car.js";
import { startLibrary } from "../../web/playground/js/library.js";
import { Race } from "../../web/playground/js/race.js";

const STEPS = 400;
const SEEDS = [0, 5, 1007, 123456];
const DRIVER = path.join(ROOT, "gallery/driver.aannm");

const folder = scratchFolder();
const built = build("--module");
const library = await startLibrary(fs.readFileSync(path.join(built, "aann.wasm")));
const readDriver = () => new Driver(library, new Uint8Array(fs.readFileSync(DRIVER)));

/** Wild driving that is the same everywhere: it skids, leaves the road and comes back. */
function actionAt(step, seed) {
    const wave = ((step * 7 + seed * 13) % 101) / 50 - 1;
    return { steer: wave * 0.8, gas: (step % 40) / 40, brake: step % 90 > 75 ? 0.95 : 0 };
}

const asFloat = (number) => Math.fround(number);

const tests = {
    "tracks, states, rewards and pictures of wild drives"() {
        const car = new Car(library);
        for (const seed of SEEDS) {
            const actions = Array.from({ length: STEPS }, (_, step) => actionAt(step, seed));
            const file = path.join(folder, `actions-${seed}.json`);
            fs.writeFileSync(file,
                JSON.stringify(actions.map(({ steer, gas, brake }) => [steer, gas, brake])));
            const frames = path.join(folder, `frames-${seed}`);
            fs.mkdirSync(frames);
            const native = aannJson("car", "replay", "--seed", seed, "--actions", file,
                "--frames", `1,${STEPS}`, "--out", frames);
            car.reset(seed);
            const track = car.track();
            assert.equal(track.length, native.track.length);
            track.forEach(({ beta, x, y }, tile) => {
                const expected = native.track[tile];
                [beta, x, y].forEach((number, index) =>
                    assert.equal(number.toPrecision(9), expected[index + 1].toPrecision(9)));
            });
            for (let step = 0; step < STEPS; step++) {
                const { reward } = car.step(actions[step]);
                const { x, y, angle, velocityX, velocityY, angularVelocity, visited } = car.state();
                const hull = [x, y, angle, velocityX, velocityY, angularVelocity];
                assert.deepEqual(hull, native.hull[step].map(asFloat),
                    `track ${seed}, step ${step}`);
                assert.equal(reward.toPrecision(9), native.reward[step].toPrecision(9));
                assert.equal(visited, native.visited[step]);
                if (step === 0 || step + 1 === STEPS) {
                    const frame = path.join(frames, `frame_${step + 1}.npy`);
                    assert.deepEqual(car.pixels(), readNpy(frame, "|u1", Uint8Array),
                        `track ${seed}, picture ${step + 1}`);
                }
            }
        }
        car.destroy();
    },

    "the network at the wheel: rewards and steps of whole laps"() {
        const [first, count] = [1005, 4];
        const native = aannJson("drive", DRIVER, "--tracks", `${first}:${first + count}`);
        const [car, driver] = [new Car(library), readDriver()];
        for (let track = 0; track < count; track++) {
            car.reset(first + track);
            let [total, result] = [0, { over: false }];
            while (!result.over) {
                result = car.step(driver.act(car));
                total += result.reward;
            }
            assert.equal(total, native.rewards[track]);
            assert.equal(car.state().steps, native.steps[track]);
            assert.equal(result.finished, native.finished[track]);
        }
        car.destroy();
        driver.destroy();
    },

    "a race: the person's drive does not change the network's"() {
        const native = aannJson("drive", DRIVER, "--tracks", "1009:1010");
        const driver = readDriver();
        const race = new Race(library, driver, () => ({ steer: 0, gas: 0.01, brake: 0 }));
        race.restart(1009, true);
        for (let step = 0; !race.network.over; step++) {
            race.step();
        }
        assert.equal(race.network.reward, native.rewards[0]);
        assert.notEqual(race.person.state.x, race.network.state.x);
        assert.equal(race.isOver, false);
        race.restart(1009, false);
        assert.equal(race.racers.length, 1);
        assert.equal(race.network.state.steps, 0);
    },

    "a classifier is no driver"() {
        const file = path.join(ROOT, "web/playground/members/01.aannm");
        const bytes = new Uint8Array(fs.readFileSync(file));
        assert.throws(() => new Driver(library, bytes), /driver/);
    },
};

await runTests(tests);
