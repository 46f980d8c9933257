/**
 * Steps of what I send: that it is sent, that it cannot be, and a device that is on and records nothing at all.
 *
 * @import {Source} from "../contract.js"
 * @import {Publisher, Sent} from "../media/publisher.js"
 * @import {Note} from "./recorder.js"
 */

/** Between two looks, in milliseconds. */
const LOOK_EVERY = 2_500;
/** A room is never wholly silent for so long, nor a camera without a picture. */
const LONG = 5_000;

/**
 * @param {Publisher} publisher
 * @param {Note} note
 */
export function noteSendingSteps(publisher, note) {
  publisher.on("sending", ({ source, producerId }) => note("sending", "ok", { source, producerId }));
  publisher.on("refused", ({ source, code }) => note("sending", "failed", { source, code }));
}

export class SilenceSteps {
  /** @type {Map<string, {count: number, since: number, silent: boolean}>} By track id. */ #recorded = new Map();
  /** @type {ReturnType<typeof setInterval> | undefined} */ #timer;

  /**
   * @param {object} parts
   * @param {Note} parts.note
   * @param {() => Promise<Recording[]>} parts.recordings
   * @param {() => number} [parts.now]  Milliseconds.
   */
  constructor({ note, recordings, now = () => Date.now() }) {
    this.note = note;
    this.recordings = recordings;
    this.now = now;
  }

  /** Looks from now on; what went before is forgotten. */
  start() {
    this.stop();
    this.#timer = setInterval(() => void this.#look(), LOOK_EVERY);
  }

  /** Idempotent. */
  stop() {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#recorded.clear();
  }

  async #look() {
    const timer = this.#timer;
    const recordings = await this.recordings().catch(() => []);
    if (timer !== this.#timer) return;
    const now = this.now();
    const there = new Set(recordings.map(({ trackId }) => trackId));
    for (const trackId of this.#recorded.keys()) if (!there.has(trackId)) this.#recorded.delete(trackId);
    for (const { trackId, source, count } of recordings) {
      const one = this.#recorded.get(trackId);
      if (!one) {
        this.#recorded.set(trackId, { count, since: now, silent: false });
      } else if (count !== one.count) {
        if (one.silent) this.note("silence", "ok", { source });
        Object.assign(one, { count, since: now, silent: false });
      } else if (!one.silent && now - one.since >= LONG) {
        one.silent = true;
        this.note("silence", "failed", { source });
      }
    }
  }
}

/**
 * @typedef {object} Recording  What has come from a device that is on, and that the system does not mute.
 * @property {string} trackId
 * @property {Source} source
 * @property {number} count  Energy of the sound, or pictures.
 */

/**
 * What a send transport's statistics say of my microphone and camera; nothing where a browser does not tell.
 *
 * @param {RTCStatsReport} stats
 * @param {Sent[]} sent
 * @returns {Recording[]}
 */
export function recordingsIn(stats, sent) {
  /** @type {Map<string, number | undefined>} */ const counts = new Map();
  for (const report of stats.values()) {
    if (report.type === "media-source") counts.set(report.trackIdentifier, report.kind === "audio" ? report.totalAudioEnergy : report.frames);
  }
  return sent.flatMap(({ source, track, paused }) => {
    const count = track && counts.get(track.id);
    const recording = track?.enabled && !track.muted && !paused && (source === "mic" || source === "camera");
    return recording && typeof count === "number" ? [{ trackId: track.id, source, count }] : [];
  });
}
