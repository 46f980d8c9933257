/**
 * A menu that opens from a button: arrow keys inside, Escape and a click elsewhere close it.
 *
 * @param {HTMLButtonElement} button
 * @param {HTMLElement} menu
 */
export function mountMenu(button, menu) {
  const items = () => /** @type {HTMLElement[]} */ ([...menu.querySelectorAll("[role=menuitem]")]).filter((item) => item.offsetParent !== null);
  /** @param {boolean} open @param {boolean} [refocus] */
  const toggle = (open, refocus = false) => {
    menu.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
    if (open) items()[0]?.focus();
    else if (refocus) button.focus();
  };
  button.addEventListener("click", () => toggle(Boolean(menu.hidden)));
  menu.addEventListener("click", () => toggle(false, true));
  document.addEventListener("pointerdown", (event) => {
    const inside = event.target instanceof Node && (menu.contains(event.target) || button.contains(event.target));
    if (!menu.hidden && !inside) toggle(false);
  });
  menu.addEventListener("keydown", (event) => {
    const all = items();
    const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const steps = { ArrowDown: at + 1, ArrowUp: at - 1 + all.length, Home: 0, End: all.length - 1 };
    if (event.key === "Escape") toggle(false, true);
    else if (event.key === "Tab") toggle(false);
    else if (event.key in steps) all[steps[/** @type {keyof typeof steps} */ (event.key)] % all.length]?.focus();
    else return;
    if (event.key !== "Tab") event.preventDefault();
    event.stopPropagation();
  });
}
