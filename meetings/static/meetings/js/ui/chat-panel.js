/**
 * The chat, in a panel at the right: what was written, who writes, and a field to write in.
 *
 * @import {ChatMessage} from "../contract.js"
 * @import {Chat} from "../chat.js"
 * @import {Outgoing} from "../state/chat-state.js"
 * @import {MeetingState} from "../state/meeting-state.js"
 * @import {Store} from "../state/store.js"
 * @import {Question} from "./confirming.js"
 * @import {PanelHandle, SidePanels} from "./side-panels.js"
 */
import { t, tn } from "../i18n.js";
import { typingWords } from "../chat-words.js";
import { unread } from "../state/chat-state.js";
import { isHost } from "../state/meeting-state.js";
import { harmless } from "../state/message-text.js";
import { mountChatComposer } from "./chat-composer.js";
import { gist, newRow, showMessage, showOutgoing } from "./chat-message.js";
import { byId } from "./dom.js";
import { toast } from "./toasts.js";

/** Pixels from the end at which somebody still reads along. */
const AT_END = 40;
const MOST_COUNTED = 99;

/**
 * @param {object} parts
 * @param {Chat} parts.chat
 * @param {Store<MeetingState>} parts.store
 * @param {SidePanels} parts.panels
 * @param {(question: Question) => void} parts.confirm
 * @returns {PanelHandle}
 */
