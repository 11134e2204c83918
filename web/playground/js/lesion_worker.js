/* The worker that measures lesions: for each percentage, how many of the digits that nobody trained
 * on each network, and the vote, still answer correctly.
 *
 * It is sent {kind: "start", module, digits} once, then {kind: "measure", task, members: [{text,
 * packed}], lesion: {layer, seed, draw}, percents}, and sends {kind: "point", task, percent, vote,
 * members: [accuracy]} for each. A new task ends the one before. */
import { answerOf, Network } from "./network.js";
import { countVotes, CLASSES } from "./family.js";
import { startWork } from "./worker_library.js";

let ready = null;
let present = 0;

/** Shares of correct answers: {vote, members}. */
function measure(networks, { validation }, labels) {
    const logits = networks.map((network) => network.logits(validation));
    const correct = new Array(networks.length).fill(0);
    let vote = 0;
    labels.forEach((label, index) => {
        const rows = logits.map((all) => all.subarray(CLASSES * index, CLASSES * (index + 1)));
        const answers = rows.map(answerOf);
        answers.forEach((answer, member) => {
            correct[member] += answer === label ? 1 : 0;
        });
        vote += countVotes(answers, rows).winner === label ? 1 : 0;
    });
    return { vote: vote / labels.length, members: correct.map((count) => count / labels.length) };
}

const others = () => new Promise((resolve) => {
    setTimeout(resolve);
});

async function run({ task, members, lesion, percents }, { work, digits }) {
    const labels = digits.labels.slice(digits.training);
    const whole = members.map(({ text, packed }) =>
        Network.unpack(work.library, text, digits.height, digits.width, packed));
    const cut = whole.map((network) => network.copy());
    for (const percent of percents) {
        await others();
        if (task !== present) {
            break;
        }
        cut.forEach((network, index) => network.becomeLesion(whole[index], lesion.layer, percent,
            lesion.seed, lesion.draw));
        postMessage({ kind: "point", task, percent, ...measure(cut, work, labels) });
    }
    [...whole, ...cut].forEach((network) => network.destroy());
}

self.addEventListener("message", ({ data }) => {
    if (data.kind === "start") {
        ready = startWork(data).then((work) => ({ work, digits: data.digits }));
    } else {
        present = data.task;
        ready.then((started) => run(data, started))
            .catch((error) => postMessage({ kind: "error", message: error.message }));
    }
});
