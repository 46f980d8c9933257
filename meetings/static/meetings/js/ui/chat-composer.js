/**
 * Where messages are written: Enter sends, Shift and Enter begin a new line; a message of one's own can be taken up again.
 *
 * @import {ChatMessage} from "../contract.js"
 * @import {Chat, Recipient} from "../chat.js"
 * @import {MeetingState} from "../state/meeting-state.js"
 * @import {Store} from "../state/store.js"
 */
import { t, tn } from "../i18n.js";
import { chosenRecipient, recipientsOf, showRecipients } from "./chat-recipients.js";
import { byId, find } from "./dom.js";
import { mountFilePicking } from "./file-picking.js";

/** From here on it is said how much more fits. */
const NEARLY_FULL = 200;

/**
 * @param {Chat} chat
 * @param {Store<MeetingState>} store
 * @returns {{focus: () => void, edit: (message: ChatMessage) => void, render: () => void}}
 */
export function mountChatComposer(chat, store) {
  const form = byId("chat-form", HTMLFormElement);
  const select = byId("chat-to", HTMLSelectElement);
  const field = byId("chat-field", HTMLTextAreaElement);
  const send = byId("chat-send", HTMLButtonElement);
  const hint = byId("chat-hint", HTMLElement);
  const editing = byId("chat-editing", HTMLElement);
  /** @type {Recipient} */ let to = { recipientType: "all", recipientName: "" };
  /** @type {ChatMessage | null} */ let edited = null;
  /** What was being written when a message was taken up. */ let draft = "";

  let problem = "";
  const files = mountFilePicking({
    field,
    isAllowed: () => chat.fileMegabytes > 0 && problem === "" && edited === null,
    changed: () => render(),
  });
  byId("chat-attach", HTMLButtonElement).hidden = chat.fileMegabytes === 0;

  const render = () => {
    const offered = recipientsOf(store.state, to);
    showRecipients(select, offered);
    select.disabled = edited !== null;
    editing.hidden = edited === null;
    const left = field.maxLength - field.value.length;
    problem = edited ? "" : offered.problem;
    hint.textContent = problem || (left < NEARLY_FULL ? tn("{count} more character fits.", "{count} more characters fit.", left) : edited ? "" : offered.note);
    hint.classList.toggle("chat-hint--problem", problem !== "");
    send.disabled = problem !== "" || (field.value.trim() === "" && (edited !== null || files.count() === 0));
    files.render();
    send.setAttribute("aria-label", edited ? t("Save the changed message") : t("Send"));
    send.title = edited ? t("Save the changed message (Enter)") : t("Send (Enter)");
  };
  const stopEditing = () => {
    if (!edited) return;
    edited = null;
    field.value = draft;
    render();
  };
  const submit = async () => {
    const words = field.value.trim();
    if (send.disabled) return;
    if (edited) {
      const { messageId, message } = edited;
      if (words === message || (await chat.edit(messageId, words))) stopEditing();
      return;
    }
    field.value = "";
    const [first, ...more] = files.take();
    if (first) chat.share(first, words, to);
    else chat.send(words, to);
    for (const file of more) chat.share(file, "", to);
    render();
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void submit();
    field.focus();
  });
  field.addEventListener("keydown", (event) => {
    // While an input method composes, Enter and Escape are its own.
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      void submit();
    } else if (event.key === "Escape" && edited) {
      event.preventDefault();
      stopEditing();
    }
  });
  field.addEventListener("input", () => {
    if (!edited) chat.typing(field.value.trim() === "" || send.disabled ? null : to);
    render();
  });
  field.addEventListener("blur", () => chat.typing(null));
  select.addEventListener("change", () => {
    to = chosenRecipient(select, store.state);
    render();
  });
  find(editing, "button", HTMLButtonElement).addEventListener("click", () => {
    stopEditing();
    field.focus();
  });
  return {
    focus: () => field.focus(),
    edit: (message) => {
      if (!edited) draft = field.value;
      edited = message;
      field.value = message.message;
      render();
      field.focus();
    },
    render,
  };
}
