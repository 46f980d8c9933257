/** How many requests are remembered: a join and the minutes after it, without growing through a long meeting. */
const KEPT = 200;

/**
 * @typedef {object} WireEntry
 * @property {number} id
 * @property {string} event
 * @property {number} sentAt            Milliseconds on the page's clock (`performance.now()`).
 * @property {number | null} settledAt  Null while no answer has come.
 * @property {string | null} outcome    `ok` or the code of the refusal.
 */

/** What went over the wire and when, for support and for measuring round trips. Holds no payloads. */
export class WireLog {
  /** @type {WireEntry[]} */ #entries = [];
  /** @type {number[]} */ #opens = [];

  /** A socket opened. */
  opened() {
    this.#opens.push(performance.now());
    if (this.#opens.length > KEPT) this.#opens.shift();
  }

  /**
   * @param {number} id
   * @param {string} event
   */
  sent(id, event) {
    this.#entries.push({ id, event, sentAt: performance.now(), settledAt: null, outcome: null });
    if (this.#entries.length > KEPT) this.#entries.shift();
  }

  /**
   * @param {number} id
   * @param {string} outcome
   */
  settled(id, outcome) {
    const entry = this.#entries.findLast((candidate) => candidate.id === id);
    if (entry) Object.assign(entry, { settledAt: performance.now(), outcome });
  }

  /** @returns {{opens: number[], requests: WireEntry[]}} A copy. */
  snapshot() {
    return { opens: [...this.#opens], requests: this.#entries.map((entry) => ({ ...entry })) };
  }
}
