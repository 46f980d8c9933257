/**
 * Looks again and again at counts that grow as long as all is well, and says of each whether it has grown.
 */

/**
 * @typedef {object} Counted
 * @property {string} id
 * @property {number} count
 *
 * @typedef {object} Watched
 * @property {number} count  At the last look.
 * @property {number} since  Milliseconds of the clock at which it grew, or began to be watched, or that was set since.
 */

/**
 * @template {Counted} T  What is looked at.
 * @template {object} Kept  What is kept of each besides, for as long as it is there.
 */
export class GrowthWatch {
  /** @type {ReturnType<typeof setInterval> | undefined} */ #timer;
  /** @type {Map<string, Watched & Kept>} */ #watched = new Map();
  #looking = false;

  /**
   * @param {object} parts
   * @param {number} parts.every  Milliseconds between two looks.
   * @param {() => Promise<T[]>} parts.read  Those that are there at this moment; none where it rejects.
   * @param {() => Kept} parts.first  What is kept of one that is new.
   * @param {(thing: T, kept: Watched & Kept) => void} parts.grew
   * @param {(thing: T, kept: Watched & Kept, now: number) => void} parts.still  It has not grown since `kept.since`.
   * @param {() => number} parts.now  Milliseconds.
   */
  constructor({ every, read, first, grew, still, now }) {
    this.every = every;
    this.read = read;
    this.first = first;
    this.grew = grew;
    this.still = still;
    this.now = now;
  }

  /** Looks from now on; what went before is forgotten. */
  start() {
    this.stop();
    this.#timer = setInterval(() => void this.#look(), this.every);
  }

  /** Idempotent. */
  stop() {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#looking = false;
    this.#watched.clear();
  }

  async #look() {
    if (this.#looking) return;
    const timer = this.#timer;
    this.#looking = true;
    // A transport that closes in this moment has no statistics; the next look is at those of another one.
    const all = await this.read().catch(() => []);
    if (timer !== this.#timer) return;
    this.#looking = false;
    this.#compare(all);
  }

  /** @param {T[]} all */
  #compare(all) {
    const now = this.now();
    const there = new Set(all.map(({ id }) => id));
    for (const id of this.#watched.keys()) if (!there.has(id)) this.#watched.delete(id);
    for (const thing of all) {
      const kept = this.#watched.get(thing.id);
      if (!kept) {
        this.#watched.set(thing.id, { count: thing.count, since: now, ...this.first() });
      } else if (thing.count === kept.count) {
        this.still(thing, kept, now);
      } else {
        kept.count = thing.count;
        kept.since = now;
        this.grew(thing, kept);
      }
    }
  }
}
