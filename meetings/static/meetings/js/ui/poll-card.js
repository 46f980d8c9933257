/**
 * One poll: its question, the options to choose from, and how the votes stand. What people wrote gets into the page as text alone.
 *
 * @import {Poll} from "../contract.js"
 */
import { t } from "../i18n.js";
import { pollNotes, votersWords } from "../polls-words.js";
import { harmless } from "../state/message-text.js";
import { shares } from "../state/poll-state.js";
import { byId, find } from "./dom.js";

const STATES = { draft: t("Draft"), open: t("Open"), closed: t("Closed") };

/**
 * @typedef {object} PollActs
 * @property {(poll: Poll, options: number[]) => void} vote
 * @property {(poll: Poll) => void} open
 * @property {(poll: Poll) => void} close
 * @property {(poll: Poll) => void} remove
 */

/** @param {Poll} poll @returns {HTMLElement} A card with the options of this poll. */
export function newCard(poll) {
  const card = cloned("poll-template", ".poll");
  const options = poll.options.map((text, at) => {
    const option = cloned("poll-option-template", ".poll-option");
    const input = find(option, "input", HTMLInputElement);
    input.type = poll.kind === "multiple" ? "checkbox" : "radio";
    input.name = `poll-${poll.pollId}`;
    input.value = String(at);
    find(option, ".poll-option-text", HTMLElement).textContent = harmless(text);
    return option;
  });
  find(card, ".poll-options", HTMLElement).append(...options);
  find(card, ".poll-question", HTMLElement).textContent = harmless(poll.question);
  return card;
}

/**
 * @param {HTMLElement} card
 * @param {Poll} poll
 * @param {{runs: boolean, acts: PollActs}} context  Whether I open and close polls.
 */
export function showCard(card, poll, { runs, acts }) {
  const { state, results } = poll;
  const mine = poll.mine ?? [];
  card.dataset["state"] = state;
  find(card, ".poll-state", HTMLElement).textContent = STATES[state];
  find(card, ".poll-notes", HTMLElement).textContent = pollNotes(poll);
  find(card, ".poll-voters", HTMLElement).textContent = countWords(poll);
  showOptions(card, poll);
  const vote = find(card, ".poll-vote", HTMLButtonElement);
  vote.hidden = state !== "open";
  vote.textContent = mine.length > 0 ? t("Change vote") : t("Vote");
  const inputs = inputsOf(card);
  const ready = () => {
    const chosen = chosenIn(inputs);
    vote.setAttribute("aria-disabled", String(chosen.length === 0 || chosen.join() === mine.join()));
  };
  for (const input of inputs) input.onchange = ready;
  ready();
  find(card, "form", HTMLFormElement).onsubmit = (event) => {
    event.preventDefault();
    if (vote.getAttribute("aria-disabled") === "false") acts.vote(poll, chosenIn(inputs));
  };
  const question = harmless(poll.question);
  showButton(card, "open", t("Open the poll “{question}”", { question }), runs && state === "draft", () => acts.open(poll));
  showButton(card, "close", t("Close the poll “{question}”", { question }), runs && state === "open", () => acts.close(poll));
  showButton(card, "delete", t("Delete the poll “{question}”", { question }), runs, () => acts.remove(poll));
  find(card, ".poll-results", HTMLElement).hidden = results !== null || state === "draft";
}

/** @param {HTMLElement} card @param {Poll} poll */
function showOptions(card, { state, results, mine = [] }) {
  const percent = results ? shares(results) : [];
  const shown = results !== null && state !== "draft";
  // What somebody has chosen and not sent is theirs, until their vote is another one.
  const changed = card.dataset["mine"] !== mine.join();
  card.dataset["mine"] = mine.join();
  for (const [at, option] of [...card.querySelectorAll(".poll-option")].entries()) {
    const input = find(option, "input", HTMLInputElement);
    input.disabled = state !== "open";
    if (changed) input.checked = mine.includes(at);
    const votes = results?.votes[at] ?? 0;
    find(option, ".poll-option-result", HTMLElement).textContent = shown ? `${votes} (${percent[at] ?? 0}%)` : "";
    const bar = find(option, ".poll-bar", HTMLElement);
    bar.hidden = !shown;
    bar.style.setProperty("--share", `${percent[at] ?? 0}%`);
  }
}

/** @param {Poll} poll */
function countWords({ state, results, mine = [] }) {
  const words = state === "draft" ? t("For hosts and presenters alone") : results ? votersWords(results.voters) : "";
  return [words, mine.length > 0 ? (words ? t("you too") : t("You voted")) : ""].filter(Boolean).join(t(", "));
}

/** @param {HTMLElement} card */
function inputsOf(card) {
  return /** @type {HTMLInputElement[]} */ ([...card.querySelectorAll(".poll-option input")]);
}

/** @param {HTMLInputElement[]} inputs */
function chosenIn(inputs) {
  return inputs.filter((input) => input.checked).map((input) => Number(input.value));
}

/** @param {HTMLElement} card @param {string} act @param {string} label @param {boolean} shown @param {() => void} press */
function showButton(card, act, label, shown, press) {
  const button = find(card, `[data-act=${act}]`, HTMLButtonElement);
  button.hidden = !shown;
  button.setAttribute("aria-label", label);
  button.onclick = press;
}

/** @param {string} template @param {string} selector */
function cloned(template, selector) {
  const fragment = /** @type {DocumentFragment} */ (byId(template, HTMLTemplateElement).content.cloneNode(true));
  return find(fragment, selector, HTMLElement);
}
