/**
 * What a host can do to somebody, under their name in the people's panel.
 *
 * @import {Call} from "../call.js"
 * @import {Participant} from "../contract.js"
 * @import {MeetingState} from "../state/meeting-state.js"
 */
import { t } from "../i18n.js";
import { isHost, isMuted, producerOf } from "../state/meeting-state.js";
import { make, makeIcon } from "./dom.js";

/**
 * @typedef {object} Act
 * @property {string} label
 * @property {string} icon
 * @property {string} event
 * @property {object} data
 * @property {boolean} [grave]  Asks before it is done.
 */

/**
 * What I can do to this person at this moment, the most likely first.
 *
 * @param {MeetingState} state
 * @param {Participant} person
 * @returns {Act[]}
 */
export function actsOn(state, person) {
  const { participantId, role = "attendee", handRaisedAt, permissions } = person;
  const who = { participantId };
  const mine = participantId === state.participantId;
  /** @type {Act[]} */ const acts = [];
  if (!isHost(state)) return acts;
  /** @param {string} label @param {string} icon @param {string} event @param {object} [more] @param {boolean} [grave] */
  const can = (label, icon, event, more = {}, grave = false) => void acts.push({ label, icon, event, data: { ...who, ...more }, grave });
  if (handRaisedAt) can(t("Take hand down"), "hand", "lower-hand");
  if (!mine && role !== "host") {
    if (!isMuted(state, participantId)) can(t("Mute"), "mic-off", "mute-participant", { kind: "audio" });
    else can(t("Ask to unmute"), "mic", "ask-to-unmute");
    if (producerOf(state, participantId, "camera")?.paused === false) can(t("Turn camera off"), "video-off", "mute-participant", { kind: "video" });
    else if (permissions?.camera === false) can(t("Allow camera"), "video", "set-permissions", { camera: true });
    can(...permissionOf(t("Forbid screen share"), t("Allow screen share"), "monitor-up", "screen", permissions?.screen !== false));
    can(...permissionOf(t("Forbid chat"), t("Allow chat"), "message-square", "chat", permissions?.chat !== false));
  }
  if (state.meeting?.spotlight === participantId) acts.push({ label: t("Take spotlight off"), icon: "star", event: "spotlight-participant", data: { participantId: null } });
  else can(t("Put in the spotlight"), "star", "spotlight-participant");
  if (mine || role === "host") return acts;
  if (state.role === "host") {
    if (role !== "co_host") can(t("Make co-host"), "shield", "set-role", { role: "co_host" });
    else can(t("Make attendee"), "user", "set-role", { role: "attendee" });
    can(t("Hand the meeting over"), "crown", "set-role", { role: "host" }, true);
  }
  if (role === "attendee" || role === "guest") can(t("Make presenter"), "presentation", "set-role", { role: "presenter" });
  else if (role === "presenter") can(t("Make attendee"), "user", "set-role", { role: "attendee" });
  can(t("Remove"), "user-x", "remove-participant", {}, true);
  return acts;
}

/**
 * @param {string} forbid
 * @param {string} allow
 * @param {string} icon
 * @param {string} permission
 * @param {boolean} allowed
 * @returns {[string, string, string, object]}
 */
function permissionOf(forbid, allow, icon, permission, allowed) {
  return [allowed ? forbid : allow, icon, "set-permissions", { [permission]: !allowed }];
}

/**
 * The buttons for it.
 *
 * @param {object} parts
 * @param {HTMLElement} parts.place
 * @param {Act[]} parts.acts
 * @param {string} parts.name
 * @param {Call} parts.call
 * @param {(act: Act, name: string) => void} parts.confirm  For what is grave.
 */
export function showActs({ place, acts, name, call, confirm }) {
  const shown = JSON.stringify(acts);
  if (place.dataset["shown"] === shown) return;
  const focused = [...place.children].indexOf(/** @type {Element} */ (document.activeElement));
  place.dataset["shown"] = shown;
  place.replaceChildren(...acts.map((act) => {
    const button = make("button", "button button--quiet button--small");
    button.setAttribute("type", "button");
    button.append(makeIcon(act.icon), make("span", "", act.label));
    button.addEventListener("click", () => (act.grave ? confirm(act, name) : void call.ask(act.event, act.data)));
    return button;
  }));
  if (focused >= 0) /** @type {HTMLElement | undefined} */ (place.children[Math.min(focused, place.childElementCount - 1)])?.focus();
}
