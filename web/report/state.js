/* What a reader has chosen: the member, tabs, order, theme, place. Kept in the history entry, so
 * that it survives a reload (also that of a page which refreshes itself), in files as on servers.
 */
const state = {
    member: null,
    theme: "auto",
    tabs: {},
    order: null,
    scroll: 0,
    refresh: true,
    open: [],
    ...(history.state?.aannReport ?? {}),
};

function save() {
    state.scroll = window.scrollY;
    try {
        history.replaceState({ ...history.state, aannReport: state }, "");
    } catch {
        // A frame without a history, or too many changes in a second: the state lives until the
        // reload.
    }
}

let saving = 0;
function saveSoon() {
    clearTimeout(saving);
    saving = setTimeout(save, 400);
}

const live = document.getElementById("live");
let saying = 0;

/** Tells screen readers; the last of several quick messages is what they hear. */
function announce(text) {
    clearTimeout(saying);
    saying = setTimeout(() => {
        live.textContent = text;
    }, 150);
}

const listeners = [];

/** Calls `listener(id)` now and whenever another member is chosen. */
function onSelect(listener) {
    listeners.push(listener);
    listener(state.member);
}

/** Chooses a member, everywhere. */
function select(id) {
    if (!memberOf.has(id) || id === state.member) return;
    state.member = id;
    for (const listener of listeners) listener(id);
    const member = memberOf.get(id);
    announce([`Member ${id} chosen`, scoreText(member)].filter(Boolean).join(", "));
    saveSoon();
}

/** The member that a page opens with: what was chosen before, else the best. */
function chooseFirst() {
    if (memberOf.has(state.member)) return;
    state.member = bestMember?.id ?? null;
}

/** A choice of one among several, kept under a key: buttons of which one is pressed. */
function tabs(key, label, choices, change) {
    const names = choices.map(([name]) => name);
    if (!names.includes(state.tabs[key])) state.tabs[key] = names[0];
    const group = element("div", { class: "seg", role: "group", "aria-label": label });
    const press = () => {
        for (const button of group.children)
            button.setAttribute("aria-pressed", button.dataset.name === state.tabs[key]);
    };
    for (const [name, text] of choices) {
        group.append(
            element(
                "button",
                {
                    type: "button",
                    "data-name": name,
                    on: {
                        click() {
                            state.tabs[key] = name;
                            press();
                            change(name);
                            save();
                        },
                    },
                },
                text,
            ),
        );
    }
    press();
    return group;
}
