/**
 * Collects the steps of a join attempt, as this page sees them, and hands them on in batches: never while a join is on its way, never
 * more than can be kept, and never so that anything else is held up. Steps that do not get through are kept for the next time.
 */
import { newUuid } from "../new-uuid.js";

/** Steps that come within so many milliseconds travel together: in the first moments of a call, and after them. */
const GATHER_AT_FIRST = 300;
const GATHER = 2_000;
/** What this one tells is seconds old already, and it comes once in a while: with it goes all there is, at once. */
const SAMPLE = "quality";
/** How long the first moments last, from the answer to the join. */
const AT_FIRST = 10_000;
/** A join that takes longer than this is not held up by telling of it; rather, what it waits for is to be found out. */
const PATIENCE = 5_000;
/** Waits after steps did not get through; twice as long each time. */
const RETRY = 2_000;
const LONGEST_RETRY = 30_000;
/** What the server takes at once. */
const MOST = 100;
/** A browser takes no more than 64 KiB along when its page goes away. */
const LARGEST = 48_000;
/** Beyond this the oldest of what comes again and again is forgotten. */
const KEPT = 400;

/**
 * @typedef {"ok" | "failed" | "waiting" | "changed"} Outcome
 * @typedef {object} Step
 * @property {string} step      One of the page's, of `meetings/trace/steps.py`.
 * @property {Outcome} outcome
 * @property {number} at        Milliseconds since the epoch, by this page's clock.
 * @property {object} [data]
 *
 * @typedef {(step: string, outcome: Outcome, data?: object) => void} Note  Takes a step down as having come out like this just now.
 * @typedef {{attemptId: string, steps: Step[]}} Batch
 * @typedef {(batch: Batch, how: {last: boolean}) => Promise<boolean>} Deliver  False: try again later. `last`: there is no later.
 */

export class TraceRecorder {
  /** @type {Step[]} */ #steps = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #patience;
  /** @type {number} */ #retry = RETRY;
  #held = false;
  #sending = false;
  /** @type {number} */ #firstUntil = 0;
  /** @type {string} */ #attemptId;

  /**
   * @param {object} parts
   * @param {Deliver} parts.deliver
   * @param {() => number} [parts.now]    Milliseconds since the epoch.
   * @param {() => string} [parts.newId]  A secret UUID.
   */
  constructor({ deliver, now = () => Date.now(), newId = () => newUuid() }) {
    this.deliver = deliver;
    this.now = now;
    this.newId = newId;
    this.#attemptId = newId();
  }

  /** Whose steps are being collected. Known to this page and the server. */
  get attemptId() {
    return this.#attemptId;
  }

  /** What people may hand on of it, like `ABCD-1234`. */
  get report() {
    const digits = this.#attemptId.replaceAll("-", "").slice(0, 8).toUpperCase();
    return `${digits.slice(0, 4)}-${digits.slice(4)}`;
  }

  /** Another attempt begins; what is known of the last one is handed on. */
  begin() {
    this.finish();
    this.#attemptId = this.newId();
    this.#retry = RETRY;
  }

  /** @type {Note} */
  note = (step, outcome, data) => {
    if (this.#steps.length >= KEPT && !this.#forgetOne()) return;
    this.#steps.push({ step, outcome, at: this.now(), ...(data ? { data } : {}) });
    if (step === SAMPLE) this.#hurry();
    else this.#schedule();
  };

  /** A join is on its way, which nothing may hold up. */
  hold() {
    this.#held = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#patience);
    this.#timer = undefined;
    this.#patience = setTimeout(() => this.release(), PATIENCE);
  }

  /** The join was answered, or has taken long enough. */
  release() {
    clearTimeout(this.#patience);
    if (!this.#held) return;
    this.#held = false;
    this.#firstUntil = this.now() + AT_FIRST;
    this.#schedule();
  }

  /** Hands on what there is, at once and without a second try: the attempt has ended, or the page goes away. */
  finish() {
    clearTimeout(this.#timer);
    clearTimeout(this.#patience);
    this.#timer = undefined;
    this.#held = false;
    while (this.#steps.length > 0) void this.#hand(this.#take(), true);
  }

  #schedule(within = this.now() < this.#firstUntil ? GATHER_AT_FIRST : GATHER) {
    if (this.#held || this.#sending || this.#timer !== undefined || this.#steps.length === 0) return;
    this.#flushIn(within);
  }

  #hurry() {
    // Where steps did not get through, the next try has its time.
    if (this.#retry === RETRY) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
    }
    this.#schedule(0);
  }

  /** @param {number} milliseconds */
  #flushIn(milliseconds) {
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#flush();
    }, milliseconds);
  }

  async #flush() {
    const attemptId = this.#attemptId;
    const steps = this.#take();
    this.#sending = true;
    const delivered = await this.#hand(steps, false);
    this.#sending = false;
    // Another attempt has begun meanwhile, and this one is not to be mixed into it.
    if (delivered || attemptId !== this.#attemptId) {
      this.#retry = RETRY;
      return this.#schedule();
    }
    this.#steps.unshift(...steps);
    this.#flushIn(this.#retry);
    this.#retry = Math.min(2 * this.#retry, LONGEST_RETRY);
  }

  /** @param {Step[]} steps @param {boolean} last */
  async #hand(steps, last) {
    try {
      return await this.deliver({ attemptId: this.#attemptId, steps }, { last });
    } catch (error) {
      console.error(error);
      return true;
    }
  }

  /** As many as go into one batch; one at least. */
  #take() {
    let size = 0;
    let count = 0;
    for (const step of this.#steps) {
      size += JSON.stringify(step).length;
      if (count > 0 && (count === MOST || size > LARGEST)) break;
      count += 1;
    }
    return this.#steps.splice(0, count);
  }

  /** How something began tells most; what is told every few seconds can be spared. */
  #forgetOne() {
    const at = this.#steps.findIndex(({ step }) => step === SAMPLE);
    if (at < 0) return false;
    this.#steps.splice(at, 1);
    return true;
  }
}
