/** Short messages at the bottom left, read out politely, gone by themselves. */
import { byId, make, makeIcon } from "./dom.js";

const STAY = 5_000;
const STAY_BAD = 9_000;
const AT_ONCE = 4;

/**
 * @param {string} text
 * @param {{icon?: string, bad?: boolean}} [options]  `bad` stays longer and is marked.
 */
export function toast(text, { icon = "info", bad = false } = {}) {
  const container = byId("toasts", HTMLElement);
  // The same sentence again takes the place of the one that is there.
  for (const shown of container.querySelectorAll(".toast")) if (shown.textContent === text) shown.remove();
  while (container.childElementCount >= AT_ONCE) container.firstElementChild?.remove();
  const element = make("div", bad ? "toast toast--bad" : "toast");
  element.append(makeIcon(bad ? "circle-alert" : icon), make("span", "toast-text", text));
  container.append(element);
  setTimeout(() => element.remove(), bad ? STAY_BAD : STAY);
}
