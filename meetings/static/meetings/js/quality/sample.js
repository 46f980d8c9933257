/**
 * How well it goes, from what both transports' statistics said a few seconds ago and say now. Pure.
 *
 * Bitrates are in kbit/s, losses are parts of 1, times are milliseconds.
 *
 * @import {Source} from "../contract.js"
 * @import {Sent} from "../media/publisher.js"
 * @import {Received} from "../media/subscriber.js"
 * @import {Path, Stats} from "../media/path-in-use.js"
 */
import { pathIn } from "../media/path-in-use.js";

/**
 * @typedef {"none" | "cpu" | "bandwidth" | "other"} Limit
 *
 * @typedef {object} Numbers  What was counted of one stream of mine, or of the others, up to now.
 * @property {string} key
 * @property {Source} source
 * @property {string} participantId  Empty for mine.
 * @property {number} bytes
 * @property {number} packets
 * @property {number} lost
 * @property {number} [frames]
 * @property {number} [captured]  Frames that there were to encode.
 * @property {number} [encodeMs]  How long encoding has taken.
 * @property {number} [jitter]
 * @property {number} [rtt]
 * @property {number} [fps]
 * @property {number} [height]
 * @property {Limit} [limited]
 * @property {number} [freezes]
 * @property {number} [frozenMs]
 * @property {number} [layer]
 *
 * @typedef {{at: number, up: Numbers[], down: Numbers[], send: Path | null, recv: Path | null}} Counted
 *
 * @typedef {object} Encoding  How a camera's picture was encoded.
 * @property {number} captured  Frames a second that the camera gave.
 * @property {number} encoded   Frames a second of them that were encoded.
 * @property {number} encodeMs  How long one took, with all its layers.
 *
 * @typedef {{kbps: number, loss: number, fps?: number, height?: number, limited?: Limit} & Partial<Encoding>} SourceQuality
 * @typedef {object} StreamQuality
 * @property {string} participantId
 * @property {Source} source
 * @property {number} kbps
 * @property {number} loss
 * @property {number} jitter
 * @property {number} packets
 * @property {number} [frames]
 * @property {number} [fps]
 * @property {number} [height]
 * @property {number} [freezes]
 * @property {number} [frozenMs]
 * @property {number} [layer]  The one that was asked for.
 *
 * @typedef {object} Sample
 * @property {number} seconds
 * @property {{kbps: number, loss: number, rtt?: number, jitter: number, limited: Limit, fps?: number, height?: number, sources: Partial<Record<Source, SourceQuality>>}} [up]
 * @property {{kbps: number, loss: number, jitter: number, freezes: number, frozenMs: number, streams: StreamQuality[]}} [down]
 * @property {{send?: Path, recv?: Path}} [path]
 * @property {number} spoke
 */

/** @type {Limit[]} Worst last. */
const LIMITS = ["none", "other", "bandwidth", "cpu"];
/** So much of the time would have to go into encoding all that the camera gives: too much, as browsers see it too. */
const BUSY = 0.85;
/** So much of what the camera gives is at least left out by an encoder that cannot keep up. */
const LEFT_OUT = 0.1;
/** Frames a second; of fewer nothing can be said. */
const FEW = 5;

/**
 * @param {{send: Stats, recv: Stats}} stats
 * @param {{sent: Sent[], received: Received[], at: number}} what  `received`: what should be coming.
 * @returns {Counted}
 */
export function countIn({ send, recv }, { sent, received, at }) {
  return { at, up: countSent(send, sent), down: countReceived(recv, received), send: pathIn(send), recv: pathIn(recv) };
}

/**
 * @param {Stats} stats
 * @param {Sent[]} sent
 * @returns {Numbers[]}
 */
function countSent(stats, sent) {
  /** @type {Map<string, any>} */ const told = new Map();
  /** @type {Map<string, any>} */ const given = new Map();
  for (const report of stats.values()) {
    if (report.type === "remote-inbound-rtp") told.set(report.localId, report);
    if (report.type === "media-source") given.set(report.id, report);
  }
  return [...stats.values()].flatMap((report) => {
    const one = report.type === "outbound-rtp" && report.active !== false ? sent.find(({ mid }) => mid === report.mid) : undefined;
    if (!one) return [];
    const { packetsLost = 0, jitter, roundTripTime } = told.get(report.id) ?? {};
    return [{
      key: report.id, source: one.source, participantId: "",
      bytes: report.bytesSent ?? 0, packets: sentOnce(report), lost: packetsLost, frames: report.framesEncoded,
      captured: given.get(report.mediaSourceId)?.frames,
      // Hardware works on several frames at a time, so how long one takes tells nothing of how many it can do.
      encodeMs: report.powerEfficientEncoder ? undefined : inMilliseconds(report.totalEncodeTime),
      jitter: inMilliseconds(jitter), rtt: inMilliseconds(roundTripTime),
      fps: report.framesPerSecond, height: report.frameHeight, limited: report.qualityLimitationReason,
    }];
  });
}

