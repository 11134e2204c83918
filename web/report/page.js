/* The page: head, bar, sections in their order, foot; and a page that refreshes itself. */
function figure(value, name) {
    return element("div", null, element("dt", null, name), element("dd", null, value));
}

function headFigures() {
    const found = members.filter((member) => member.state === "done").length;
    const voters = whole(data.votes?.members ?? members.length);
    const everybody = members.length === 2 ? "both" : `all ${voters}`;
    // Where nothing is right or wrong: the loss by which the best one was chosen.
    const lowest = !scoreKind && judge ? bestMember[judge[0]] : null;
    return [
        known(family.planned) && family.planned > 0
            ? figure(
                  `${whole(family.finished ?? found)} of ${whole(family.planned)}`,
                  "members found",
              )
            : figure(whole(data.members?.total ?? members.length), "members"),
        family.failed ? figure(whole(family.failed), "failed") : null,
        known(score(bestMember)) && judge
            ? figure(
                  percent(score(bestMember)),
                  scoreKind[1] === judge[1]
                      ? `best member, ${judge[1]}`
                      : `${scoreKind[1]}, best by ${judge[1]}`,
              )
            : null,
        known(lowest) ? figure(number(lowest), `lowest ${judge[1]} loss`) : null,
        known(data.votes?.all) && members.length > 1
            ? figure(percent(data.votes.all), `${everybody} vote, ${split}`)
            : null,
        ...(data.scatter?.length === 1 && known(data.scatter[0].r2)
            ? [figure(decimals(data.scatter[0].r2, 3), "R² of all members")]
            : []),
        known(data.path?.barrier) ? figure(number(data.path.barrier), "barrier of the path") : null,
        known(family.synapses)
            ? figure(whole(family.synapses), `synapses of ${whole(family.weights)}`)
            : null,
        known(family.seconds) ? figure(duration(family.seconds), "of search, in all") : null,
    ];
}

function head() {
    const name = String(family.name ?? "study");
    document.title = `${name} · aann`;
    document
        .getElementById("head")
        .append(
            element(
                "div",
                null,
                element(
                    "h1",
                    null,
                    element("bdi", null, name),
                    " ",
                    element("span", null, `family ${family.id ?? 1}`),
                ),
                element(
                    "div",
                    { class: "sub" },
                    element("span", { class: "mono" }, String(family.spec ?? "")),
                    element("span", null, "weights −1, 0, +1"),
                    element("span", null, "found without backpropagation"),
                ),
            ),
            element("dl", { class: "figures" }, headFigures()),
        );
    const others = (data.study?.families ?? []).filter((other) => other.id !== family.id);
    if (others.length) {
        const names = others
            .slice(0, 6)
            .map((other) => [other.id, other.name, plural(other.members ?? 0, "member")])
            .map(([id, title, size]) => `family ${id} (${title}, ${size})`);
        const more = others.length > 6 ? ` and ${others.length - 6} more` : "";
        const text = `Also in ${data.study.name}: ${names.join(", ")}${more}.`;
        document
            .getElementById("head")
            .after(element("p", { class: "note" }, text, " Its page: --family ID."));
    }
}

/** Previous and next member, by the number. */
function chooser() {
    if (members.length < 2) return null;
    const name = element("output", { "aria-live": "off" });
    const ids = members.map((member) => member.id);
    const go = (step) => select(ids[(ids.indexOf(state.member) + step + ids.length) % ids.length]);
    onSelect((id) => {
        name.replaceChildren(
            few ? element("span", { class: "dot", colour: colourOf(id) }) : "",
            `Member ${id}`,
        );
    });
    return element(
        "div",
        { class: "chooser", role: "group", "aria-label": "The chosen member" },
        element(
            "button",
            {
                type: "button",
                class: "button bare",
                "aria-label": "Previous member",
                on: { click: () => go(-1) },
            },
            "‹",
        ),
        name,
        element(
            "button",
            {
                type: "button",
                class: "button bare",
                "aria-label": "Next member",
                on: { click: () => go(1) },
            },
            "›",
        ),
    );
}

const TITLES = {
    curves: "Curves",
    members: "Members",
    votes: "Votes",
    map: "Map",
    distances: "Distances",
    confusion: "Confusion",
    filters: "Filters",
    wiring: "Wiring",
    samples: "Samples",
    scatter: "Scatter",
    rewards: "Rewards",
    drive: "Drive",
    walk: "Walk",
    path: "Path",
    experiment: "Questions",
    layers: "Counts",
    options: "Options",
    missing: "Missing",
};

