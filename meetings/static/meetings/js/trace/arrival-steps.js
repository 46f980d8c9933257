/**
 * Steps of what I receive: the first packets, picture and sound of the first few people, and everything that should be coming and is
 * not. Those who send nothing, and what nobody looks at, are not waited for.
 *
 * @import {Kind, Source} from "../contract.js"
 * @import {Received} from "../media/subscriber.js"
 * @import {Note} from "./recorder.js"
 */

/** Between two looks, in milliseconds: while something new is expected, and afterwards. */
const LOOK_AT_FIRST = 250;
const LOOK_EVERY = 1_000;
/** What has not come after so long is waited for. */
const LONG = 5_000;
/** Of so many people it is told when they were first seen and heard; with more of them it tells nothing new. */
const FIRST_PEOPLE = 4;
/** Where more than this is away at once, the rest is away for the same reason. */
const MOST_AWAY = 12;

/**
 * @typedef {object} Stream  Something that should be coming at this moment, and what has come of it so far.
 * @property {string} consumerId
 * @property {string} participantId
 * @property {Source} source
 * @property {Kind} kind
 * @property {number} packets
 * @property {number} frames      Decoded.
 * @property {number} keyFrames   Decoded.
 * @property {number} energy      Of the sound; 0 while all is silence.
 *
 * @typedef {object} Watched
 * @property {number} since     When it last went on, or when it began to be expected.
 * @property {number} packets   At that time.
 * @property {number} frames    At that time.
 * @property {boolean} seen     Whether it went on since it is expected.
 */

export class ArrivalSteps {
  /** @type {Map<string, Watched>} By consumer id. */ #watched = new Map();
  /** @type {Map<string, Stream>} What is waited for, by consumer id. */ #away = new Map();
  /** @type {Set<string>} */ #people = new Set();
  /** @type {Set<string>} Steps that were taken down, with whose they are. */ #firsts = new Set();
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer;
  /** Which run of looks this is. */ #run = 0;
  #askedAt = 0;
  #busyUntil = 0;

  /**
   * @param {object} parts
   * @param {Note} parts.note
   * @param {() => boolean} parts.calm  Whether media are well, so that what is sent ought to come.
   * @param {() => Promise<Stream[]>} parts.streams
   * @param {() => number} [parts.now]  Milliseconds.
   */
  constructor({ note, calm, streams, now = () => Date.now() }) {
    this.note = note;
    this.calm = calm;
    this.streams = streams;
    this.now = now;
  }

  /** A join was asked for at this moment: everything is first again. */
  asked() {
    this.#askedAt = this.now();
    this.#people.clear();
    this.#firsts.clear();
    this.#away.clear();
  }

  /** Looks from now on. Calling it again looks closely for a while: something new is expected. */
  start() {
    this.#busyUntil = this.now() + LONG;
    clearTimeout(this.#timer);
    void this.#look(++this.#run);
  }

  /** Idempotent. */
  stop() {
    this.#run += 1;
    clearTimeout(this.#timer);
    this.#watched.clear();
  }

  /** @param {number} run */
  async #look(run) {
    /** @type {Stream[]} */ let streams = [];
    try {
      if (this.calm()) streams = await this.streams();
    } catch {
      // A transport that closes in this moment has no statistics.
    }
    if (run !== this.#run) return;
    if (this.calm()) this.#compare(streams);
    else this.#watched.clear();
    this.#timer = setTimeout(() => void this.#look(run), this.now() < this.#busyUntil ? LOOK_AT_FIRST : LOOK_EVERY);
  }

  /** @param {Stream[]} streams */
  #compare(streams) {
    const now = this.now();
    const there = new Set(streams.map(({ consumerId }) => consumerId));
    for (const consumerId of this.#watched.keys()) if (!there.has(consumerId)) this.#watched.delete(consumerId);
    for (const [consumerId, stream] of this.#away) {
      if (there.has(consumerId)) continue;
      this.#away.delete(consumerId);
      this.note("no-media", "ok", { ...nameOf(stream), expected: false });
    }
    for (const stream of streams) {
      this.#first(stream, now);
      this.#follow(stream, now);
    }
  }

  /** @param {Stream} stream @param {number} now */
  #first(stream, now) {
    const { participantId, source, packets, frames, energy } = stream;
    if (!this.#people.has(participantId) && this.#people.size >= FIRST_PEOPLE) return;
    this.#people.add(participantId);
    /** @type {[string, boolean][]} */
    const steps = [["first-packet", packets > 0], ["first-frame", frames > 0], ["first-sound", energy > 0]];
    for (const [step, came] of steps) {
      const key = `${step} ${participantId} ${source}`;
      if (!came || this.#firsts.has(key)) continue;
      this.#firsts.add(key);
      this.note(step, "ok", { participantId, source, ms: now - this.#askedAt });
    }
  }

  /** @param {Stream} stream @param {number} now */
  #follow(stream, now) {
    const { consumerId, kind, source, packets, frames, keyFrames } = stream;
    const one = this.#watched.get(consumerId);
    if (!one) {
      this.#watched.set(consumerId, { since: now, packets, frames, seen: false });
      this.#busyUntil = Math.max(this.#busyUntil, now + LONG);
      return;
    }
    if (kind === "video" ? frames > one.frames : packets > one.packets) {
      const seconds = secondsSince(one.since, now);
      Object.assign(one, { since: now, packets, frames, seen: true });
      if (this.#away.delete(consumerId)) this.note("no-media", "ok", { ...nameOf(stream), seconds });
      return;
    }
    // A screen that nobody touches has no frames.
    if (now - one.since < LONG || (one.seen && source === "screen")) return;
    if (this.#away.has(consumerId) || this.#away.size >= MOST_AWAY) return;
    this.#away.set(consumerId, stream);
    const came = { packets: packets - one.packets, frames: frames - one.frames, ...(kind === "video" ? { keyFrames } : {}) };
    this.note("no-media", "waiting", { ...nameOf(stream), seconds: secondsSince(one.since, now), ...came });
  }
}

/** @param {Stream} stream */
function nameOf({ participantId, source, consumerId }) {
  return { participantId, source, consumerId };
}

/** @param {number} since @param {number} now */
function secondsSince(since, now) {
  return Math.round((now - since) / 100) / 10;
}

/**
 * What a receive transport's statistics say of these. One of which nothing has arrived need not be in them.
 *
 * @param {RTCStatsReport} stats
 * @param {Received[]} received
 * @returns {Stream[]}
 */
export function streamsIn(stats, received) {
  /** @type {Map<string, any>} */ const byTrack = new Map();
  for (const report of stats.values()) if (report.type === "inbound-rtp") byTrack.set(report.trackIdentifier, report);
  return received.map(({ participantId, source, kind, consumer }) => {
    const { packetsReceived = 0, framesDecoded = 0, keyFramesDecoded = 0, totalAudioEnergy = 0 } = byTrack.get(consumer.track.id) ?? {};
    return {
      consumerId: consumer.id, participantId, source, kind,
      packets: packetsReceived, frames: framesDecoded, keyFrames: keyFramesDecoded, energy: totalAudioEnergy,
    };
  });
}
