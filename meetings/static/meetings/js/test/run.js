/**
 * One test from beginning to end: everything that does not need the other runs side by side.
 *
 * @import {Preferences} from "../devices/preferences.js"
 * @import {EchoFound, Verdict} from "./judging.js"
 * @import {Line, LineId} from "./lines.js"
 */
import { Signalling } from "../signalling/signalling.js";
import { askForDevices, letGo } from "./asking.js";
import { testConnection } from "./connection.js";
import { testCamera } from "./sight.js";
import { testSound } from "./sound.js";
import { picture, tone } from "./stand-ins.js";
import { Telling } from "./telling.js";

/**
 * @typedef {object} Surroundings
 * @property {string} attemptId
 * @property {string} socketUrl
 * @property {string} stepsUrl
 * @property {string} csrfToken
 * @property {string} version         Of the site, when this page was loaded.
 * @property {Verdict[]} offline      What to say when the site cannot be reached at all.
 * @property {Preferences} preferences
 * @property {HTMLVideoElement} ownPicture
 * @property {HTMLVideoElement} returnedPicture
 * @property {(id: LineId, line: Line) => void} show
 * @property {(level: number) => void} level         How loud the microphone is, 0 to 1.
 */

/**
 * @typedef {object} Found
 * @property {EchoFound | null} echo   Null when it could not be tried.
 * @property {Verdict[]} verdicts
 * @property {boolean} ownVoice        Whether it was the person's own voice that was played.
 * @property {boolean} played          Whether any sound was.
 * @property {(heard: boolean) => Promise<Verdict[] | null>} answer
 *     Tells the server whether the person heard it; what is wrong by then, null when that could not be told.
 */

/**
 * @param {Surroundings} surroundings
 * @returns {Promise<Found>} Every line is done. Devices are let go of, and nothing is left on the server.
 */
export async function runTest(surroundings) {
  const { attemptId, stepsUrl, csrfToken, socketUrl, preferences, version, offline } = surroundings;
  const signalling = new Signalling({ url: socketUrl });
  const telling = new Telling({ attemptId, signalling, stepsUrl, csrfToken, offline });
  telling.note("page-opened", "ok", { version, userAgent: navigator.userAgent.slice(0, 200), secure: isSecureContext, online: navigator.onLine });
  const standIns = { microphone: tone(), camera: picture() };
  const devices = askForDevices({ microphone: preferences.microphoneId, camera: preferences.cameraId });
  try {
    const [sound, , returned] = await Promise.all([
      testSound(surroundings, telling, devices),
      testCamera(surroundings, telling, devices),
      testConnection(surroundings, telling, signalling, devices, standIns),
    ]);
    return { ...sound, echo: returned, verdicts: await telling.conclude(), answer: (heard) => answer(telling, heard) };
  } finally {
    // What it showed last stays to be looked at.
    surroundings.ownPicture.pause();
    letGo(await devices);
    standIns.microphone.stop();
    standIns.camera.stop();
    signalling.close();
  }
}

/** @param {Telling} telling @param {boolean} heard */
function answer(telling, heard) {
  telling.note("speaker", heard ? "ok" : "failed", heard ? { heard } : { reason: "unheard" });
  return telling.amend();
}
