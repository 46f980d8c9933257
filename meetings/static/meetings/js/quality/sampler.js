/**
 * Takes a sample of how well it goes every five seconds, while I am in a meeting.
 *
 * @import {MediaSession} from "../media/session.js"
 * @import {Counted, Sample} from "./sample.js"
 */
import { Emitter } from "../emitter.js";
import { countIn, sampleBetween } from "./sample.js";

const EVERY = 5_000;

/** @typedef {{send: RTCStatsReport, recv: RTCStatsReport}} BothStats */

/** @extends {Emitter<{sample: Sample, stats: BothStats}>} */
export class QualitySampler extends Emitter {
  /** @type {ReturnType<typeof setInterval> | undefined} */ #timer;
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
    this.#timer = setInterval(() => void this.#take(), EVERY);
    void this.#take();
  }

  /** Idempotent. */
  stop() {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#before = null;
    this.speaking(false);
    this.#spoke = 0;
  }

  /** I begin to speak, or have ended. @param {boolean} speaking */
  speaking(speaking) {
    if (this.#speakingSince !== null) this.#spoke += this.now() - this.#speakingSince;
    this.#speakingSince = speaking ? this.now() : null;
  }

  async #take() {
    const timer = this.#timer;
    const { session } = this;
    const stats = await session.statistics().catch(() => null);
    if (timer !== this.#timer) return;
    // Without media there is nothing to compare with either.
    if (!stats) return void (this.#before = null);
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
