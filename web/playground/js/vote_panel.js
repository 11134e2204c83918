/* The vote: what each network answers, and what the family answers. */
import { byId, make } from "./page.js";
import { CLASSES } from "./family.js";

const TALLY_HEIGHT = 64; // pixels of the bar when all agree

export class VotePanel {
    /** chosen(member) is called when somebody wants to look inside a network. */
    constructor(family, chosen) {
        this.family = family;
        this.chosen = chosen;
        this.cards = new Map();
        this.selected = null;
        this.bars = [];
        for (let digit = 0; digit < CLASSES; digit++) {
            const bar = make("i");
            const count = make("b");
            byId("tally").append(make("div", "", count, bar, make("span", "", String(digit))));
            this.bars.push({ bar, count, column: bar.parentElement });
        }
    }

    /** A card for each member, in the order of the family. */
    #arrange() {
        const { members } = this.family;
        for (const [member, card] of this.cards) {
            if (!members.includes(member)) {
                card.button.remove();
                this.cards.delete(member);
            }
        }
        for (const member of members) {
            if (!this.cards.has(member)) {
                const bars = Array.from({ length: CLASSES }, () => make("i"));
                const answer = make("b", "", " ");
                const button = make("button", "member", make("span", "name", member.name), answer,
                    make("span", "bars", ...bars));
                button.type = "button";
                button.addEventListener("click", () => this.select(member));
                byId("members").append(button);
                this.cards.set(member, { button, answer, bars });
            }
        }
        if (!members.includes(this.selected)) {
            this.selected = members[0];
        }
    }

    select(member) {
        this.selected = member;
        this.#mark();
        this.chosen(member);
    }

    #mark() {
        for (const [member, { button }] of this.cards) {
            button.setAttribute("aria-pressed", String(member === this.selected));
        }
    }

    /** Shows answers, as family.ask() gives them; null: nothing has been drawn. */
    show(result) {
        this.#arrange();
        this.#mark();
        const { members } = this.family;
        members.forEach((member, index) => {
            const card = this.cards.get(member);
            const logits = result?.logits[index] ?? null;
            this.#showCard(card, member, logits, result?.answers[index], result?.winner);
        });
        this.bars.forEach(({ bar, count, column }, digit) => {
            const votes = result?.votes[digit] ?? 0;
            bar.style.height = `${(votes / members.length) * TALLY_HEIGHT}px`;
            count.textContent = votes > 0 ? String(votes) : "";
            column.classList.toggle("winner", result !== null && digit === result.winner);
        });
        byId("answer").textContent = result === null ? "?" : String(result.winner);
        this.#say(result);
    }

    #say(result) {
        if (result === null) {
            byId("verdict-here").textContent = "";
            byId("verdict").textContent = "Draw a digit, or take one of MNIST.";
            return;
        }
        const { winner, votes } = result;
        byId("verdict-here").textContent = `The family says ${winner}.`;
        byId("verdict").textContent =
            `${votes[winner]} of ${this.family.members.length} networks answer ${winner}.`;
    }

    #showCard(card, member, logits, answer, winner) {
        const none = logits === null;
        card.answer.textContent = none ? "·" : String(answer);
        card.button.classList.toggle("differs", !none && answer !== winner);
        card.button.setAttribute("aria-label",
            none ? `Network ${member.name}` : `Network ${member.name} answers ${answer}`);
        const low = none ? 0 : Math.min(...logits);
        const range = none ? 1 : Math.max(1, Math.max(...logits) - low);
        card.bars.forEach((bar, digit) => {
            bar.style.height = none ? "0" : `${(100 * (logits[digit] - low)) / range}%`;
            bar.classList.toggle("top", digit === answer);
        });
    }
}
