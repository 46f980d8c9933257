/**
 * Tells the server step by step how the test goes, so that its rules can judge it as they judge a join: over the socket
 * while it is open, over HTTP otherwise, and what the person says afterwards over HTTP too.
 *
 * @import {Signalling} from "../signalling/signalling.js"
 * @import {Verdict} from "./judging.js"
 */

import { inWords } from "../state/verdicts.js";

/** As many as one message may carry. */
const MOST = 100;
/** In milliseconds. */
const PATIENCE = 3_000;

/**
 * @typedef {object} Step
 * @property {string} step
 * @property {"ok" | "failed" | "waiting" | "changed"} outcome
 * @property {number} at    Milliseconds since the epoch, by this page's clock.
 * @property {object} data
 */

export class Telling {
  /** @type {Step[]} */ #untold = [];
  /** @type {Promise<unknown>} */ #posting = Promise.resolve();

  /**
   * @param {object} options
   * @param {string} options.attemptId   A UUID of this test's own.
   * @param {Signalling} options.signalling
   * @param {string} options.stepsUrl    Where steps go over HTTP.
   * @param {string} options.csrfToken
   * @param {Verdict[]} options.offline  What is wrong when nobody can be told.
   * @param {(url: string, how: RequestInit) => Promise<Response>} [options.send]
   */
  constructor({ attemptId, signalling, stepsUrl, csrfToken, offline, send = (url, how) => fetch(url, how) }) {
    this.attemptId = attemptId;
    this.signalling = signalling;
    this.stepsUrl = stepsUrl;
    this.csrfToken = csrfToken;
    this.offline = offline;
    this.send = send;
  }

  /**
   * @param {string} step
   * @param {Step["outcome"]} outcome
   * @param {object} [data]
   */
  note(step, outcome, data = {}) {
    this.#untold.push({ step, outcome, at: Date.now(), data });
  }

  /** Tells what was noted so far, if the socket is open. Nobody waits for it. */
  tell() {
    if (!this.signalling.isOpen || this.#untold.length === 0) return;
    this.signalling.tell("trace", { attemptId: this.attemptId, ...this.#message() });
  }

  /**
   * Tells the rest, ends the test on the server, and asks what the rules make of it all.
   *
   * @returns {Promise<Verdict[]>} Worst first.
   */
  async conclude() {
    if (!this.signalling.isOpen) {
      try {
        return (await this.#post()) ?? [];
      } catch {
        return this.offline;
      }
    }
    this.tell();
    try {
      return (await this.signalling.request("test-end", {}, { timeout: PATIENCE })).verdicts.map(inWords);
    } catch {
      return [];
    }
  }

  /**
   * Tells what became known after the end of the test, in the order in which it did.
   *
   * @returns {Promise<Verdict[] | null>} What the rules make of it all by now; null when it could not be told.
   */
  async amend() {
    const posted = this.#posting.then(() => this.#post()).catch(() => null);
    this.#posting = posted;
    return posted;
  }

  /** @returns {Promise<Verdict[] | null>} Null when it was refused; rejects when nobody could be told. */
  async #post() {
    const response = await this.send(this.stepsUrl, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": this.csrfToken },
      body: JSON.stringify(this.#message()),
      // People answer and leave the page at once.
      keepalive: true,
      signal: AbortSignal.timeout(PATIENCE),
    });
    return response.ok ? (await response.json()).verdicts.map(inWords) : null;
  }

  #message() {
    return { purpose: "test", sentAt: Date.now(), steps: this.#untold.splice(0, MOST) };
  }
}

/** What people hand on: the first eight digits of an attempt's id, as the server writes them. @param {string} attemptId */
export function reportIdOf(attemptId) {
  const digits = attemptId.replaceAll("-", "").slice(0, 8).toUpperCase();
  return `${digits.slice(0, 4)}-${digits.slice(4)}`;
}
