/**
 * The polls of one meeting: ties signalling and what is known of them together. Knows no DOM.
 *
 * @import {Poll} from "./contract.js"
 * @import {Request} from "./media/transports.js"
 * @import {Signalling} from "./signalling/signalling.js"
 * @import {MeetingState} from "./state/meeting-state.js"
 * @import {PollState} from "./state/poll-state.js"
 */
import { Emitter } from "./emitter.js";
import { pollTrouble } from "./polls-words.js";
import { codeOf, detailsOf } from "./signalling/error.js";
import { initialPolls, withPoll, withPolls, withResults, withoutPoll } from "./state/poll-state.js";
import { Store } from "./state/store.js";

/**
 * @typedef {object} NewPoll
 * @property {string} question
 * @property {string[]} options
 * @property {Poll["kind"]} kind
 * @property {boolean} anonymous
 * @property {Poll["resultsFor"]} resultsFor
 * @property {boolean} open               At once, and not a draft.
 *
 * @typedef {object} PollEvents
 * @property {Poll} opened     Somebody else opened it.
 * @property {Poll} closed     Somebody else closed it.
 * @property {string} trouble  A sentence: what was asked for did not work.
 */

/** @extends {Emitter<PollEvents>} */
export class Polls extends Emitter {
  /** @type {Store<PollState>} */ store = new Store(initialPolls());

  /**
   * @param {object} parts
   * @param {Request} parts.request
   * @param {Signalling} parts.signalling
   * @param {Store<MeetingState>} parts.meeting
   */
  constructor({ request, signalling, meeting }) {
    super();
    this.request = request;
    signalling.on("push", ({ event, data }) => this.#pushed(event, data));
    // On each socket anew; and what there is for me is another matter in another role.
    meeting.watch((state) => (state.phase === "joined" && state.connection === "online" ? `${state.participantId} ${state.role}` : ""), (me) => {
      if (me) void this.#catchUp();
    });
    meeting.watch((state) => ["left", "ended", "refused"].includes(state.phase), (over) => {
      if (over) this.store.set(initialPolls());
    });
  }

  /** @param {NewPoll} poll @returns {Promise<boolean>} Whether it was made. */
  create(poll) {
    return this.#change("create-poll", poll);
  }

  /** @param {string} pollId @returns {Promise<boolean>} */
  open(pollId) {
    return this.#change("open-poll", { pollId });
  }

  /** @param {string} pollId @returns {Promise<boolean>} */
  close(pollId) {
    return this.#change("close-poll", { pollId });
  }

  /** @param {string} pollId @param {number[]} options  By their places. @returns {Promise<boolean>} Whether it counts. */
  vote(pollId, options) {
    return this.#change("vote", { pollId, options });
  }

  /** @param {string} pollId */
  async delete(pollId) {
    if (await this.#ask("delete-poll", { pollId })) this.store.update((state) => withoutPoll(state, pollId));
  }

  /** @param {string} event @param {any} data */
  #pushed(event, data) {
    switch (event) {
      case "poll-updated": {
        const before = this.store.state.polls.find((one) => one.pollId === data.pollId);
        this.store.update((state) => withPoll(state, data));
        if (data.state === "open" && before?.state !== "open") this.emit("opened", data);
        if (data.state === "closed" && before?.state === "open") this.emit("closed", data);
        break;
      }
      case "poll-results":
        this.store.update((state) => withResults(state, data));
        break;
      case "poll-deleted":
        this.store.update((state) => withoutPoll(state, data.pollId));
        break;
      default:
        break;
    }
  }

  async #catchUp() {
    const before = this.store.state.polls;
    const told = await this.#ask("polls", {});
    if (told) this.store.update((state) => withPolls(state, told.polls, before));
  }

  /** @param {string} event @param {object} data */
  async #change(event, data) {
    const poll = await this.#ask(event, data);
    if (poll) this.store.update((state) => withPoll(state, poll));
    return poll !== null;
  }

  /** @param {string} event @param {object} data @returns {Promise<any>} Null when it was refused; that is told. */
  async #ask(event, data) {
    try {
      return await this.request(event, data);
    } catch (error) {
      // With the next connection all is asked for anew.
      if (event !== "polls") this.emit("trouble", pollTrouble(codeOf(error), detailsOf(error)));
      return null;
    }
  }
}
