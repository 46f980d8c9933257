/** A tone and a picture to send where there is no microphone or camera, so that the connection can be tested all the same. */
import { audioContext } from "../devices/level-meter.js";

const DRAW_EVERY = 66;

/** @typedef {{track: MediaStreamTrack, stop: () => void}} StandIn */

/** A quiet tone. @returns {StandIn} */
export function tone() {
  const context = audioContext();
  const output = context.createMediaStreamDestination();
  const oscillator = context.createOscillator();
  const volume = context.createGain();
  oscillator.frequency.value = 440;
  volume.gain.value = 0.1;
  oscillator.connect(volume).connect(output);
  oscillator.start();
  const track = /** @type {MediaStreamTrack} */ (output.stream.getAudioTracks()[0]);
  return {
    track,
    stop() {
      oscillator.stop();
      track.stop();
    },
  };
}

/** A field with a bar that wanders. @returns {StandIn} */
export function picture() {
  const canvas = document.createElement("canvas");
  canvas.width = 640;
  canvas.height = 360;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  let drawn = 0;
  const draw = () => {
    context.fillStyle = "#2f5bd3";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.fillStyle = "#ffffff";
    context.fillRect((drawn * 24) % canvas.width, 0, 80, canvas.height);
    drawn += 1;
  };
  draw();
  const drawing = setInterval(draw, DRAW_EVERY);
  const track = /** @type {MediaStreamTrack} */ (canvas.captureStream(15).getVideoTracks()[0]);
  return {
    track,
    stop() {
      clearInterval(drawing);
      track.stop();
    },
  };
}
