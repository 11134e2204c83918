/* The page's beginning: loads the library, the networks and the digits, and joins the parts. */
import { loadAsset } from "./assets.js";
import { Board } from "./board.js";
import { Driver } from "./car.js";
import { decodeDigits } from "./digits.js";
import { SIZE } from "./drawn_digit.js";
import { Family } from "./family.js";
import { InsidePanel } from "./inside_panel.js";
import { LesionPanel } from "./lesion_panel.js";
import { startLibrary } from "./library.js";
import { byId, complain } from "./page.js";
import { RacePanel } from "./race_panel.js";
import { SearchPanel } from "./search_panel.js";
import { setUpTheme } from "./theme.js";
import { VotePanel } from "./vote_panel.js";

const MEMBERS = 12;

const memberFile = (index) => `members/${String(index).padStart(2, "0")}.aannm`;

/** All files, at once. */
async function load() {
    const [module, digits, driver, ...members] = await Promise.all([
        loadAsset("aann.wasm").then((bytes) => WebAssembly.compile(bytes)),
        loadAsset("data/digits.bin").then(decodeDigits),
        loadAsset("driver.aannm"),
        ...Array.from({ length: MEMBERS }, (_, index) => loadAsset(memberFile(index + 1))),
    ]);
    return { module, digits, driver, members, library: await startLibrary(module) };
}

/** Drawing, voting, looking inside and cutting, which all show the same family. */
function setUpFamily({ module, digits, members, library }) {
    const family = new Family(library);
    members.forEach((bytes, index) => family.addFile(String(index + 1), bytes));
    const inside = new InsidePanel(family);
    const showInside = (result) => {
        const index = family.members.indexOf(vote.selected);
        inside.show(vote.selected, result === null ? null : result.logits[index]);
    };
    const answer = () => (board.isEmpty ? null : family.ask());
    const vote = new VotePanel(family, () => showInside(answer()));
    const show = () => {
        const result = answer();
        vote.show(result);
        showInside(result);
    };
    const board = new Board((pixels) => {
        byId("label").textContent = "";
        family.look(pixels);
        show();
    });
    const lesion = new LesionPanel(family, module, digits, show);
    setUpDigits(board, digits);
    lesion.measure();
    return { family, board, lesion, show };
}

/** The buttons beside the board, which begins with a digit. The digits are those that nobody
 *  trained on. */
function setUpDigits(board, digits) {
    let next = digits.training;
    const sample = () => {
        board.show(digits.pixels.slice(next * SIZE * SIZE, (next + 1) * SIZE * SIZE));
        byId("label").textContent = `A digit of MNIST: a ${digits.labels[next]}.`;
        next = next + 1 < digits.count ? next + 1 : digits.training;
    };
    byId("clear").addEventListener("click", () => board.clear());
    byId("sample").addEventListener("click", sample);
    sample();
}

async function start() {
    let redraw = () => {}; // nothing yet
    setUpTheme(() => redraw());
    const loaded = await load();
    const { library, module, digits, driver } = loaded;
    const drawing = setUpFamily(loaded);
    let found = 0;
    const search = new SearchPanel(library, module, digits, (network) => {
        const name = String(MEMBERS + ++found);
        drawing.family.add(name, network);
        drawing.show();
        drawing.lesion.measure();
        return name;
    });
    const race = new RacePanel(library, new Driver(library, driver));
    redraw = () => {
        drawing.board.draw();
        drawing.show();
        search.draw();
        race.draw();
    };
    // For the console of the browser, and for tests.
    globalThis.playground = { ...drawing, library, digits, search, race };
    byId("version").textContent = `aann ${library.version}`;
    document.documentElement.dataset.ready = "yes";
}

start().catch(complain);