/**
 * @param {Stats} stats
 * @param {Received[]} received
 * @returns {Numbers[]}
 */
function countReceived(stats, received) {
  /** @type {Map<string, any>} */ const byTrack = new Map();
  for (const report of stats.values()) if (report.type === "inbound-rtp") byTrack.set(report.trackIdentifier, report);
  return received.map(({ participantId, source, type, layer, consumer }) => {
    const report = byTrack.get(consumer.track.id) ?? {};
    return {
      key: consumer.id, source, participantId,
      bytes: report.bytesReceived ?? 0, packets: report.packetsReceived ?? 0, lost: report.packetsLost ?? 0, frames: report.framesDecoded,
      jitter: inMilliseconds(report.jitter), fps: report.framesPerSecond, height: report.frameHeight,
      freezes: report.freezeCount, frozenMs: inMilliseconds(report.totalFreezesDuration),
      ...(type === "simulcast" ? { layer } : {}),
    };
  });
}

/**
 * @param {Counted} before
 * @param {Counted} now
 * @param {number} spoke  For how many milliseconds I spoke in between.
 * @returns {Sample}
 */
export function sampleBetween(before, now, spoke) {
  const elapsed = now.at - before.at;
  const up = differences(before.up, now.up);
  const down = differences(before.down, now.down);
  const path = { ...(now.send ? { send: now.send } : {}), ...(now.recv ? { recv: now.recv } : {}) };
  return {
    seconds: tidy(elapsed / 1000, 1),
    ...(up.length > 0 ? { up: upQuality(up, elapsed, now.send) } : {}),
    ...(down.length > 0 ? { down: downQuality(down, elapsed) } : {}),
    ...(now.send || now.recv ? { path } : {}),
    spoke,
  };
}

/** @typedef {Numbers & {known: boolean}} Difference  Counts are of the time in between; `known`: whether all of that time is in it. */

/**
 * @param {Numbers[]} before
 * @param {Numbers[]} now
 * @returns {Difference[]}
 */
function differences(before, now) {
  const known = new Map(before.map((one) => [one.key, one]));
  return now.map((one) => {
    const was = known.get(one.key);
    const since = (/** @type {number | undefined} */ count, /** @type {number | undefined} */ base) => count === undefined ? undefined : Math.max(0, count - (base ?? 0));
    return {
      ...one,
      known: was !== undefined,
      bytes: since(one.bytes, was?.bytes) ?? 0,
      packets: since(one.packets, was?.packets) ?? 0,
      lost: since(one.lost, was?.lost) ?? 0,
      frames: since(one.frames, was?.frames),
      captured: since(one.captured, was?.captured),
      encodeMs: since(one.encodeMs, was?.encodeMs),
      freezes: since(one.freezes, was?.freezes),
      frozenMs: since(one.frozenMs, was?.frozenMs),
    };
  });
}

/**
 * @param {Difference[]} streams
 * @param {number} elapsed
 * @param {Path | null} path
 * @returns {NonNullable<Sample["up"]>}
 */
function upQuality(streams, elapsed, path) {
  /** @type {Partial<Record<Source, SourceQuality>>} */ const sources = {};
  for (const source of new Set(streams.map((one) => one.source))) {
    // Of several layers of a picture the largest is what it looks like.
    const layers = streams.filter((one) => one.source === source && (one.frames === undefined || one.frames > 0 || one.packets > 0));
    const largest = layers.toSorted((one, other) => (other.height ?? 0) - (one.height ?? 0))[0];
    // A screen's frames are left out by intent, where more changes on it than its bits allow.
    const encoding = source === "camera" ? encodingOf(layers, elapsed) : undefined;
    sources[source] = {
      kbps: rate(layers, elapsed),
      loss: lossOfSent(layers),
      ...someOf({ fps: rounded(largest?.fps), height: largest?.height }),
      ...(largest?.limited ? { limited: worstLimit(layers) } : {}),
      ...encoding,
      ...(encoding && cannotKeepUp(encoding) ? { limited: "cpu" } : {}),
    };
  }
  const pictures = sources.camera ?? sources.screen;
  const rtt = path?.rtt ?? rounded(most(streams.map((one) => one.rtt)));
  return {
    kbps: rate(streams, elapsed),
    loss: lossOfSent(reliable(streams)),
    ...someOf({ rtt }),
    jitter: rounded(most(streams.map((one) => one.jitter))) ?? 0,
    limited: worstLimit([...streams, ...Object.values(sources)]),
    ...someOf({ fps: pictures?.fps, height: pictures?.height }),
    sources,
  };
}

/**
 * @param {Difference[]} streams
 * @param {number} elapsed
 * @returns {NonNullable<Sample["down"]>}
 */
