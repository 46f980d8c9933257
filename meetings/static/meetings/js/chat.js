/**
 * The chat of one meeting: ties signalling and what is known of the chat together. Knows no DOM.
 *
 * @import {RecipientType, SharedFile} from "./contract.js"
 * @import {Upload} from "./file-upload.js"
 * @import {Request} from "./media/transports.js"
 * @import {Signalling} from "./signalling/signalling.js"
 * @import {ChatState, Outgoing} from "./state/chat-state.js"
 * @import {MeetingState} from "./state/meeting-state.js"
 */
import { t } from "./i18n.js";
import { Emitter } from "./emitter.js";
import { chatTrouble } from "./chat-words.js";
import { uploadFile } from "./file-upload.js";
import { newUuid } from "./new-uuid.js";
import { codeOf, SignallingError } from "./signalling/error.js";
import {
  initialChat, looking, typingAt, withEarlier, withMessage, withNewest, withOutgoing, withoutOutgoing, withProgress, withTyping, TYPING_LASTS,
} from "./state/chat-state.js";
import { Store } from "./state/store.js";
import { wordingOf } from "./words.js";

/** How often it is told that I go on writing, in milliseconds. */
const TELL_TYPING = 3_000;
/** What comes through once the connection is back. */
const LOST = new Set(["CONNECTION_LOST", "TIMEOUT"]);

/**
 * @typedef {object} Recipient
 * @property {RecipientType} recipientType
 * @property {string} [recipientId]
 * @property {string} recipientName  Empty unless it is one person.
 *
 * @typedef {object} ChatEvents
 * @property {import("./contract.js").ChatMessage} heard  Somebody else wrote something new.
 * @property {string} trouble                             A sentence: what was asked for did not work.
 */

/** @extends {Emitter<ChatEvents>} */
export class Chat extends Emitter {
  /** @type {Store<ChatState>} */ store = new Store(initialChat());
  #toldTyping = 0;
  /** @type {Recipient | null} Whom I told that I write. */ #typingTo = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #forgetting;
  /** @type {Set<string>} Ids of messages that were lost with the connection. */ #lost = new Set();
  /** @type {Map<string, {file: File, stop: AbortController}>} By the id of the message that carries it. */ #files = new Map();

  /**
   * @param {object} parts
   * @param {Request} parts.request
   * @param {Signalling} parts.signalling
   * @param {Store<MeetingState>} parts.meeting
   * @param {string} parts.meetingId
   * @param {number} parts.fileMegabytes  How large a file may be; 0 where there are none.
   * @param {(upload: Upload) => Promise<import("./contract.js").ChatMessage>} [parts.upload]
   */
  constructor({ request, signalling, meeting, meetingId, fileMegabytes, upload = uploadFile }) {
    super();
    this.meetingId = meetingId;
    this.fileMegabytes = fileMegabytes;
    this.upload = upload;
    this.request = request;
    this.signalling = signalling;
    signalling.on("push", ({ event, data }) => this.#pushed(event, data));
    // What was written in another room is nothing that was written here.
    meeting.watch((state) => state.meeting?.id, (here, before) => {
      if (here && before) this.store.update(({ open }) => ({ ...initialChat(), open }));
    });
    // On each socket anew: what was written while there was none is known to the server alone.
    meeting.watch((state) => (state.phase === "joined" && state.connection === "online" ? state.participantId : ""), (me) => {
      if (me) void this.#catchUp();
    });
    meeting.watch((state) => ["left", "ended", "refused"].includes(state.phase), (over) => {
      // The panel stays as it is, and is there again in the next meeting.
      if (!over) return;
      for (const { stop } of this.#files.values()) stop.abort();
      this.#files.clear();
      this.store.update(({ open }) => ({ ...initialChat(), open }));
    });
  }

  /** @param {string} message @param {Recipient} to */
  send(message, to) {
    this.#typingTo = null;
    void this.#send({ messageId: newUuid(), message, ...to, trouble: "" });
  }

  /** @param {File} file @param {string} message @param {Recipient} to */
  share(file, message, to) {
    this.#typingTo = null;
    const messageId = newUuid();
    this.#files.set(messageId, { file, stop: new AbortController() });
    void this.#send({ messageId, message, ...to, file: { name: file.name, size: file.size, sent: 0 }, trouble: "" });
  }

  /** @param {SharedFile} file @returns {Promise<string | null>} Where it can be got from for a moment; null when it cannot, which is told. */
  async addressOf({ id }) {
    const told = await this.#ask("file-ticket", {});
    return told && ticketed(id, told.ticket);
  }

  /** The same, for what is shown if it can be: why it cannot is told to nobody. @param {SharedFile} file @returns {Promise<string | null>} */
  async pictureAddressOf({ id }) {
    try {
      const { ticket } = await this.request("file-ticket", {});
      return ticketed(id, ticket);
    } catch {
      return null;
    }
  }

  /** Sends once more what was not sent. @param {Outgoing} outgoing */
  sendAgain(outgoing) {
    void this.#send({ ...outgoing, trouble: "" });
  }

  /** @param {Outgoing} outgoing */
  discard({ messageId }) {
    this.#lost.delete(messageId);
    this.#files.get(messageId)?.stop.abort();
    this.#files.delete(messageId);
    this.store.update((state) => withoutOutgoing(state, messageId));
  }

  /** @param {string} messageId @param {string} message @returns {Promise<boolean>} Whether it was changed. */
  edit(messageId, message) {
    return this.#change("edit-message", { messageId, message });
  }

  /** @param {string} messageId @returns {Promise<boolean>} Whether it was deleted. */
  delete(messageId) {
    return this.#change("delete-message", { messageId });
  }

  /** Gets what was written before the first message that is known. */
  async loadEarlier() {
    const first = this.store.state.messages[0];
    if (!first) return;
    const page = await this.#ask("chat-history", { before: first.messageId });
    if (page && this.store.state.messages[0] === first) this.store.update((state) => withEarlier(state, page));
  }

  /** @param {boolean} open */
  looking(open) {
    this.store.update((state) => looking(state, open));
  }

  /** I write, or have stopped (null). @param {Recipient | null} to */
  typing(to) {
    const before = this.#typingTo;
    const same = to?.recipientType === before?.recipientType && to?.recipientId === before?.recipientId;
    if (same && (to === null || Date.now() - this.#toldTyping < TELL_TYPING)) return;
    if (before && !same) this.#tellTyping(before, false);
    if (to) this.#tellTyping(to, true);
    this.#typingTo = to;
    this.#toldTyping = Date.now();
  }

  /** @param {Recipient} to @param {boolean} typing */
  #tellTyping({ recipientType, recipientId }, typing) {
    if (this.signalling.isOpen) this.signalling.tell("typing", { typing, ...addressed(recipientType, recipientId) });
  }

  /** @param {string} event @param {any} data */
  #pushed(event, data) {
    switch (event) {
      case "new-message":
        this.store.update((state) => withMessage(state, data));
        if (!data.mine) this.emit("heard", data);
        break;
      case "message-edited":
      case "message-deleted":
        // Of what is further back than was read, nothing is known yet.
        if (this.store.state.messages.some((one) => one.messageId === data.messageId)) this.store.update((state) => withMessage(state, data));
        break;
      case "user-typing":
        this.store.update((state) => withTyping(state, data, Date.now()));
        this.#forgetTyping();
        break;
      default:
        break;
    }
  }

  #forgetTyping() {
    clearTimeout(this.#forgetting);
    if (this.store.state.typing.size === 0) return;
    this.#forgetting = setTimeout(() => {
      this.store.update((state) => typingAt(state, Date.now()));
      this.#forgetTyping();
    }, TYPING_LASTS / 6);
  }

