import { arrowsAlong } from "./dom.js";

/**
 * Tabs, each with its own part of the page: arrow keys, Home and End go from one to the other.
 *
 * @param {HTMLElement} list  The `tablist`; each tab names what it shows with `aria-controls`.
 * @returns {{choose: (tab: HTMLElement) => void}}
 */
export function mountTabs(list) {
  const tabs = /** @type {HTMLElement[]} */ ([...list.querySelectorAll("[role=tab]")]);
  /** @param {HTMLElement} chosen */
  const choose = (chosen) => {
    for (const tab of tabs) {
      tab.setAttribute("aria-selected", String(tab === chosen));
      tab.tabIndex = tab === chosen ? 0 : -1;
      const shown = document.getElementById(tab.getAttribute("aria-controls") ?? "");
      if (shown) shown.hidden = tab !== chosen;
    }
  };
  list.addEventListener("click", (event) => {
    const tab = event.target instanceof Element ? event.target.closest("[role=tab]") : null;
    if (tab instanceof HTMLElement) choose(tab);
  });
  list.addEventListener("keydown", (event) => {
    const at = tabs.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const [onward, back] = arrowsAlong(list);
    /** @type {Readonly<Record<string, number>>} */ const steps = { [onward]: at + 1, [back]: at - 1 + tabs.length, Home: 0, End: tabs.length - 1 };
    const to = steps[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    const tab = tabs[to % tabs.length];
    if (!tab) return;
    choose(tab);
    tab.focus();
  });
  return { choose };
}
