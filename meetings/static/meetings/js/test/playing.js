/** Playing back on the chosen speaker what was recorded. */
import { audioContext } from "../devices/level-meter.js";

/**
 * @param {AudioBuffer} recording
 * @param {string} speakerId  Empty for the system's choice.
 * @returns {Promise<void>} Settles when it has ended; rejects when it could not be played there.
 */
export async function playBack(recording, speakerId) {
  const context = audioContext();
  const output = context.createMediaStreamDestination();
  const element = new Audio();
  element.srcObject = output.stream;
  if (speakerId && "setSinkId" in element) await element.setSinkId(speakerId);
  await element.play();
  const source = context.createBufferSource();
  source.buffer = recording;
  source.connect(output);
  const ended = new Promise((resolve) => source.addEventListener("ended", resolve, { once: true }));
  source.start();
  await ended;
  element.pause();
  element.srcObject = null;
}
