/**
 * Takes a sample of how well it goes every five seconds, while I am in a meeting.
 *
 * @import {MediaSession} from "../media/session.js"
 * @import {Stats} from "../media/path-in-use.js"
 * @import {Counted, Sample} from "./sample.js"
 */
import { Emitter } from "../emitter.js";
import { countIn, sampleBetween } from "./sample.js";

const EVERY = 5_000;
/** The first comes sooner, for whoever looks at once. */
const FIRST = 2_000;

/** @typedef {{send: Stats, recv: Stats}} BothStats */

/** @extends {Emitter<{sample: Sample, stats: BothStats}>} */
export class QualitySampler extends Emitter {
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer;
  /** Which run of samples this is. */ #run = 0;
  /** @type {Counted | null} */ #before = null;
  #spoke = 0;
  /** @type {number | null} */ #speakingSince = null;

  /**
   * @param {Pick<MediaSession, "statistics" | "coming" | "publisher">} session
   * @param {() => number} [now]  Milliseconds.
   */
  constructor(session, now = () => Date.now()) {
    super();
    this.session = session;
    this.now = now;
  }

  /** Samples from now on. Calling it again changes nothing. */
  start() {
    if (this.#timer !== undefined) return;
    this.#run += 1;
    this.#next(FIRST);
    void this.#take();
  }

  /** Idempotent. */
  stop() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#run += 1;
    this.#before = null;
    this.speaking(false);
    this.#spoke = 0;
  }

  /** I begin to speak, or have ended. @param {boolean} speaking */
  speaking(speaking) {
    if (this.#speakingSince !== null) this.#spoke += this.now() - this.#speakingSince;
    this.#speakingSince = speaking ? this.now() : null;
  }

  /** @param {number} milliseconds */
  #next(milliseconds) {
    this.#timer = setTimeout(() => {
      this.#next(EVERY);
      void this.#take();
    }, milliseconds);
  }

  async #take() {
    const run = this.#run;
    const { session } = this;
    const told = await session.statistics().catch(() => null);
    if (run !== this.#run) return;
    // Without media there is nothing to compare with either.
    if (!told) return void (this.#before = null);
    // Each look into a browser's own report makes its entries anew, which is what takes time here.
    const stats = { send: new Map(told.send), recv: new Map(told.recv) };
    const now = countIn(stats, { sent: session.publisher.sent(), received: session.coming(), at: this.now() });
    const before = this.#before;
    this.#before = now;
    this.emit("stats", stats);
    if (!before) return;
    this.speaking(this.#speakingSince !== null);
    const spoke = this.#spoke;
    this.#spoke = 0;
    this.emit("sample", sampleBetween(before, now, spoke));
  }
}
