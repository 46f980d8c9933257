/**
 * Keeps what is sent in step with what is on: microphone, camera and screen, as the user switches and changes them.
 *
 * @import {LocalMedia} from "./devices/local-media.js"
 * @import {ScreenShare} from "./devices/screen-share.js"
 * @import {Publisher} from "./media/publisher.js"
 */
import { codeOf } from "./signalling/error.js";

/**
 * @param {object} parts
 * @param {LocalMedia} parts.local
 * @param {ScreenShare} parts.screenShare
 * @param {Publisher} parts.publisher
 * @param {(error: unknown) => void} parts.onTrouble
 */
export function sendWhatIsOn({ local, screenShare, publisher, onTrouble }) {
  for (const [device, source] of /** @type {const} */ ([["microphone", "mic"], ["camera", "camera"]])) {
    const publish = () => {
      const { track, on } = local.state[device];
      publisher.set(source, track, !on || !track).catch((error) => {
        onTrouble(error);
        if (codeOf(error) === "NOT_ALLOWED") void local.turn(device, false);
      });
    };
    local.store.watch((state) => state[device].track, publish);
    local.store.watch((state) => state[device].on, publish);
  }
  screenShare.on("changed", () => {
    const tracks = /** @type {const} */ ([["screen", screenShare.track], ["screen-audio", screenShare.audioTrack]]);
    for (const [source, track] of tracks) {
      const done = track ? publisher.set(source, track, false) : publisher.remove(source);
      done.catch((error) => {
        onTrouble(error);
        if (codeOf(error) === "NOT_ALLOWED") screenShare.stop();
      });
    }
  });
}
