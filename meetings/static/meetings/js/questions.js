/**
 * What people ask in one meeting: ties signalling and what is known of it together. Knows no DOM.
 *
 * @import {Request} from "./media/transports.js"
 * @import {Signalling} from "./signalling/signalling.js"
 * @import {MeetingState} from "./state/meeting-state.js"
 * @import {QuestionState} from "./state/question-state.js"
 */
import { Emitter } from "./emitter.js";
import { pollTrouble } from "./polls-words.js";
import { codeOf, detailsOf } from "./signalling/error.js";
import { initialQuestions, withFirst, withFurther, withQuestion, withVotes, withoutQuestion } from "./state/question-state.js";
import { Store } from "./state/store.js";

/**
 * @typedef {object} QuestionEvents
 * @property {string} trouble  A sentence: what was asked for did not work.
 */

/** @extends {Emitter<QuestionEvents>} */
export class Questions extends Emitter {
  /** @type {Store<QuestionState>} */ store = new Store(initialQuestions());

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
    // On each socket anew: what was asked while there was none is known to the server alone.
    meeting.watch((state) => (state.phase === "joined" && state.connection === "online" ? state.participantId : ""), (me) => {
      if (me) void this.#catchUp();
    });
    meeting.watch((state) => ["left", "ended", "refused"].includes(state.phase), (over) => {
      if (over) this.store.set(initialQuestions());
    });
  }

  /** @param {string} question @returns {Promise<boolean>} Whether it was asked. */
  ask(question) {
    return this.#change("ask-question", { question });
  }

  /** @param {string} questionId @param {boolean} voted */
  vote(questionId, voted) {
    return this.#change("vote-question", { questionId, voted });
  }

  /** @param {string} questionId @param {boolean} answered */
  answer(questionId, answered) {
    return this.#change("answer-question", { questionId, answered });
  }

  /** @param {string} questionId */
  async dismiss(questionId) {
    if (await this.#ask("dismiss-question", { questionId })) this.store.update((state) => withoutQuestion(state, questionId));
  }

  /** Gets those after the last one that is known. */
  async loadFurther() {
    const last = this.store.state.questions.at(-1);
    const page = last && (await this.#ask("questions", { after: last.questionId }));
    if (page) this.store.update((state) => withFurther(state, page));
  }

  /** @param {string} event @param {any} data */
  #pushed(event, data) {
    if (event === "question-updated") this.store.update((state) => withQuestion(state, data));
    if (event === "question-votes") this.store.update((state) => withVotes(state, data.questions));
    if (event === "question-dismissed") this.store.update((state) => withoutQuestion(state, data.questionId));
  }

  async #catchUp() {
    const before = this.store.state.questions;
    const page = await this.#ask("questions", {});
    if (page) this.store.update((state) => withFirst(state, page, before));
  }

  /** @param {string} event @param {object} data */
  async #change(event, data) {
    const question = await this.#ask(event, data);
    if (question) this.store.update((state) => withQuestion(state, question));
    return question !== null;
  }

  /** @param {string} event @param {object} data @returns {Promise<any>} Null when it was refused; that is told. */
  async #ask(event, data) {
    try {
      return await this.request(event, data);
    } catch (error) {
      // With the next connection the first page is asked for anew.
      if (event !== "questions" || "after" in data) this.emit("trouble", pollTrouble(codeOf(error), detailsOf(error)));
      return null;
    }
  }
}
