/** Looking at a picture for a while, as it stands in a video element. */
import { describeLooks, greyOf } from "./pictures.js";

const LOOK_EVERY = 150;
const WIDTH = 32;
const HEIGHT = 18;

/** One look after the other at the same element. */
export class Looks {
  /** @type {number[][]} */ #looks = [];
  #canvas = document.createElement("canvas");
  #context;

  /** @param {HTMLVideoElement} video */
  constructor(video) {
    this.video = video;
    this.#canvas.width = WIDTH;
    this.#canvas.height = HEIGHT;
    this.#context = this.#canvas.getContext("2d", { willReadFrequently: true });
  }

  /** Takes one, if there is a picture. */
  take() {
    if (!this.#context || this.video.videoWidth === 0) return;
    this.#context.drawImage(this.video, 0, 0, WIDTH, HEIGHT);
    this.#looks.push(greyOf(this.#context.getImageData(0, 0, WIDTH, HEIGHT).data));
  }

  /** @returns {import("./pictures.js").Seen} All so far. */
  describe() {
    return describeLooks(this.#looks);
  }
}

/**
 * @param {HTMLVideoElement} video
 * @param {number} duration  Milliseconds.
 */
export async function look(video, duration) {
  const looks = new Looks(video);
  const looking = setInterval(() => looks.take(), LOOK_EVERY);
  await new Promise((resolve) => setTimeout(resolve, duration));
  clearInterval(looking);
  return looks.describe();
}
