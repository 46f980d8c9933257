/** How a meeting stands to the end of its time. */

import { LONGEST_WAIT } from "../longest-wait.js";

const SOON = 5 * 60_000;

/**
 * What is to be said now, and when to look again.
 *
 * @param {{endsAt: string | null, closes: boolean}} meeting
 * @param {number} now  Milliseconds since the epoch.
 * @returns {{says: "nothing" | "soon" | "over", minutes: number, again: number | null}}  `minutes` are left; `again` is in milliseconds from now.
 */
export function timeOver({ endsAt, closes }, now) {
  const ends = endsAt === null ? Number.NaN : Date.parse(endsAt);
  if (Number.isNaN(ends)) return { says: "nothing", minutes: 0, again: null };
  const left = ends - now;
  if (left > SOON) return { says: "nothing", minutes: 0, again: Math.min(left - SOON, LONGEST_WAIT) };
  if (left > 0) return { says: "soon", minutes: Math.ceil(left / 60_000), again: left };
  // What closes by itself is about to; there is nothing more to say of it.
  return { says: closes ? "nothing" : "over", minutes: 0, again: null };
}
