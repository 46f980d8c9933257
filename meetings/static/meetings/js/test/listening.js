/** Listening to a microphone for a while, and keeping what it heard. */
import { audioContext, loudness } from "../devices/level-meter.js";

/** In milliseconds. */
const LOOK_EVERY = 33;
const WAKE_WITHIN = 1_000;

/**
 * @typedef {object} Heard
 * @property {number} loudest   0 to 1.
 * @property {boolean} silent   Not one sample was anything but zero.
 * @property {boolean} muted    The system says that it delivers silence.
 * @property {AudioBuffer | null} recording  Null where the browser cannot record.
 */

/**
 * @param {MediaStreamTrack} track
 * @param {number} duration  Milliseconds.
 * @param {(level: number) => void} show
 * @returns {Promise<Heard>}
 */
export async function listen(track, duration, show) {
  const context = audioContext();
  // A browser that finds no way to play sound may never wake it.
  await Promise.race([context.resume(), pause(WAKE_WITHIN)]);
  const analyser = context.createAnalyser();
  analyser.fftSize = 2048;
  const source = context.createMediaStreamSource(new MediaStream([track]));
  source.connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  let loudest = 0;
  let silent = true;
  const looking = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    silent &&= samples.every((sample) => sample === 0);
    const level = loudness(samples);
    loudest = Math.max(loudest, level);
    show(level);
  }, LOOK_EVERY);
  const recording = record(track, duration);
  await pause(duration);
  clearInterval(looking);
  source.disconnect();
  show(0);
  const content = await recording;
  return { loudest, silent: silent && context.state === "running", muted: track.muted, recording: content && (await context.decodeAudioData(content).catch(() => null)) };
}

/**
 * @param {MediaStreamTrack} track
 * @param {number} duration
 * @returns {Promise<ArrayBuffer | null>}
 */
async function record(track, duration) {
  if (typeof MediaRecorder === "undefined") return null;
  try {
    const recorder = new MediaRecorder(new MediaStream([track]));
    /** @type {Blob[]} */ const parts = [];
    recorder.addEventListener("dataavailable", (event) => parts.push(event.data));
    const stopped = new Promise((resolve) => recorder.addEventListener("stop", resolve, { once: true }));
    recorder.start();
    await pause(duration);
    recorder.stop();
    await stopped;
    return await new Blob(parts).arrayBuffer();
  } catch {
    return null;
  }
}

/** @param {number} milliseconds */
function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
