/**
 * Keeps what is on here in step with what an administrator does to what I send.
 *
 * @import {Call} from "./call.js"
 * @import {Source} from "./contract.js"
 * @import {LocalMedia} from "./devices/local-media.js"
 * @import {ScreenShare} from "./devices/screen-share.js"
 */

/** @type {Record<Source, string>} */
const THINGS = { mic: "microphone", camera: "camera", screen: "screen", "screen-audio": "screen’s sound" };

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
    if (change === "resumed") say(`An administrator turned your ${thing} on again.`);
    else if (device) say(`An administrator turned your ${thing} off. You can turn it on again.`);
    else say(change === "closed" ? "An administrator ended your screen share." : `Nobody sees your ${thing} now: an administrator paused it.`);
  });
}
