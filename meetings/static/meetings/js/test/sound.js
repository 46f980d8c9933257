/**
 * Microphone and speaker: what is said is recorded, and played back.
 *
 * @import {Got} from "./asking.js"
 * @import {Surroundings} from "./run.js"
 * @import {Telling} from "./telling.js"
 */
import { t } from "../i18n.js";
import { playTestSound } from "../devices/speaker-test.js";
import { ofMicrophone, ofMissingDevice, ofSpeaker } from "./judging.js";
import { line } from "./lines.js";
import { listen } from "./listening.js";
import { playBack } from "./playing.js";
import { reasonOf } from "./problems.js";

/** How long somebody is listened to, in milliseconds. */
const LISTEN = 3_000;
const PLAY_PATIENCE = 1_500;
/** A recording of less is nothing to hear oneself in, from 0 to 1. */
const WORTH_PLAYING = 0.15;

/**
 * @param {Surroundings} surroundings
 * @param {Telling} telling
 * @param {Promise<{microphone: Got}>} devices
 */
export async function testSound({ show, level, preferences }, telling, devices) {
  show("microphone", line("running", t("Your browser asks whether this page may use the microphone. Choose “Allow”.")));
  show("speaker", line("running", t("You will hear yourself in a moment.")));
  const { microphone } = await devices;
  /** @type {AudioBuffer | null} */ let recording = null;
  if (typeof microphone === "string") {
    show("microphone", ofMissingDevice("microphone", microphone));
    telling.note("microphone", "failed", { reason: reasonOf(microphone), name: microphone });
  } else {
    telling.note("microphone", "ok");
    show("microphone", line("running", t("Say a few words: you are listened to for three seconds.")));
    const heard = await listen(microphone, LISTEN, level);
    if (heard.muted) telling.note("track", "changed", { source: "mic", what: "muted" });
    else if (heard.silent) telling.note("silence", "failed", { source: "mic" });
    show("microphone", ofMicrophone(heard));
    if (heard.loudest >= WORTH_PLAYING) recording = heard.recording;
  }
  telling.tell();
  show("speaker", line("running", recording ? t("What you said is played back.") : t("Two notes are played.")));
  const playing = recording ? playBack(recording, preferences.speakerId) : playTestSound(preferences.speakerId);
  const played = await Promise.race([playing.then(() => true, () => false), late(LISTEN + PLAY_PATIENCE)]);
  telling.note("speaker", played ? "ok" : "failed", played ? {} : { reason: "unplayable" });
  show("speaker", ofSpeaker({ played, own: recording !== null, heard: null }));
  return { played, ownVoice: recording !== null };
}

/** @param {number} milliseconds @returns {Promise<false>} */
function late(milliseconds) {
  return new Promise((resolve) => setTimeout(() => resolve(false), milliseconds));
}
