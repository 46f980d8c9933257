/**
 * Whose connection is in trouble, from the scores (0 to 10) which the server sends for what I receive.
 *
 * @import {Quality} from "./meeting-state.js"
 */

/** From here down somebody notices. */
const POOR = 5;
/** A stream that starts, or stumbles once, is no news. */
const LASTING = 3_000;

export class ConnectionQuality {
  /** @type {Map<string, {quality: Quality, timer: ReturnType<typeof setTimeout>, shown: boolean}>} */ #poor = new Map();

  /** @param {(poor: ReadonlyMap<string, Quality>) => void} changed  By participant id; called when somebody's side changes. */
  constructor(changed) {
    this.changed = changed;
  }

  /**
   * @param {string} participantId
   * @param {{score: number, producerScore: number}} score
   */
  scored(participantId, score) {
    const quality = judge(score);
    const known = this.#poor.get(participantId);
    if (known?.quality.side === quality?.side) return;
    this.gone(participantId);
    if (!quality) return;
    const entry = { quality, shown: false, timer: setTimeout(() => this.#show(participantId), LASTING) };
    this.#poor.set(participantId, entry);
  }

  /** @param {string} participantId */
  gone(participantId) {
    const known = this.#poor.get(participantId);
    if (!known) return;
    clearTimeout(known.timer);
    this.#poor.delete(participantId);
    if (known.shown) this.#tell();
  }

  clear() {
    for (const { timer } of this.#poor.values()) clearTimeout(timer);
    this.#poor.clear();
    this.#tell();
  }

  /** @param {string} participantId */
  #show(participantId) {
    const entry = this.#poor.get(participantId);
    if (!entry) return;
    entry.shown = true;
    this.#tell();
  }

  #tell() {
    this.changed(new Map([...this.#poor].flatMap(([id, { quality, shown }]) => (shown ? [[id, quality]] : []))));
  }
}

/**
 * @param {{score: number, producerScore: number}} score
 * @returns {Quality | null}
 */
function judge({ score, producerScore }) {
  // A producer that sends nothing (paused, or still starting) scores 0 and is no news about the connection.
  if (producerScore === 0) return null;
  if (producerScore <= POOR) return { score: producerScore, side: "theirs" };
  if (score > 0 && score <= POOR) return { score, side: "mine" };
  return null;
}
