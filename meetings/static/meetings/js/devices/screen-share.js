/** My screen, window or tab, while I show it. */
import { Emitter } from "../emitter.js";

/** @extends {Emitter<{changed: null}>} */
export class ScreenShare extends Emitter {
  /** @type {MediaStream | null} */ #stream = null;

  /** Whether this browser can show a screen; phones cannot. */
  static get supported() {
    return typeof navigator.mediaDevices?.getDisplayMedia === "function";
  }

  get track() {
    return this.#stream?.getVideoTracks()[0] ?? null;
  }

  get audioTrack() {
    return this.#stream?.getAudioTracks()[0] ?? null;
  }

  /** Asks which screen to show. Choosing none is not an error. */
  async start() {
    if (this.#stream) return;
    /** @type {MediaStream} */ let stream;
    try {
      stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { ideal: 15, max: 30 } }, audio: true });
    } catch (error) {
      if (error instanceof DOMException && error.name === "NotAllowedError") return;
      throw error;
    }
    this.#stream = stream;
    const track = this.track;
    if (track) {
      track.contentHint = "detail";
      // "Stop sharing" in the browser's own bar.
      track.addEventListener("ended", () => {
        if (this.#stream === stream) this.stop();
      });
    }
    this.emit("changed", null);
  }

  /** Idempotent. */
  stop() {
    const stream = this.#stream;
    if (!stream) return;
    this.#stream = null;
    for (const track of stream.getTracks()) track.stop();
    this.emit("changed", null);
  }
}
