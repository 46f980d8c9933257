/**
 * Looks after pictures that do not come although they should, and asks for a key frame: without one nothing can be decoded, and
 * where the request for the first one was lost nobody else asks again.
 *
 * A screen that nobody touches has no frames, and needs none. A camera always has.
 *
 * @import {Source} from "../contract.js"
 * @import {Received} from "./subscriber.js"
 */

/** Between two looks, in milliseconds. */
const LOOK_EVERY = 1_000;
/** A picture that was turned on, or is let through again, is there within this many milliseconds. */
const FIRST_WAIT = 2_000;
/** A camera that has been seen stumbles; one that stands still for so long has stopped. */
const STILL_WAIT = 3_000;
/** Waits double while asking does not help, up to this. */
const LONGEST_WAIT = 32_000;

/**
 * @typedef {object} Picture  A video that should be coming.
 * @property {string} consumerId
 * @property {Source} source
 * @property {number} frames  How many were decoded so far.
 *
 * @typedef {object} Watched
 * @property {number} frames   At the last look.
 * @property {boolean} seen    Whether a frame came since it should be coming.
 * @property {number} since    When its last frame came, or when it began to be watched, or when it was last asked for.
 * @property {number} wait     Milliseconds from then until it is asked for.
 */

export class KeyFrameWatch {
  /** @type {ReturnType<typeof setInterval> | undefined} */ #timer;
  /** @type {Map<string, Watched>} By consumer id. */ #watched = new Map();
  #looking = false;

  /**
   * @param {object} parts
   * @param {() => boolean} parts.calm  Whether media are well, so that pictures ought to come.
   * @param {() => Promise<Picture[]>} parts.pictures  Those that should be coming at this moment.
   * @param {(consumerId: string) => void} parts.ask   Asks for a key frame.
   * @param {() => number} [parts.now]  Milliseconds.
   */
  constructor({ calm, pictures, ask, now = () => Date.now() }) {
    this.calm = calm;
    this.pictures = pictures;
    this.ask = ask;
    this.now = now;
  }

  /** Begins to look; what went before is forgotten. */
  start() {
    this.stop();
    this.#timer = setInterval(() => void this.#look(), LOOK_EVERY);
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
    /** @type {Picture[]} */ let pictures = [];
    try {
      if (this.calm()) pictures = await this.pictures();
    } catch {
      // A transport that closes in this moment has no statistics; the next look is at those of another one.
    }
    if (timer !== this.#timer) return;
    this.#looking = false;
    // Media may have been disturbed while the numbers were read.
    this.#compare(this.calm() ? pictures : []);
  }

  /** @param {Picture[]} pictures */
  #compare(pictures) {
    const now = this.now();
    const there = new Set(pictures.map(({ consumerId }) => consumerId));
    for (const consumerId of this.#watched.keys()) if (!there.has(consumerId)) this.#watched.delete(consumerId);
    for (const { consumerId, source, frames } of pictures) {
      const one = this.#watched.get(consumerId);
      if (!one) {
        this.#watched.set(consumerId, { frames, seen: false, since: now, wait: FIRST_WAIT });
      } else if (frames !== one.frames) {
        Object.assign(one, { frames, seen: true, since: now, wait: STILL_WAIT });
      } else if (now - one.since >= one.wait && !(one.seen && source === "screen")) {
        Object.assign(one, { since: now, wait: Math.min(2 * one.wait, LONGEST_WAIT) });
        this.ask(consumerId);
      }
    }
  }
}

/**
 * What a receive transport's statistics say of videos. One of which nothing has arrived need not be in them.
 *
 * @param {RTCStatsReport} stats
 * @param {Received[]} received
 * @returns {Picture[]}
 */
export function picturesIn(stats, received) {
  /** @type {Map<string, number>} */ const byTrack = new Map();
  for (const report of stats.values()) if (report.type === "inbound-rtp") byTrack.set(report.trackIdentifier, report.framesDecoded ?? 0);
  return received
    .filter(({ kind }) => kind === "video")
    .map(({ source, consumer }) => ({ consumerId: consumer.id, source, frames: byTrack.get(consumer.track.id) ?? 0 }));
}
