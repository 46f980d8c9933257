/** Plays two short notes on the chosen speaker. */
import { audioContext } from "./level-meter.js";

/**
 * @param {string} speakerId  Empty for the system's choice.
 * @returns {Promise<void>} Settles when the sound has ended; rejects when it could not be played there.
 */
export async function playTestSound(speakerId) {
  const context = audioContext();
  await context.resume();
  const output = context.createMediaStreamDestination();
  const element = new Audio();
  element.srcObject = output.stream;
  if (speakerId && "setSinkId" in element) await element.setSinkId(speakerId);
  await element.play();
  const start = context.currentTime + 0.05;
  const notes = [523.25, 783.99];
  notes.forEach((frequency, index) => note(context, output, frequency, start + index * 0.22));
  await new Promise((done) => setTimeout(done, 900));
  element.pause();
  element.srcObject = null;
}

/**
 * @param {AudioContext} context
 * @param {AudioNode} output
 * @param {number} frequency
 * @param {number} at
 */
function note(context, output, frequency, at) {
  const tone = context.createOscillator();
  const volume = context.createGain();
  tone.frequency.value = frequency;
  volume.gain.setValueAtTime(0, at);
  volume.gain.linearRampToValueAtTime(0.25, at + 0.03);
  volume.gain.exponentialRampToValueAtTime(0.001, at + 0.5);
  tone.connect(volume).connect(output);
  tone.start(at);
  tone.stop(at + 0.55);
}
