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
    const steps = { ArrowRight: at + 1, ArrowLeft: at - 1 + all.length, Home: 0, End: all.length - 1 };
    if (!(event.key in steps)) return;
    event.preventDefault();
    all[steps[/** @type {keyof typeof steps} */ (event.key)] % all.length]?.focus();
  });
  toolbar.addEventListener("focusin", (event) => {
    const button = event.target instanceof HTMLButtonElement ? event.target : undefined;
    if (button && !button.closest("[role=menu]")) rove(button);
  });
  rove(buttons()[0] ?? toolbar.querySelector("button") ?? undefined);
}
