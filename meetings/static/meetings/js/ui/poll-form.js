/**
 * Where a poll is made: a question, answers one a line, and how it is voted.
 *
 * @import {Polls} from "../polls.js"
 */
import { t } from "../i18n.js";
import { optionsIn } from "../state/poll-state.js";
import { byId, find } from "./dom.js";

/**
 * @param {Polls} polls
 * @returns {{show: (allowed: boolean) => void}}  Shows whether one may be made.
 */
export function mountPollForm(polls) {
  const opener = byId("poll-new", HTMLButtonElement);
  const form = byId("poll-form", HTMLFormElement);
  const question = byId("poll-question", HTMLInputElement);
  const answers = byId("poll-answers", HTMLTextAreaElement);
  const problem = byId("poll-problem", HTMLElement);
  const limits = { most: Number(answers.dataset["most"]), longest: Number(answers.dataset["longest"]) };
  const box = (/** @type {string} */ name) => find(form, `[name=${name}]`, HTMLInputElement).checked;
  let allowed = false;

  /** @param {boolean} open */
  const toggle = (open) => {
    form.hidden = !open;
    opener.hidden = open || !allowed;
  };
  const done = () => {
    toggle(false);
    opener.focus();
  };
  /** @param {HTMLElement} field @param {string} words */
  const complain = (field, words) => {
    problem.textContent = words;
    field.focus();
  };
  /** @param {boolean} open */
  const create = async (open) => {
    const { options, problem: wrong } = optionsIn(answers.value, limits);
    if (question.value.trim() === "") return complain(question, t("Write a question."));
    if (wrong) return complain(answers, wrong);
    problem.textContent = "";
    const made = await polls.create({
      question: question.value.trim(), options, open,
      kind: box("several") ? "multiple" : "single",
      anonymous: box("anonymous"),
      resultsFor: box("hidden-results") ? "hosts" : "everybody",
    });
    if (!made) return;
    form.reset();
    done();
  };
  opener.addEventListener("click", () => {
    toggle(true);
    question.focus();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void create(true);
  });
  byId("poll-draft", HTMLButtonElement).addEventListener("click", () => void create(false));
  byId("poll-cancel", HTMLButtonElement).addEventListener("click", () => {
    problem.textContent = "";
    done();
  });
  return {
    show: (may) => {
      allowed = may;
      toggle(may && !form.hidden);
    },
  };
}
