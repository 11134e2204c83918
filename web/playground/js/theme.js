/* Light and dark: as the system says, until the button is pressed. */
import { byId } from "./page.js";

const system = matchMedia("(prefers-color-scheme: dark)");

/** Sets up the button; calls changed() when the colours have changed. */
export function setUpTheme(changed) {
    const button = byId("theme");
    const root = document.documentElement;
    let chosen = null;
    const show = () => {
        const dark = chosen ?? system.matches;
        root.dataset.theme = dark ? "dark" : "light";
        button.textContent = dark ? "Light" : "Dark";
        button.setAttribute("aria-label", dark ? "Use light colours" : "Use dark colours");
    };
    button.addEventListener("click", () => {
        chosen = root.dataset.theme !== "dark";
        show();
        changed();
    });
    system.addEventListener("change", () => {
        show();
        changed();
    });
    show();
}
