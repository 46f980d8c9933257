/**
 * How long the pictures of the others stood still when something failed, from the last frame before to the first after.
 *
 * Watched closely only while there is trouble. What nothing announces (a path that breaks and heals before the browser
 * gives it up) is noticed by a look a second. Sound counts where no picture was coming: it may be silent by itself.
 *
 * @import {Kind, Source} from "../contract.js"
 */

/** Between two looks, in milliseconds. */
const LOOK_EVERY = 100;
/** Between two looks while all is well. */
const GLANCE_EVERY = 1_000;
/** When everything that should come has not come for this long, that is trouble too. */
const STALLED = 1_200;
/** Who has not come back this long after the trouble was over stopped sending, or left. */
const LATEST = 15_000;
/** Of what was coming in before: what had stopped this much earlier than the rest had stopped by itself. */
const ASIDE = 1_000;

/**
 * @typedef {object} Arrival  What has arrived of one stream.
 * @property {string} participantId
 * @property {Source} source
 * @property {Kind} kind
 * @property {string} trackId
 * @property {number} count   Decoded frames, or packets of sound.
 * @property {number} age     Milliseconds since its last packet; Infinity when none came.
 * @property {number} frozen  Milliseconds for which the picture has stood still so far, all in all.
 *
 * @typedef {object} Stream
 * @property {string} trackId
 * @property {number} count
 * @property {number} at        When it last went on.
 * @property {number} longest   Its longest standstill.
 * @property {number} since     When that began.
 * @property {number} frozen    Milliseconds for which it had stood still before the trouble.
 * @property {boolean} back     Whether it went on after the trouble was over.
 *
 * @typedef {"media-lost" | "path-lost" | "socket-lost" | "network-lost" | "address-changed"} Cause
 * @typedef {{cause: Cause, gapMs: number, agoMs: number, incidentId?: string}} GapReport
 */

export class GapWatch {
  /** @type {Map<string, Stream>} */ #streams = new Map();
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer;
  /** Which watch this is, from the first trouble to the report; 0 while there is none. */ #watch = 0;
  #watches = 0;
  /** @type {ReturnType<typeof setInterval> | undefined} */ #glances;
  /** @type {Map<string, {trackId: string, frozen: number}>} What was coming at the last glance. */ #coming = new Map();
  #moved = false;
  #socket = false;
  #path = false;
  #incidentId = "";
  /** @type {number | null} When the trouble was over. */ #over = null;

  /**
   * @param {object} parts
   * @param {() => Promise<Arrival[]>} parts.arrivals    What arrives at this moment, of what should.
   * @param {(report: GapReport) => void} parts.report   Called once for each trouble that was seen to end.
   * @param {() => number} [parts.now]  Milliseconds.
   */
  constructor({ arrivals, report, now = () => performance.now() }) {
    this.arrivals = arrivals;
    this.report = report;
    this.now = now;
  }

