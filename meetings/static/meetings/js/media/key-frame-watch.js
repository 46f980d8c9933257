/**
 * Looks after pictures that do not come although they should, and asks for a key frame: without one nothing can be decoded, and
 * where the request for the first one was lost nobody else asks again.
 *
 * A screen that nobody touches has no frames, and needs none. A camera always has.
 *
 * @import {Source} from "../contract.js"
 * @import {Received} from "./subscriber.js"
 */
import { GrowthWatch } from "./growth-watch.js";

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
 */

/** @extends {GrowthWatch<Picture & {id: string, count: number}, {seen: boolean, wait: number}>} */
export class KeyFrameWatch extends GrowthWatch {
  /**
   * @param {object} parts
   * @param {() => boolean} parts.calm  Whether media are well, so that pictures ought to come.
   * @param {() => Promise<Picture[]>} parts.pictures  Those that should be coming at this moment.
   * @param {(consumerId: string) => void} parts.ask   Asks for a key frame.
   * @param {() => number} [parts.now]  Milliseconds.
   */
  constructor({ calm, pictures, ask, now = () => Date.now() }) {
    super({
      every: LOOK_EVERY,
      now,
      async read() {
        const all = calm() ? await pictures() : [];
        // Media may have been disturbed while the numbers were read.
        return calm() ? all.map((one) => ({ ...one, id: one.consumerId, count: one.frames })) : [];
      },
      first: () => ({ seen: false, wait: FIRST_WAIT }),
      grew(_, kept) {
        kept.seen = true;
        kept.wait = STILL_WAIT;
      },
      still({ consumerId, source }, kept, at) {
        if (at - kept.since < kept.wait || (kept.seen && source === "screen")) return;
        kept.since = at;
        kept.wait = Math.min(2 * kept.wait, LONGEST_WAIT);
        ask(consumerId);
      },
    });
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
