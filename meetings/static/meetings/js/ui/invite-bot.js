/**
 * Calling oneself: somebody who is alone asks the bot to come and talk back, and is told how it goes until it is there.
 *
 * @import {Call} from "../call.js"
 */
import { t } from "../i18n.js";
import { codeOf, SignallingError } from "../signalling/error.js";
import { botWording } from "../words.js";
import { byId, find } from "./dom.js";

/** From here on people wonder. */
const LONG = 5_000;
/** The server has given up before. What it said then was lost with a socket. */
const PATIENCE = 20_000;

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
  const progress = byId("invite-bot-progress", HTMLElement);
  /** @type {ReturnType<typeof setTimeout>[]} */ let timers = [];
  let coming = false;
  place.hidden = !allowed;

  /** @param {boolean} now  @param {string} sentence */
  const show = (now, sentence) => {
    timers.forEach(clearTimeout);
    timers = [];
    coming = now;
    // It keeps the focus of whoever pressed it.
    button.setAttribute("aria-disabled", String(now));
    words.textContent = now ? t("It is on its way…") : t("Test with the bot");
    progress.textContent = sentence;
    progress.classList.remove("alone-failed");
  };
  /** @param {string} code  @param {string} [details] */
  const failed = (code, details) => {
    if (!coming) return;
    show(false, botWording(code, details));
    progress.classList.add("alone-failed");
  };

  button.addEventListener("click", () => {
    if (coming) return;
    show(true, t("The bot is on its way. It takes a few seconds."));
    timers = [
      setTimeout(() => (progress.textContent = t("Still waiting for the bot: the server is starting it, which takes longer while it is busy.")), LONG),
      setTimeout(() => failed("TIMEOUT"), PATIENCE),
    ];
    call.signalling
      .request("invite-bot")
      .catch((error) => failed(codeOf(error), error instanceof SignallingError ? error.details : ""));
  });
  call.on("botStaysAway", ({ code, details }) => failed(code, details));
  return { alone: () => show(false, "") };
}