function downQuality(streams, elapsed) {
  const told = streams
    // Of what has just begun, nothing can be said yet.
    .filter(({ known }) => known)
    .map((one) => ({
      participantId: one.participantId,
      source: one.source,
      kbps: rate([one], elapsed),
      loss: lossOfReceived([one]),
      jitter: rounded(one.jitter) ?? 0,
      packets: one.packets,
      ...someOf({ frames: one.frames, fps: rounded(one.fps), height: one.height, layer: one.layer }),
      ...(one.freezes || one.frozenMs ? { freezes: one.freezes ?? 0, frozenMs: rounded(one.frozenMs) ?? 0 } : {}),
    }));
  return {
    kbps: rate(streams, elapsed),
    loss: lossOfReceived(streams),
    jitter: rounded(most(streams.map((one) => one.jitter))) ?? 0,
    freezes: sum(streams.map((one) => one.freezes ?? 0)),
    frozenMs: Math.round(sum(streams.map((one) => one.frozenMs ?? 0))),
    streams: told,
  };
}

/** @param {Difference[]} streams @param {number} elapsed */
function rate(streams, elapsed) {
  return elapsed > 0 ? Math.round((8 * sum(streams.map((one) => one.bytes))) / elapsed) : 0;
}

/**
 * What is lost is lost of what is sent for the first time; what is sent again for it would make it look less.
 *
 * @param {any} report  Of `outbound-rtp`.
 * @returns {number}
 */
function sentOnce({ packetsSent = 0, retransmittedPacketsSent = 0 }) {
  return Math.max(0, packetsSent - retransmittedPacketsSent);
}

/**
 * Those that tell what the media server missed itself. Of sound with in-band error correction it tells how much the worst
 * receiver misses, where that is more: so that is believed only where no picture is sent.
 *
 * @param {Difference[]} streams
 */
function reliable(streams) {
  const pictures = streams.filter(({ source }) => source === "camera" || source === "screen");
  return sum(pictures.map((one) => one.packets)) > 0 ? pictures : streams;
}

/** Lost ones were sent as well. @param {Difference[]} streams */
function lossOfSent(streams) {
  const packets = sum(streams.map((one) => one.packets));
  return packets > 0 ? tidy(Math.min(1, sum(streams.map((one) => one.lost)) / packets), 3) : 0;
}

/** @param {Difference[]} streams */
function lossOfReceived(streams) {
  const lost = sum(streams.map((one) => one.lost));
  return lost > 0 ? tidy(lost / (lost + sum(streams.map((one) => one.packets))), 3) : 0;
}

/**
 * @param {Difference[]} layers  Of one picture.
 * @param {number} elapsed
 * @returns {Encoding | undefined} Nothing where the browser does not tell, or nothing was encoded.
 */
function encodingOf(layers, elapsed) {
  // All layers of a frame are encoded together, so the one that took longest tells of all; one may have been off meanwhile.
  const known = layers.filter((one) => one.known);
  const frames = most(known.map((one) => one.frames));
  const captured = most(known.map((one) => one.captured));
  const took = most(known.map((one) => one.encodeMs));
  if (!frames || captured === undefined || took === undefined || elapsed <= 0) return undefined;
  const aSecond = (/** @type {number} */ count) => tidy((1000 * count) / elapsed, 1);
  return { captured: aSecond(captured), encoded: aSecond(frames), encodeMs: tidy(took / frames, 1) };
}

/**
 * Whether the encoder is too slow for the camera, which browsers themselves see only after a quarter of a minute, and
 * some never.
 *
 * @param {Encoding} encoding
 */
function cannotKeepUp({ captured, encoded, encodeMs }) {
  return captured >= FEW && encoded <= (1 - LEFT_OUT) * captured && (captured * encodeMs) / 1000 >= BUSY;
}

/** @param {{limited?: Limit}[]} streams @returns {Limit} */
function worstLimit(streams) {
  return LIMITS[Math.max(0, ...streams.map(({ limited }) => (limited ? LIMITS.indexOf(limited) : 0)))] ?? "none";
}

/** @param {(number | undefined)[]} numbers */
function most(numbers) {
  const known = numbers.filter((one) => one !== undefined);
  return known.length > 0 ? Math.max(...known) : undefined;
}

/** @param {number[]} numbers */
function sum(numbers) {
  return numbers.reduce((one, other) => one + other, 0);
}

/** @param {number | undefined} number */
function rounded(number) {
  return number === undefined ? undefined : Math.round(number);
}

/** @param {number | undefined} seconds */
function inMilliseconds(seconds) {
  return seconds === undefined ? undefined : seconds * 1000;
}

/** @param {number} number @param {number} digits */
function tidy(number, digits) {
  return Number(number.toFixed(digits));
}

/** Without what is not known. @param {Record<string, number | undefined>} fields */
function someOf(fields) {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
