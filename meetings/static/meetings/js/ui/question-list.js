/**
 * What people asked, what most want to know first, and a field to ask in.
 *
 * @import {AskedQuestion} from "../contract.js"
 * @import {Questions} from "../questions.js"
 * @import {MeetingState} from "../state/meeting-state.js"
 * @import {Store} from "../state/store.js"
 * @import {Question} from "./confirming.js"
 */
import { t, tn } from "../i18n.js";
import { isHost, mySending } from "../state/meeting-state.js";
import { harmless } from "../state/message-text.js";
import { excerpt } from "./chat-message.js";
import { byId, find } from "./dom.js";
import { OrderedRows } from "./ordered-rows.js";

/**
 * @param {object} parts
 * @param {Questions} parts.questions
 * @param {Store<MeetingState>} parts.store
 * @param {(question: Question) => void} parts.confirm
 * @returns {{render: () => void, focus: () => void}}
 */
export function mountQuestionList({ questions, store, confirm }) {
  const empty = byId("questions-empty", HTMLElement);
  const more = byId("questions-more", HTMLButtonElement);
  const form = byId("question-form", HTMLFormElement);
  const field = byId("question-field", HTMLTextAreaElement);
  const send = byId("question-send", HTMLButtonElement);
  const hint = byId("question-hint", HTMLElement);
  const rows = new OrderedRows(byId("questions-list", HTMLElement), {
    id: (/** @type {AskedQuestion} */ one) => one.questionId,
    make: newRow,
    show: (row, one) => showQuestion(row, one),
    focusLost: () => byId("questions-tab", HTMLElement).focus(),
  });

  /** @param {HTMLElement} row @param {AskedQuestion} one */
  const showQuestion = (row, one) => {
    const { questionId, votes, voted = false } = one;
    const answered = one.state === "answered";
    const host = isHost(store.state);
    const question = excerpt(one.question);
    row.dataset["state"] = one.state;
    find(row, ".question-name", HTMLElement).textContent = one.mine ? t("You") : harmless(one.displayName);
    find(row, ".question-words", HTMLElement).textContent = harmless(one.question);
    find(row, ".question-answered", HTMLElement).hidden = !answered;
    find(row, ".question-votes", HTMLElement).textContent = String(votes);
    const vote = find(row, ".question-vote", HTMLButtonElement);
    vote.setAttribute("aria-pressed", String(voted));
    vote.setAttribute("aria-label", tn("I want to know this too: “{question}”. {count} wants to know it.", "I want to know this too: “{question}”. {count} want to know it.", votes, { question }));
    vote.title = voted ? t("Take your vote back") : t("I want to know this too");
    vote.onclick = () => void questions.vote(questionId, !voted);
    const answer = find(row, "[data-act=answer]", HTMLButtonElement);
    answer.hidden = !host;
    answer.title = answered ? t("Not answered after all") : t("Mark as answered");
    answer.setAttribute("aria-label", t("{act}: “{question}”", { act: answer.title, question }));
    answer.onclick = () => void questions.answer(questionId, !answered);
    const dismiss = find(row, "[data-act=dismiss]", HTMLButtonElement);
    dismiss.hidden = !host;
    dismiss.setAttribute("aria-label", t("Dismiss the question “{question}”", { question }));
    dismiss.onclick = () =>
      confirm({
        title: t("Dismiss this question?"),
        text: t("“{question}” is gone from everybody’s list. After the meeting you still find it among its questions.", { question }),
        label: t("Dismiss"),
        act: () => void questions.dismiss(questionId),
      });
  };
  const showForm = () => {
    const may = mySending(store.state).chat;
    field.disabled = !may;
    hint.textContent = may ? t("Everybody in the meeting reads it, with your name.") : t("You may write to the hosts only at the moment.");
    send.setAttribute("aria-disabled", String(!may || field.value.trim() === ""));
  };
  const render = () => {
    const { state } = questions.store;
    rows.show(state.questions);
    empty.hidden = !state.loaded || state.questions.length > 0;
    more.hidden = !state.more;
    showForm();
  };
  const ask = async () => {
    const words = field.value.trim();
    if (send.getAttribute("aria-disabled") === "true" || words === "") return;
    if (!(await questions.ask(words))) return;
    field.value = "";
    showForm();
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void ask();
    field.focus();
  });
  field.addEventListener("keydown", (event) => {
    // While an input method composes, Enter is its own.
    if (event.isComposing || event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    void ask();
  });
  field.addEventListener("input", showForm);
  more.addEventListener("click", async () => {
    await questions.loadFurther();
    if (more.hidden) field.focus();
  });
  return { render, focus: () => field.focus() };
}

/** @returns {HTMLElement} */
function newRow() {
  const fragment = /** @type {DocumentFragment} */ (byId("question-template", HTMLTemplateElement).content.cloneNode(true));
  return find(fragment, ".question", HTMLElement);
}
