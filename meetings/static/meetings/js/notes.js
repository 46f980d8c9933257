/**
 * The notes of one meeting: what is written here goes to the others, and what they write comes here. Knows no DOM.
 *
 * One edit is on its way at a time. What others write meanwhile is taken in when it is answered, which tells it too.
 *
 * @import {Request} from "./media/transports.js"
 * @import {Signalling} from "./signalling/signalling.js"
 * @import {MeetingState} from "./state/meeting-state.js"
 * @import {Change, Edit} from "./state/text-edits.js"
 */
import { Emitter } from "./emitter.js";
import { newUuid } from "./new-uuid.js";
import { codeOf, SignallingError } from "./signalling/error.js";
import { Store } from "./state/store.js";
import { applyEdit, difference, fromWire, toWire, transformEdit } from "./state/text-edits.js";
import { wordingOf } from "./words.js";

/** How long what is typed is gathered, in milliseconds. */
const GATHER = 150;
/** Code units that go at once. */
const MOST_AT_ONCE = 8_000;
const LOST = new Set(["CONNECTION_LOST", "TIMEOUT"]);

/**
 * @typedef {object} NotesState
 * @property {boolean} loaded    Whether it is known what is in them.
 * @property {boolean} waiting   Whether something that was written here is not with the server yet.
 * @property {string} trouble    Why it does not get there; empty when nothing is in the way.
 *
 * @typedef {object} NotesEvents
 * @property {Edit} merged       Others changed the text: `text` is different by this edit.
 *
 * @typedef {{version: number, changes: Change[]}} Told
 */

/** @extends {Emitter<NotesEvents>} */
export class Notes extends Emitter {
  /** @type {Store<NotesState>} */ store = new Store({ loaded: false, waiting: false, trouble: "" });
  /** What is shown here. */ text = "";
  /** What the server has, as far as is known here. */ #base = "";
  #version = 0;
  /** @type {{edit: Edit, editId: string} | null} What is on its way: an edit of `#base`. */ #sent = null;
  /** @type {Map<number, Told>} What was told of versions that are not due yet. */ #told = new Map();
  #busy = false;
  #wanted = false;
  #online = false;
  #meetingId = "";
  /** @type {{until: Promise<void>, end: () => void} | null} While nothing may be merged into what is shown. */ #held = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #gathering;

