/** Short messages at the bottom left, read out politely, gone by themselves. */
import { byId, make, makeIcon } from "./dom.js";

const STAY = 5_000;
const STAY_BAD = 9_000;
const STAY_TO_ACT = 20_000;
const AT_ONCE = 4;

/**
 * @param {string} text
 * @param {object} [options]
 * @param {string} [options.icon]
 * @param {boolean} [options.bad]  Stays longer and is marked.
 * @param {boolean} [options.stays]  Stays as long as one to act on.
 * @param {{label: string, act: () => void}} [options.action]  A button beside the words; with one, it stays longer still.
 * @returns {() => void}  Takes it away before its time.
 */
export function toast(text, { icon = "info", bad = false, stays = false, action } = {}) {
  const container = byId("toasts", HTMLElement);
  // The same sentence again takes the place of the one that is there.
  for (const shown of container.querySelectorAll(".toast")) if (shown.querySelector(".toast-text")?.textContent === text) shown.remove();
  while (container.childElementCount >= AT_ONCE) container.firstElementChild?.remove();
  const element = make("div", bad ? "toast toast--bad" : "toast");
  element.append(makeIcon(bad ? "circle-alert" : icon), make("span", "toast-text", text));
  const away = () => element.remove();
  if (action) {
    const button = make("button", "button button--quiet button--small", action.label);
    button.setAttribute("type", "button");
    button.addEventListener("click", () => {
      away();
      action.act();
    });
    element.append(button);
  }
  container.append(element);
  setTimeout(away, action || stays ? STAY_TO_ACT : bad ? STAY_BAD : STAY);
  return away;
}
