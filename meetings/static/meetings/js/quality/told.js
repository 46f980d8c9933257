/**
 * What a sample tells the server: all that is wrong, and sums of what is well, which is nearly everything nearly always. Pure.
 *
 * @import {Limit, Sample, SourceQuality, StreamQuality} from "./sample.js"
 * @import {Source} from "../contract.js"
 * @import {Path} from "../media/path-in-use.js"
 */

/**
 * Absent are a `limited` that is `none`, counts that are 0, and an own picture's `fps` and `height` where it is the only one.
 *
 * @typedef {{kbps: number, loss: number, fps?: number, height?: number, limited?: Limit}} ToldSource
 * @typedef {object} ToldDown
 * @property {number} kbps
 * @property {number} loss
 * @property {number} jitter
 * @property {number} [freezes]
 * @property {number} [frozenMs]
 * @property {number} [height]  Of the largest picture.
 * @property {number} [layer]   The lowest that was asked for.
 * @property {number} [well]    How many senders have nothing in `streams`, for all of theirs is well.
 * @property {StreamQuality[]} [streams]  All streams of each sender one of whose streams is not well, or was not a sample before; worst first.
 * @property {number} [more]    How many of these do not fit in here.
 *
 * @typedef {object} ToldSample
 * @property {number} seconds
 * @property {{kbps: number, loss: number, rtt?: number, jitter: number, limited?: Limit, fps?: number, height?: number, sources: Partial<Record<Source, ToldSource>>}} [up]
 * @property {ToldDown} [down]
 * @property {{send?: Path, recv?: Path}} [path]  Where `up` has no round trip.
 * @property {number} [spoke]
 */

/** From half of what verdicts call poor on, a stream is told of by itself. */
const LOSS = 0.025;
const JITTER = 50;
/** Characters; a step holds no more than 4 KiB. */
const STREAMS_FIT = 3_000;

/**
 * @param {Sample} sample
 * @param {Sample | null} before  The one that was told before it.
 * @returns {ToldSample}
 */
export function toldOf({ seconds, up, down, path, spoke }, before) {
  return {
    seconds,
    ...(up ? { up: toldUp(up) } : {}),
    ...(down ? { down: toldDown(down, before?.down?.streams ?? []) } : {}),
    ...(path && up?.rtt === undefined ? { path } : {}),
    ...(spoke > 0 ? { spoke } : {}),
  };
}

/**
 * @param {NonNullable<Sample["up"]>} up
 * @returns {NonNullable<ToldSample["up"]>}
 */
function toldUp({ limited, sources, ...up }) {
  const single = Object.values(sources).filter(({ height }) => height !== undefined).length < 2;
  const told = Object.entries(sources).map(([name, source]) => [name, toldSource(source, single)]);
  return { ...up, ...unlessFree(limited), sources: Object.fromEntries(told) };
}

/**
 * @param {SourceQuality} source
 * @param {boolean} single  Whether it is the only picture.
 * @returns {ToldSource}
 */
function toldSource({ fps, height, limited, ...source }, single) {
  return { ...source, ...(single || height === undefined ? {} : { fps, height }), ...unlessFree(limited) };
}

/** @param {Limit | undefined} limited */
function unlessFree(limited) {
  return limited === undefined || limited === "none" ? {} : { limited };
}

/**
 * @param {NonNullable<Sample["down"]>} down
 * @param {StreamQuality[]} before
 * @returns {ToldDown}
 */
function toldDown({ kbps, loss, jitter, freezes, frozenMs, streams }, before) {
  const unwell = new Set([...streams, ...before].filter((one) => !isWell(one)).map(({ participantId }) => participantId));
  const listed = streams.filter(({ participantId }) => unwell.has(participantId));
  const well = new Set(streams.map(({ participantId }) => participantId).filter((one) => !unwell.has(one))).size;
  const fitting = thoseThatFit(listed);
  const more = listed.length - fitting.length;
  const layers = streams.flatMap(({ layer }) => (layer === undefined ? [] : [layer]));
  const height = Math.max(0, ...streams.map((one) => one.height ?? 0));
  return {
    kbps, loss, jitter,
    ...(freezes > 0 ? { freezes } : {}),
    ...(frozenMs > 0 ? { frozenMs } : {}),
    ...(height > 0 ? { height } : {}),
    ...(layers.length > 0 ? { layer: Math.min(...layers) } : {}),
    ...(well > 0 ? { well } : {}),
    ...(listed.length > 0 ? { streams: fitting } : {}),
    ...(more > 0 ? { more } : {}),
  };
}

/** @param {StreamQuality} stream */
function isWell({ packets, frames, loss, jitter, freezes = 0, frozenMs = 0 }) {
  return packets > 0 && frames !== 0 && loss < LOSS && jitter < JITTER && freezes === 0 && frozenMs === 0;
}

/** @param {StreamQuality[]} streams */
function thoseThatFit(streams) {
  const trouble = (/** @type {StreamQuality} */ one) => (one.packets === 0 ? 2 : 0) + (one.freezes ?? 0) + one.loss;
  const worstFirst = streams.toSorted((one, other) => trouble(other) - trouble(one));
  let size = 0;
  const count = worstFirst.findIndex((one) => (size += JSON.stringify(one).length + 1) > STREAMS_FIT);
  return count < 0 ? worstFirst : worstFirst.slice(0, count);
}