  /**
   * @param {object} parts
   * @param {Request} parts.request
   * @param {Signalling} parts.signalling
   * @param {Store<MeetingState>} parts.meeting
   */
  constructor({ request, signalling, meeting }) {
    super();
    this.request = request;
    signalling.on("push", ({ event, data }) => {
      if (event !== "notes-changed" || !this.#wanted) return;
      this.#told.set(data.version, data);
      void this.#go();
    });
    meeting.watch((state) => (state.phase === "joined" && state.connection === "online" ? state.participantId : ""), (me) => {
      this.#online = Boolean(me);
      // What was told while the connection was away is lost.
      this.store.update((state) => ({ ...state, loaded: false }));
      void this.#go();
    });
    // A breakout room has notes of its own.
    meeting.watch((state) => state.meeting?.id ?? "", (id) => {
      if (id) this.#startAnew(id);
    });
  }

  /** They are looked at from now on. */
  open() {
    this.#wanted = true;
    void this.#go();
  }

  /** What is shown here was changed here. @param {string} text */
  write(text) {
    this.text = text;
    this.store.update((state) => ({ ...state, waiting: true, trouble: "" }));
    this.#gathering ??= setTimeout(() => {
      this.#gathering = undefined;
      void this.#go();
    }, GATHER);
  }

  /** Nothing is merged into what is shown while somebody composes a letter. @param {boolean} held */
  hold(held) {
    this.#held?.end();
    this.#held = null;
    if (!held) {
      void this.#go();
      return;
    }
    let end = () => {};
    this.#held = { until: new Promise((resolve) => (end = resolve)), end: () => end() };
  }

  /** @param {string} meetingId */
  #startAnew(meetingId) {
    if (this.#meetingId && this.#meetingId !== meetingId) {
      const emptied = difference(this.text, "");
      this.text = this.#base = "";
      this.#version = 0;
      this.#sent = null;
      this.#told.clear();
      this.store.set({ loaded: false, waiting: false, trouble: "" });
      this.emit("merged", emptied);
    }
    this.#meetingId = meetingId;
  }

  /** Does what is due, one thing after the other. */
  async #go() {
    if (this.#busy) return;
    this.#busy = true;
    try {
      while (this.#wanted && this.#online && !this.#held && (await this.#step()));
    } finally {
      this.#busy = false;
    }
  }

  /** @returns {Promise<boolean>} Whether there may be more to do. */
  async #step() {
    try {
      if (this.#sent) return await this.#send(this.#sent);
      if (!this.store.state.loaded) return await this.#load();
      if (this.#told.size > 0) return this.#takeTold();
      const edit = atOnce(difference(this.#base, this.text));
      if (edit.length > 0 && !this.#gathering && !this.store.state.trouble) {
        this.#sent = { edit, editId: newUuid() };
        return true;
      }
      this.store.update((state) => ({ ...state, waiting: edit.length > 0 }));
      return false;
    } catch (error) {
      return this.#failed(error);
    }
  }

  /** @param {{edit: Edit, editId: string}} sent */
  async #send({ edit, editId }) {
    const asked = this.#meetingId;
    const { version, since } = await this.request("edit-notes", { version: this.#version, editId, changes: toWire(edit, this.#base) });
    await this.#unheld();
    if (asked !== this.#meetingId) return true;
    let mine = edit;
    for (const told of since) {
      const theirs = fromWire(told.changes, this.#base);
      this.#merge(transformEdit(theirs, mine, true), applyEdit(mine, this.#base));
      mine = transformEdit(mine, theirs, false);
      this.#base = applyEdit(theirs, this.#base);
    }
    this.#base = applyEdit(mine, this.#base);
    this.#version = version;
    this.#sent = null;
    return true;
  }

  async #load() {
    const asked = this.#meetingId;
    const { text, version } = await this.request("notes", {});
    await this.#unheld();
    if (asked !== this.#meetingId) return true;
    const theirs = difference(this.#base, text);
    this.#merge(theirs, this.#base);
    this.#base = text;
    this.#version = version;
    this.store.update((state) => ({ ...state, loaded: true }));
    return true;
  }

  #takeTold() {
    for (const version of this.#told.keys()) if (version <= this.#version) this.#told.delete(version);
    if (this.#told.size === 0) return true;
    const next = this.#told.get(this.#version + 1);
    if (!next) {
      // One of those before is late or lost: they are read again.
      this.store.update((state) => ({ ...state, loaded: false }));
      return true;
    }
    const theirs = fromWire(next.changes, this.#base);
    this.#merge(theirs, this.#base);
    this.#base = applyEdit(theirs, this.#base);
    this.#version = next.version;
    return true;
  }

  /** Others made this edit to `from`, of which what is shown here has gone on. @param {Edit} theirs @param {string} from */
  #merge(theirs, from) {
    const edit = transformEdit(theirs, difference(from, this.text), true);
    if (edit.length === 0) return;
    this.text = applyEdit(edit, this.text);
    this.emit("merged", edit);
  }

  /** @param {unknown} error @returns {Promise<boolean>} */
  async #failed(error) {
    const code = codeOf(error);
    // It is sent again, under the same id, when the connection is back.
    if (LOST.has(code)) return false;
    this.#sent = null;
    if (code === "RATE_LIMITED") {
      const wait = (error instanceof SignallingError ? error.retryAfter : null) ?? 1;
      await new Promise((resolve) => setTimeout(resolve, wait * 1000));
      return true;
    }
    if (code === "NOTES_MOVED_ON") {
      this.store.update((state) => ({ ...state, loaded: false }));
      return true;
    }
    this.store.update((state) => ({ ...state, trouble: `${wordingOf(code).title}.` }));
    return false;
  }

  async #unheld() {
    while (this.#held) await this.#held.until;
  }
}

/** As much of an edit as goes at once. @param {Edit} edit @returns {Edit} */
function atOnce(edit) {
  return edit.map((change) => {
    if (change.insert.length <= MOST_AT_ONCE) return change;
    const splits = (change.insert.charCodeAt(MOST_AT_ONCE - 1) & 0xfc00) === 0xd800;
    return { ...change, insert: change.insert.slice(0, MOST_AT_ONCE - (splits ? 1 : 0)) };
  });
}
