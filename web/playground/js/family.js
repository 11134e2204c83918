/* The family: networks, what is left of them after a lesion, and their vote. */
import { answerOf, Network } from "./network.js";
import { Samples } from "./samples.js";
import { SIZE } from "./drawn_digit.js";

export const CLASSES = 10;

/** The class with the most answers; a tie goes to the largest sum of logits, then to the first, as
 *  in aann/ensemble.h. answers [members], logits [members][10]; returns {winner, votes [10]}. */
export function countVotes(answers, logits) {
    const votes = new Array(CLASSES).fill(0);
    const sums = new Array(CLASSES).fill(0);
    answers.forEach((answer) => votes[answer]++);
    for (const values of logits) {
        values.forEach((value, index) => {
            sums[index] += value;
        });
    }
    let winner = 0;
    for (let index = 1; index < CLASSES; index++) {
        if (votes[index] > votes[winner] ||
            (votes[index] === votes[winner] && sums[index] > sums[winner])) {
            winner = index;
        }
    }
    return { winner, votes };
}

/** One network of the family. `whole` is as it was found, `now` what the lesion has left. */
class Member {
    constructor(name, whole) {
        this.name = name;
        this.whole = whole;
        this.now = whole.copy();
        this.cut = 0;
    }
}

export class Family {
    constructor(library) {
        this.library = library;
        /** @type {Member[]} */
        this.members = [];
        this.lesion = { layer: -1, percent: 0, seed: 1, draw: 0 };
        this.samples = null;
        this.pixels = new Uint8Array(SIZE * SIZE);
    }

    addFile(name, bytes) {
        return this.add(name, Network.read(this.library, bytes));
    }

    /** Adds a network, which the family owns from now on. */
    add(name, network) {
        const member = new Member(name, network);
        this.members.push(member);
        this.#cut(member);
        return member;
    }

    remove(member) {
        this.members = this.members.filter((other) => other !== member);
        member.whole.destroy();
        member.now.destroy();
    }

    #cut(member) {
        const { layer, percent, seed, draw } = this.lesion;
        member.cut = member.now.becomeLesion(member.whole, layer, percent, seed, draw);
    }

    /** Cuts synapses of every member; 0 percent heals all. */
    setLesion(lesion) {
        this.lesion = { ...this.lesion, ...lesion };
        this.members.forEach((member) => this.#cut(member));
    }

    /** What they look at: pixels [28][28]. */
    look(pixels) {
        this.samples?.destroy();
        this.pixels = pixels;
        this.samples = Samples.fromPixels(this.library, pixels, null, SIZE, SIZE);
    }

    /** The answers to what they look at: {logits [members], answers [members], winner, votes}. */
    ask() {
        const logits = this.members.map((member) => member.now.logits(this.samples));
        const answers = logits.map(answerOf);
        return { logits, answers, ...countVotes(answers, logits) };
    }
}