  /**
   * Something is wrong, or something else is too.
   *
   * @param {{socket?: boolean, path?: boolean, moved?: boolean, incidentId?: string}} what  `moved`: the address changed,
   *     and what stood still because of it may move already.
   */
  trouble({ socket = false, path = false, moved = false, incidentId = "" }) {
    this.#moved ||= moved;
    this.#socket ||= socket;
    this.#path ||= path;
    this.#incidentId ||= incidentId;
    this.#over = null;
    for (const stream of this.#streams.values()) stream.back = false;
    if (this.#watch) return;
    this.#watch = ++this.#watches;
    void this.#begin(this.#watch);
  }

  /** All that was wrong is mended, as far as is known: what was coming before comes again any moment now. */
  over() {
    if (this.#watch) this.#over ??= this.now();
  }

  /** Glances from now on. Calling it again changes nothing. */
  start() {
    this.#glances ??= setInterval(() => void this.#glance(), GLANCE_EVERY);
  }

  /** Forgets everything: the call has ended. */
  stop() {
    clearInterval(this.#glances);
    this.#glances = undefined;
    this.#coming.clear();
    this.#forget();
  }

  async #glance() {
    if (this.#watch) return;
    const arrivals = worthWatching(await this.#arrivals());
    if (this.#watch) return;
    const expected = arrivals.filter((one) => this.#coming.has(keyOf(one)));
    if (expected.length > 0 && expected.every((one) => one.age > STALLED)) {
      this.trouble({ path: true });
      this.over();
    }
    this.#coming = new Map(arrivals.filter((one) => one.age < STALLED).map((one) => [keyOf(one), one]));
  }

  #forget() {
    clearTimeout(this.#timer);
    this.#streams.clear();
    this.#watch = 0;
    this.#socket = this.#path = this.#moved = false;
    this.#incidentId = "";
    this.#over = null;
  }

  /** @param {number} watch */
  async #begin(watch) {
    // Asked for at once: the connection that knows may be closed in the next moment.
    const before = await this.#arrivals();
    if (watch !== this.#watch) return;
    const now = this.now();
    for (const one of worthWatching(before)) {
      const at = now - one.age;
      const glanced = this.#coming.get(keyOf(one));
      const frozen = glanced?.trackId === one.trackId ? glanced.frozen : one.frozen;
      this.#streams.set(keyOf(one), { trackId: one.trackId, count: one.count, at, longest: 0, since: at, frozen, back: false });
    }
    await this.#look(watch);
  }

  /** @param {number} watch */
  async #look(watch) {
    const arrivals = await this.#arrivals();
    if (watch !== this.#watch) return;
    const now = this.now();
    for (const one of arrivals) {
      const stream = this.#streams.get(keyOf(one));
      if (!stream) continue;
      const before = stream.trackId === one.trackId ? stream.count : 0;
      if (one.count <= before) continue;
      const frozen = stream.trackId === one.trackId ? one.frozen - stream.frozen : 0;
      const standstill = Math.max(now - stream.at, frozen);
      if (standstill > stream.longest) Object.assign(stream, { longest: standstill, since: now - standstill });
      Object.assign(stream, { trackId: one.trackId, count: one.count, at: now, back: this.#over !== null });
    }
    if (this.#ended()) this.#tell();
    else this.#timer = setTimeout(() => void this.#look(watch), LOOK_EVERY);
  }

  async #arrivals() {
    try {
      return await this.arrivals();
    } catch {
      return [];
    }
  }

  #ended() {
    if (this.#over === null) return false;
    return [...this.#streams.values()].every((stream) => stream.back) || this.now() - this.#over > LATEST;
  }

  #tell() {
    const back = [...this.#streams.values()].filter((stream) => stream.back);
    const worst = back.reduce((one, other) => (other.longest > one.longest ? other : one), { longest: 0, since: this.now() });
    const incident = this.#incidentId ? { incidentId: this.#incidentId } : {};
    const report = {
      cause: this.#cause,
      gapMs: Math.round(worst.longest),
      agoMs: Math.max(0, Math.round(this.now() - worst.since)),
      ...incident,
    };
    this.#forget();
    if (back.length > 0) this.report(report);
  }

  /** @returns {Cause} */
  get #cause() {
    if (this.#incidentId) return "media-lost";
    if (this.#socket) return this.#path ? "network-lost" : "socket-lost";
    return this.#moved ? "address-changed" : "path-lost";
  }
}

/** @param {Arrival[]} arrivals */
function worthWatching(arrivals) {
  const coming = arrivals.filter((one) => Number.isFinite(one.age));
  const pictures = coming.filter((one) => one.kind === "video");
  const counted = pictures.length > 0 ? pictures : coming;
  const newest = Math.min(...counted.map((one) => one.age));
  return counted.filter((one) => one.age <= newest + ASIDE);
}

/** @param {Arrival} one */
function keyOf(one) {
  return `${one.participantId}:${one.source}`;
}

/**
 * What a receive transport's statistics say of what is received over it.
 *
 * @param {RTCStatsReport} stats
 * @param {import("./subscriber.js").Received[]} received
 * @returns {Arrival[]}
 */
export function arrivalsIn(stats, received) {
  /** @type {Map<string, any>} */ const byTrack = new Map();
  for (const report of stats.values()) if (report.type === "inbound-rtp") byTrack.set(report.trackIdentifier, report);
  return received.flatMap(({ participantId, source, kind, consumer }) => {
    const report = byTrack.get(consumer.track.id);
    if (!report) return [];
    const last = report.lastPacketReceivedTimestamp;
    const age = last === undefined ? Infinity : Math.max(0, report.timestamp - last);
    const count = (kind === "video" ? report.framesDecoded : report.packetsReceived) ?? 0;
    const frozen = 1000 * (report.totalFreezesDuration ?? 0);
    return [{ participantId, source, kind, trackId: consumer.track.id, count, age, frozen }];
  });
}
