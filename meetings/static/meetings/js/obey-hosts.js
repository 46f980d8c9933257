/**
 * Keeps what is on here in step with what hosts let me send, and tells me of it.
 *
 * @import {Call} from "./call.js"
 * @import {MeetingState} from "./state/meeting-state.js"
 * @import {Store} from "./state/store.js"
 * @import {LocalMedia} from "./devices/local-media.js"
 * @import {ScreenShare} from "./devices/screen-share.js"
 */
import { t } from "./i18n.js";
import { mySending } from "./state/meeting-state.js";

/** What a host turned off, by the kind of media. @type {Readonly<Record<string, string>>} */
const THINGS = { audio: t("your microphone"), video: t("your camera") };

/**
 * @param {object} parts
 * @param {Call} parts.call
 * @param {Store<MeetingState>} parts.store
 * @param {LocalMedia} parts.local
 * @param {ScreenShare} parts.screenShare
 * @param {(sentence: string, action?: {label: string, act: () => void}) => void} parts.say  At once, also to those who do not see it.
 */
export function obeyHosts({ call, store, local, screenShare, say }) {
  store.watch(mySending, ({ microphone, camera, screen }, before) => {
    const { phase } = store.state;
    const joined = phase === "joined" && before !== undefined;
    // Before the join nothing is held back.
    const heldBack = joined && [!microphone && local.state.microphone.on && t("your microphone"), !camera && local.state.camera.on && t("your camera")].filter(Boolean);
    local.allow("microphone", microphone);
    local.allow("camera", camera);
    if (heldBack && heldBack.length > 0) say(t("{name} has turned {thing} off.", { name: t("A host"), thing: heldBack.length > 1 ? t("your microphone and camera") : heldBack[0] || "" }));
    if (!screen && screenShare.track) {
      screenShare.stop();
      say(t("A host has ended your screen share."));
    }
  });
  call.on("heard", ({ event, data }) => {
    if (event === "muted-by-host") say(t("{name} has turned {thing} off.", { name: data.byName || t("A host"), thing: THINGS[data.kind] ?? "" }));
    if (event === "unmute-requested") {
      say(t("{name} asks you to turn your microphone on.", { name: data.byName || t("A host") }), {
        label: t("Turn it on"),
        act: () => void local.turn("microphone", true),
      });
    }
  });
}
