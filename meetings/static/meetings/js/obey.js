/**
 * Keeps what is on here in step with what an administrator does to what I send.
 *
 * @import {Call} from "./call.js"
 * @import {Source} from "./contract.js"
 * @import {LocalMedia} from "./devices/local-media.js"
 * @import {ScreenShare} from "./devices/screen-share.js"
 */
import { t } from "./i18n.js";

/** @type {Record<Source, string>} */
const THINGS = { mic: t("your microphone"), camera: t("your camera"), screen: t("your screen"), "screen-audio": t("your screen’s sound") };

/**
 * @param {object} parts
 * @param {Call} parts.call
 * @param {LocalMedia} parts.local
 * @param {ScreenShare} parts.screenShare
 * @param {(sentence: string) => void} parts.say
 */
export function obey({ call, local, screenShare, say }) {
  call.on("steered", ({ source, change }) => {
    const device = source === "mic" ? "microphone" : source === "camera" ? "camera" : null;
    if (device) void local.turn(device, change === "resumed");
    else if (change === "closed") screenShare.stop();
    const thing = THINGS[source];
    if (change === "resumed") say(t("An administrator turned {thing} on again.", { thing }));
    else if (device) say(t("An administrator turned {thing} off. You can turn it on again.", { thing }));
    else say(change === "closed" ? t("An administrator ended your screen share.") : t("Nobody sees {thing} now: an administrator paused it.", { thing }));
  });
}