export function mountChatPanel({ chat, store, panels, confirm }) {
  const panel = byId("chat-panel", HTMLElement);
  const button = byId("bar-chat", HTMLButtonElement);
  const list = byId("chat-messages", HTMLElement);
  const log = byId("chat-log", HTMLElement);
  const scroller = byId("chat-scroll", HTMLElement);
  const earlier = byId("chat-earlier", HTMLButtonElement);
  const newer = byId("chat-newer", HTMLButtonElement);
  const empty = byId("chat-empty", HTMLElement);
  const typing = byId("chat-typing", HTMLElement);
  const badge = byId("chat-unread", HTMLElement);
  /** @type {Map<string, {row: HTMLElement, shown: unknown}>} By message id. */ const rows = new Map();
  const composer = mountChatComposer(chat, store);
  const acts = {
    edit: composer.edit,
    /** @param {ChatMessage} message */
    remove: (message) =>
      confirm({
        title: message.mine ? t("Delete your message?") : t("Delete the message of {name}?", { name: harmless(message.displayName) }),
        text: t("“{text}” is gone for everybody who got it. A line stays that says so.", { text: gist(message) }),
        label: t("Delete"),
        act: () => void chat.delete(message.messageId),
      }),
    /** @param {import("../contract.js").SharedFile} file */
    save: async (file) => {
      const address = await chat.addressOf(file);
      if (address === null) return;
      const link = document.createElement("a");
      link.href = address;
      link.download = "";
      link.click();
    },
    ticketed: (/** @type {import("../contract.js").SharedFile} */ file) => chat.pictureAddressOf(file),
    /** @param {Outgoing} outgoing */
    again: (outgoing) => chat.sendAgain(outgoing),
    /** @param {Outgoing} outgoing */
    discard: (outgoing) => {
      chat.discard(outgoing);
      composer.focus();
    },
  };
  /** Whether the newest message stays in sight. */ let following = true;
  const isAtEnd = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < AT_END;
  const toEnd = () => scroller.scrollTo({ top: scroller.scrollHeight });

  const showRows = () => {
    const { messages, outgoing } = chat.store.state;
    const host = isHost(store.state);
    const wanted = new Set([...messages, ...outgoing].map((one) => one.messageId));
    for (const [id, { row }] of rows) {
      if (wanted.has(id)) continue;
      row.remove();
      rows.delete(id);
    }
    /** @param {string} id @param {number} at @param {unknown} key @param {(row: HTMLElement) => void} show */
    const place = (id, at, key, show) => {
      let known = rows.get(id);
      // What was on its way becomes a message in a row of its own.
      if (known && key === "sent" && known.row.classList.contains("message--outgoing")) {
        known.row.remove();
        known = undefined;
      }
      known ??= { row: newRow(), shown: null };
      rows.set(id, known);
      if (list.children[at] !== known.row) list.insertBefore(known.row, list.children[at] ?? null);
      show(known.row);
    };
    for (const [at, message] of messages.entries()) {
      place(message.messageId, at, "sent", (row) => {
        const entry = /** @type {{shown: unknown}} */ (rows.get(message.messageId));
        const before = messages[at - 1];
        const shown = [message, before, host];
        if (sameItems(entry.shown, shown)) return;
        entry.shown = shown;
        showMessage(row, message, { before, mayDelete: message.mine || host, acts });
      });
    }
    for (const [at, one] of outgoing.entries()) place(one.messageId, messages.length + at, "outgoing", (row) => showOutgoing(row, one, acts));
  };
  const render = () => {
    const { state } = chat.store;
    const count = unread(state);
    badge.hidden = count === 0;
    badge.textContent = count > MOST_COUNTED ? `${MOST_COUNTED}+` : String(count);
    button.setAttribute("aria-label", count === 0 ? t("Chat") : tn("Chat, {count} unread", "Chat, {count} unread", count));
    button.title = t("Chat (C)");
    if (panel.hidden) return;
    const last = list.lastElementChild;
    showRows();
    empty.hidden = !state.loaded || state.messages.length + state.outgoing.length > 0;
    earlier.hidden = !state.more;
    const grew = list.lastElementChild !== last;
    if (following || (grew && state.outgoing.length > 0)) toEnd();
    else if (grew) newer.hidden = false;
    const writers = [...state.typing].flatMap(([id, one]) => {
      const person = store.state.participants.get(id);
      return person ? [{ name: harmless(person.displayName), private: one.recipientType === "private" }] : [];
    });
    typing.textContent = typingWords(writers);
  };

  const handle = panels.add({
    panel,
    button,
    close: byId("chat-close", HTMLButtonElement),
    shown: (open) => {
      chat.looking(open);
      if (!open) return;
      following = true;
      composer.render();
      render();
      toEnd();
      newer.hidden = true;
      composer.focus();
    },
  });
  chat.store.watch((state) => state, render);
  for (const part of /** @type {const} */ (["participants", "role"])) {
    store.watch((state) => state[part], () => {
      if (panel.hidden) return;
      composer.render();
      render();
    });
  }
  chat.on("heard", (message) => {
    const said = { name: harmless(message.displayName), text: gist(message, 120) };
    if (panel.hidden) toast(message.recipientType === "private" ? t("{name} (to you alone): {text}", said) : t("{name}: {text}", said), { icon: "message-square" });
  });
  chat.on("trouble", (sentence) => toast(sentence, { bad: true }));
  scroller.addEventListener("scroll", () => {
    following = isAtEnd();
    if (following) newer.hidden = true;
  });
  // A phone's keyboard takes half of it away.
  new ResizeObserver(() => {
    if (following) toEnd();
  }).observe(scroller);
  newer.addEventListener("click", () => {
    toEnd();
    composer.focus();
  });
  earlier.addEventListener("click", async () => {
    const fromEnd = scroller.scrollHeight - scroller.scrollTop;
    // Old messages are not read out as if they were new.
    log.setAttribute("aria-live", "off");
    await chat.loadEarlier();
    scroller.scrollTop = scroller.scrollHeight - fromEnd;
    log.removeAttribute("aria-live");
    if (earlier.hidden) composer.focus();
  });
  return handle;
}

/** @param {unknown} one @param {readonly unknown[]} other */
function sameItems(one, other) {
  return Array.isArray(one) && one.length === other.length && one.every((item, at) => Object.is(item, other[at]));
}
