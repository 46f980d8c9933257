import { arrowsAlong } from "./dom.js";

/** Arrow keys, Home and End move along the buttons of a toolbar; Tab goes in and out in one step. @param {HTMLElement} toolbar */
export function mountToolbar(toolbar) {
  const buttons = () =>
    [...toolbar.querySelectorAll("button")].filter((button) => !button.closest("[role=menu]") && button.offsetParent !== null);
  /** @param {HTMLButtonElement | undefined} chosen */
  const rove = (chosen) => {
    for (const button of toolbar.querySelectorAll("button")) {
      if (!button.closest("[role=menu]")) button.tabIndex = button === chosen ? 0 : -1;
    }
  };
  toolbar.addEventListener("keydown", (event) => {
    const all = buttons();
    const at = all.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
    if (at < 0) return;
    const [onward, back] = arrowsAlong(toolbar);
    /** @type {Readonly<Record<string, number>>} */ const steps = { [onward]: at + 1, [back]: at - 1 + all.length, Home: 0, End: all.length - 1 };
    const to = steps[event.key];
    if (to === undefined) return;
    event.preventDefault();
    all[to % all.length]?.focus();
  });
  toolbar.addEventListener("focusin", (event) => {
    const button = event.target instanceof HTMLButtonElement ? event.target : undefined;
    if (button && !button.closest("[role=menu]")) rove(button);
  });
  rove(buttons()[0] ?? toolbar.querySelector("button") ?? undefined);
}
