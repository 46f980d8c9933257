/**
 * What I know of the breakout rooms of my meeting, and how it changes. Pure.
 *
 * @import {Breakout, BreakoutsStatus, WayTo} from "../contract.js"
 */

/**
 * @typedef {object} BreakoutState
 * @property {BreakoutsStatus["state"]} state
 * @property {number | null} closesAt  Milliseconds since the epoch, by this computer's clock.
 * @property {WayTo | null} main       The main room; null before anything was told of rooms.
 * @property {string | null} isIn      The id of the room in which I am; null in the main room.
 * @property {WayTo | null} room       Where I belong.
 */

/** @type {BreakoutState} */
export const NO_BREAKOUTS = { state: "none", closesAt: null, main: null, isIn: null, room: null };

/**
 * The answer to a join told it, or that there is nothing.
 *
 * @param {Breakout | null | undefined} told
 * @param {number} now  Milliseconds since the epoch.
 * @returns {BreakoutState}
 */
export function breakoutTold(told, now) {
  if (!told) return NO_BREAKOUTS;
  const { state, closesIn, main, isIn, room } = told;
  return { state, closesAt: deadline(closesIn, now), main, isIn, room };
}

/**
 * @param {BreakoutState} known
 * @param {BreakoutsStatus} status
 * @param {number} now
 * @returns {BreakoutState}
 */
export function withStatus(known, { state, closesIn }, now) {
  const over = state === "closed" || state === "none";
  return { ...known, state, closesAt: deadline(closesIn, now), room: over ? null : known.room };
}

/**
 * I am called somewhere: from then on I belong there.
 *
 * @param {BreakoutState} known
 * @param {WayTo} way
 * @returns {BreakoutState}
 */
export function withCall(known, way) {
  return { ...known, room: way.roomId === null ? null : way };
}

/**
 * To which room the button in the main room leads; null when there is nothing to go to.
 *
 * @param {BreakoutState} known
 * @returns {WayTo | null}
 */
export function roomToGoTo({ state, isIn, room }) {
  return isIn === null && (state === "open" || state === "closing") ? room : null;
}

/** Whether some of the meeting are elsewhere, and will be back. @param {BreakoutState} known */
export function isDivided({ state, isIn }) {
  return isIn !== null || state === "open" || state === "closing";
}

/** @param {number | null} closesAt @param {number} now @returns {string} `0:07`; empty while nothing closes. */
export function countdown(closesAt, now) {
  if (closesAt === null) return "";
  const seconds = Math.max(0, Math.ceil((closesAt - now) / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** @param {number | null} closesIn  Seconds. @param {number} now */
function deadline(closesIn, now) {
  return closesIn === null ? null : now + closesIn * 1000;
}
