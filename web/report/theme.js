/* Light, dark, or what the reader's system says. Paper is always light. */
const systemIsDark = matchMedia("(prefers-color-scheme: dark)");
const THEMES = [
    ["auto", "Auto"],
    ["light", "Light"],
    ["dark", "Dark"],
];

function applyTheme() {
    const dark = state.theme === "dark" || (state.theme === "auto" && systemIsDark.matches);
    document.documentElement.dataset.theme = dark && !printing ? "dark" : "light";
}

let printing = false;
systemIsDark.addEventListener("change", applyTheme);
window.addEventListener("beforeprint", () => {
    printing = true;
    applyTheme();
});
window.addEventListener("afterprint", () => {
    printing = false;
    applyTheme();
});
applyTheme();

function themeSwitch() {
    state.tabs.theme = state.theme;
    return tabs("theme", "Colours", THEMES, (name) => {
        state.theme = name;
        applyTheme();
    });
}
