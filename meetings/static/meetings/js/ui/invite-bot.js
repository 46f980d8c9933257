/**
 * Calling oneself: somebody who is alone asks the bot to come and talk back.
 *
 * @import {Call} from "../call.js"
 */
import { codeOf } from "../signalling/error.js";
import { byId, find } from "./dom.js";

/**
 * @param {object} parts
 * @param {boolean} parts.allowed
 * @param {Call} parts.call
 * @returns {{alone: () => void}}  To be called whenever I am alone again.
 */
export function mountInviteBot({ allowed, call }) {
  const place = byId("invite-bot", HTMLElement);
  const button = byId("invite-bot-button", HTMLButtonElement);
  const words = find(button, "span", HTMLElement);
  place.hidden = !allowed;
  const busy = (/** @type {boolean} */ coming) => {
    button.setAttribute("aria-busy", String(coming));
    words.textContent = coming ? "It is on its way…" : "Test with the bot";
  };
  button.addEventListener("click", () => {
    if (button.getAttribute("aria-busy") === "true") return;
    busy(true);
    call.signalling.request("invite-bot").catch((error) => call.emit("trouble", { code: codeOf(error), during: "invite-bot" }));
  });
  call.on("trouble", ({ during }) => during === "invite-bot" && busy(false));
  return { alone: () => busy(false) };
}
