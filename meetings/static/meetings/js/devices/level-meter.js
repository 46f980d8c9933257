/**
 * How loud a track is, from 0 to 1, some thirty times a second.
 *
 * Owns one AudioContext for the page. Browsers keep it asleep until the user does something; it is woken then.
 */
/** @type {AudioContext | null} */
let shared = null;

/** @returns {AudioContext} */
export function audioContext() {
  if (!shared) {
    const context = new AudioContext();
    shared = context;
    const wake = () => void context.resume().catch(() => {});
    for (const event of ["pointerdown", "keydown"]) document.addEventListener(event, wake);
  }
  return shared;
}

export class LevelMeter {
  /** @type {MediaStreamAudioSourceNode | null} */ #source = null;
  /** @type {MediaStreamTrack | null} */ #track = null;
  /** @type {ReturnType<typeof setInterval> | null} */ #timer = null;

  /** @param {(level: number) => void} show */
  constructor(show) {
    this.show = show;
  }

  /** Measures this track from now on; null stops. @param {MediaStreamTrack | null} track */
  watch(track) {
    if (track === this.#track) return;
    this.stop();
    this.#track = track;
    if (!track || track.kind !== "audio") return;
    const context = audioContext();
    const analyser = context.createAnalyser();
    analyser.fftSize = 512;
    const samples = new Float32Array(analyser.fftSize);
    this.#source = context.createMediaStreamSource(new MediaStream([track]));
    this.#source.connect(analyser);
    this.#timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      this.show(loudness(samples));
    }, 33);
  }

  stop() {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    this.#source?.disconnect();
    this.#source = null;
    this.#track = null;
    this.show(0);
  }
}

/**
 * @param {Float32Array} samples
 * @returns {number} 0 for silence (−60 dB and below), 1 for as loud as can be.
 */
export function loudness(samples) {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const decibels = 20 * Math.log10(Math.sqrt(sum / samples.length) || 1e-9);
  return Math.min(1, Math.max(0, (decibels + 60) / 60));
}
