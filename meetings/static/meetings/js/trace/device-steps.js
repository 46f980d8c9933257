/**
 * Steps of my own devices: whether I got them, whether they are on, and what the system does to them.
 *
 * @import {CaptureProblem, Device} from "../devices/capture.js"
 * @import {DeviceState, LocalMedia} from "../devices/local-media.js"
 * @import {ScreenShare} from "../devices/screen-share.js"
 * @import {Source} from "../contract.js"
 * @import {Note} from "./recorder.js"
 */

/** From here on people wonder. */
const LONG = 5_000;
/** @type {Record<CaptureProblem, {reason: string, name?: string}>} */
const REASONS = {
  denied: { reason: "denied" },
  "denied-by-system": { reason: "denied", name: "denied by the system" },
  missing: { reason: "none" },
  busy: { reason: "busy" },
  insecure: { reason: "unknown", name: "page is not secure" },
  failed: { reason: "unknown" },
};

/**
 * @param {object} parts
 * @param {Pick<LocalMedia, "store">} parts.local
 * @param {ScreenShare} parts.screenShare
 * @param {Note} parts.note
 */
export function noteDeviceSteps({ local, screenShare, note }) {
  for (const [device, source] of /** @type {[Device, Source][]} */ ([["microphone", "mic"], ["camera", "camera"]])) {
    /** @type {ReturnType<typeof setTimeout> | undefined} */ let long;
    /** @type {Partial<DeviceState>} */ let before = {};
    local.store.watch((state) => state[device], (now) => {
      const was = before;
      before = now;
      if (now.asking !== was.asking) {
        clearTimeout(long);
        if (now.asking) long = setTimeout(() => note(device, "waiting", { seconds: LONG / 1000 }), LONG);
      }
      if (now.track && now.track !== was.track) {
        note(device, "ok", { on: now.on });
        if (!now.on) note(device, "changed", { on: false });
        watchTrack(now.track, source, note);
        if (now.track.muted) note("track", "changed", { source, what: "muted" });
      } else if (was.on !== undefined && now.on !== was.on && !now.problem) {
        note(device, "changed", { on: now.on });
      }
      if (now.problem && now.problem !== was.problem) note(device, "failed", REASONS[now.problem]);
    });
  }
  /** @type {MediaStreamTrack | null} */ let shown = null;
  screenShare.on("changed", () => {
    const { track } = screenShare;
    // That it ended is how people stop showing it.
    if (track && track !== shown) watchMuting(track, "screen", note);
    shown = track;
  });
}

/**
 * Its `ended` is not fired for a track that the page itself has stopped.
 *
 * @param {MediaStreamTrack} track
 * @param {Source} source
 * @param {Note} note
 */
function watchTrack(track, source, note) {
  track.addEventListener("ended", () => note("track", "changed", { source, what: "ended" }));
  watchMuting(track, source, note);
}

/**
 * @param {MediaStreamTrack} track
 * @param {Source} source
 * @param {Note} note
 */
function watchMuting(track, source, note) {
  track.addEventListener("mute", () => note("track", "changed", { source, what: "muted" }));
  track.addEventListener("unmute", () => note("track", "changed", { source, what: "unmuted" }));
}