function bar() {
    const place = document.getElementById("bar");
    const links = sections.map(([id]) => element("a", { href: `#${id}` }, TITLES[id]));
    place.append(
        element(
            "div",
            { class: "bar-inside" },
            element(
                "nav",
                { "aria-label": "Sections" },
                element(
                    "ul",
                    null,
                    links.map((link) => element("li", null, link)),
                ),
            ),
            running(),
            chooser(),
            themeSwitch(),
        ),
    );
    for (const link of links)
        link.addEventListener("click", (event) => {
            event.preventDefault();
            const section = document.getElementById(link.hash.slice(1));
            section.scrollIntoView({
                behavior: matchMedia("(prefers-reduced-motion: reduce)").matches
                    ? "auto"
                    : "smooth",
            });
            section.setAttribute("tabindex", "-1");
            section.focus({ preventScroll: true });
        });
    const onScroll = () => {
        place.classList.toggle("off-top", window.scrollY > 8);
        const at = sections.findLastIndex(
            ([id]) => document.getElementById(id).getBoundingClientRect().top < 140,
        );
        links.forEach((link, i) =>
            i === at
                ? link.setAttribute("aria-current", "true")
                : link.removeAttribute("aria-current"),
        );
    };
    window.addEventListener(
        "scroll",
        () => {
            onScroll();
            saveSoon();
        },
        { passive: true },
    );
    onScroll();
}

/** A study that is being searched: the page reads itself again, when nobody is in the middle of
 * something. */
function running() {
    if (!data.live) return null;
    if (!data.live.running) return element("span", { class: "running" }, "search ended");
    const seconds = Math.max(1, Number(data.live.refresh_seconds) || 5);
    const node = element(
        "span",
        { class: "running" },
        element("span", { class: "pulse" }),
        element("span", null, "searching"),
    );
    const button = element("button", { type: "button", class: "button bare" });
    const show = () => {
        button.textContent = state.refresh ? "Hold" : "Refresh";
        button.setAttribute(
            "aria-label",
            state.refresh ? "Stop refreshing the page" : "Refresh the page as the search goes on",
        );
        node.classList.toggle("paused", !state.refresh);
    };
    // Not while somebody points, types, selects a text or watches a drive, and not in a hidden
    // window.
    let moved = -Infinity;
    for (const name of ["pointermove", "pointerdown", "pointerup", "keydown", "wheel", "touchmove"])
        window.addEventListener(
            name,
            () => {
                moved = performance.now();
            },
            { passive: true },
        );
    const busy = () =>
        !state.refresh ||
        drivePlaying ||
        document.hidden ||
        printing ||
        performance.now() - moved < 1500 ||
        !getSelection().isCollapsed;
    const refresh = () => {
        if (busy()) {
            setTimeout(refresh, 300);
            return;
        }
        saveFocus();
        save();
        location.reload();
    };
    button.addEventListener("click", () => {
        state.refresh = !state.refresh;
        show();
        save();
    });
    show();
    setTimeout(refresh, 1000 * seconds);
    node.append(button);
    return node;
}

const FOCUSABLE = "a, button, input, summary, [tabindex]";

/** Where the keyboard was, for a page that reloads itself. */
function saveFocus() {
    const active = document.activeElement;
    const section = active?.closest("section[id], #bar");
    state.focus = section
        ? [section.id, [...section.querySelectorAll(FOCUSABLE)].indexOf(active)]
        : null;
}

function restoreFocus() {
    if (!state.focus) return;
    const [id, place] = state.focus;
    document.getElementById(id)?.querySelectorAll(FOCUSABLE)[place]?.focus({ preventScroll: true });
    state.focus = null;
}

function foot() {
    const made = dateText(data.made);
    document
        .getElementById("foot")
        .append(
            element(
                "span",
                null,
                [`aann ${data.aann ?? ""}`, made ? `made ${made}` : "", data.study?.name ?? ""]
                    .filter(Boolean)
                    .join(" · "),
            ),
            element(
                "span",
                null,
                "One file, nothing loaded: it can be mailed, printed, kept with the paper.",
            ),
        );
}

/** A section that cannot be drawn leaves the others alone. */
function attempt(section) {
    try {
        section();
    } catch (error) {
        console.error(error);
        document
            .getElementById("content")
            .append(
                element(
                    "p",
                    { class: "card empty" },
                    `A section of this page could not be drawn: ${error.message}.`,
                ),
            );
    }
}

function main() {
    if (data.format !== 1) {
        document
            .getElementById("content")
            .append(
                element(
                    "p",
                    { class: "card" },
                    `The data of this page have format ${data.format}; its program reads format 1.`,
                ),
            );
        return;
    }
    document.getElementById("content").replaceChildren();
    chooseFirst();
    head();
    for (const section of [
        curvesSection,
        membersSection,
        votesSection,
        driveSection,
        pathSection,
        walkSection,
        scatterSection,
        mapSection,
        distancesSection,
        confusionSection,
        filtersSection,
        wiringSection,
        samplesSection,
        experimentSection,
        missingSection,
        layersSection,
        optionsSection,
    ])
        attempt(section);
    arrangeCards();
    paintAll();
    bar();
    foot();
    if (state.scroll) {
        history.scrollRestoration = "manual";
        window.scrollTo({ top: state.scroll, behavior: "instant" });
    }
    restoreFocus();
    window.addEventListener("pagehide", save);
}

main();
