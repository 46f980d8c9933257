/**
 * Looks after what the others send and this page does not receive. Usually there is nothing; while everybody comes back after a
 * failure, much is half-way there, and what could not be had in one moment can be had in the next.
 */

/** Between two looks, in milliseconds. */
const LOOK_EVERY = 1_000;
/** Looks at which something was missing before it is asked for; twice as many each time, while asking does not help. */
const FIRST_WAIT = 2;
const LONGEST_WAIT = 32;

export class MissingWatch {
  /** @type {ReturnType<typeof setInterval> | undefined} */ #timer;
  #looks = 0;
  #wait = FIRST_WAIT;

  /**
   * @param {object} parts
   * @param {() => boolean} parts.calm       Whether media are well, so that what is missing ought to be there.
   * @param {() => string[]} parts.missing   Ids of what is sent and not received.
   * @param {(producerIds: string[]) => void} parts.ask
   */
  constructor({ calm, missing, ask }) {
    this.calm = calm;
    this.missing = missing;
    this.ask = ask;
  }

  /** Begins to look; what went before is forgotten. */
  start() {
    this.stop();
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY);
  }

  /** Idempotent. */
  stop() {
    clearInterval(this.#timer);
    this.#looks = 0;
    this.#wait = FIRST_WAIT;
  }

  #look() {
    if (!this.calm()) return;
    const missing = this.missing();
    if (missing.length === 0) {
      this.#looks = 0;
      this.#wait = FIRST_WAIT;
      return;
    }
    this.#looks += 1;
    if (this.#looks < this.#wait) return;
    this.#looks = 0;
    this.#wait = Math.min(2 * this.#wait, LONGEST_WAIT);
    this.ask(missing);
  }
}
