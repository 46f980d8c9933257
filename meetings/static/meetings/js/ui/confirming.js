/**
 * Asks before something grave is done that cannot be taken back.
 *
 * @typedef {object} Question
 * @property {string} title
 * @property {string} text
 * @property {string} label          Of the button that does it.
 * @property {string} [option]       A box that can be ticked; none when empty.
 * @property {(ticked: boolean) => void} act
 */
import { closeOnBackdrop } from "./dialog.js";
import { byId, find } from "./dom.js";

/** @returns {(question: Question) => void} Asks. */
export function mountConfirming() {
  const dialog = byId("confirm-dialog", HTMLDialogElement);
  const row = byId("confirm-option", HTMLElement);
  const box = find(row, "input", HTMLInputElement);
  const yes = byId("confirm-yes", HTMLButtonElement);
  /** @type {Question | null} */ let asked = null;
  closeOnBackdrop(dialog);
  byId("confirm-no", HTMLButtonElement).addEventListener("click", () => dialog.close());
  yes.addEventListener("click", () => {
    const question = asked;
    dialog.close();
    question?.act(box.checked);
  });
  return (question) => {
    asked = question;
    byId("confirm-heading", HTMLElement).textContent = question.title;
    byId("confirm-text", HTMLElement).textContent = question.text;
    yes.textContent = question.label;
    row.hidden = !question.option;
    box.checked = false;
    find(row, "span", HTMLElement).textContent = question.option ?? "";
    dialog.showModal();
  };
}
