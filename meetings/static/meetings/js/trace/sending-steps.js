/**
 * Steps of what I send: that it is sent, that it cannot be, and a device that is on and records nothing at all.
 *
 * @import {Source} from "../contract.js"
 * @import {Publisher, Sent} from "../media/publisher.js"
 * @import {Note} from "./recorder.js"
 */
import { GrowthWatch } from "../media/growth-watch.js";

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

/** @extends {GrowthWatch<Recording & {id: string}, {silent: boolean}>} */
export class SilenceSteps extends GrowthWatch {
  /**
   * @param {object} parts
   * @param {Note} parts.note
   * @param {() => Promise<Recording[]>} parts.recordings
   * @param {() => number} [parts.now]  Milliseconds.
   */
  constructor({ note, recordings, now = () => Date.now() }) {
    super({
      every: LOOK_EVERY,
      now,
      read: async () => (await recordings()).map((one) => ({ ...one, id: one.trackId })),
      first: () => ({ silent: false }),
      grew({ source }, kept) {
        if (kept.silent) note("silence", "ok", { source });
        kept.silent = false;
      },
      still({ source }, kept, at) {
        if (kept.silent || at - kept.since < LONG) return;
        kept.silent = true;
        note("silence", "failed", { source });
      },
    });
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