  async #catchUp() {
    const before = this.store.state.messages;
    const page = await this.#ask("chat-history", {});
    if (!page) return;
    this.store.update((state) => withNewest(state, page, before));
    for (const one of this.store.state.outgoing) if (this.#lost.has(one.messageId)) this.sendAgain(one);
  }

  /** @param {Outgoing} outgoing */
  async #send(outgoing) {
    const { messageId, message, recipientType, recipientId } = outgoing;
    this.#lost.delete(messageId);
    this.store.update((state) => withOutgoing(state, outgoing));
    try {
      const data = { messageId, message, ...addressed(recipientType, recipientId) };
      const sent = outgoing.file ? await this.#upload(data) : await this.request("send-message", data);
      this.#files.delete(messageId);
      this.store.update((state) => withMessage(state, sent));
    } catch (error) {
      const code = codeOf(error);
      if (LOST.has(code)) this.#lost.add(messageId);
      // It may have been discarded meanwhile.
      if (!this.store.state.outgoing.some((one) => one.messageId === messageId)) return;
      this.store.update((state) => withOutgoing(state, { ...outgoing, trouble: chatTrouble(code, outgoing, this.fileMegabytes) }));
    }
  }

  /** @param {{messageId: string, message: string, recipientType: string, recipientId?: string}} data */
  async #upload(data) {
    const { messageId } = data;
    const known = this.#files.get(messageId);
    if (!known) throw new SignallingError("CONNECTION_LOST", "The upload was given up");
    if (known.file.size > this.fileMegabytes * 1024 * 1024) throw new SignallingError("FILE_TOO_LARGE", "The file is too large");
    const { ticket } = await this.request("file-ticket", {});
    const onProgress = (/** @type {number} */ sent) => this.store.update((state) => withProgress(state, messageId, sent));
    return this.upload({ meetingId: this.meetingId, ticket, file: known.file, form: data, signal: known.stop.signal, onProgress });
  }

  /** @param {string} event @param {object} data */
  async #change(event, data) {
    const changed = await this.#ask(event, data);
    if (changed) this.store.update((state) => withMessage(state, changed));
    return changed !== null;
  }

  /** @param {string} event @param {object} data @returns {Promise<any>} Null when it was refused; that is told. */
  async #ask(event, data) {
    try {
      return await this.request(event, data);
    } catch (error) {
      const code = codeOf(error);
      // What the connection took along is asked for again with the next one, or can be pressed again.
      if (LOST.has(code)) {
        if (event !== "chat-history") this.emit("trouble", `${wordingOf(code).title}. ${t("Try again in a moment.")}`);
      } else this.emit("trouble", chatTrouble(code));
      return null;
    }
  }
}

/** @param {string} id @param {string} ticket */
function ticketed(id, ticket) {
  return `/files/${id}/?ticket=${encodeURIComponent(ticket)}`;
}

/** @param {RecipientType} recipientType @param {string | undefined} recipientId */
function addressed(recipientType, recipientId) {
  return recipientId === undefined ? { recipientType } : { recipientType, recipientId };
}
