/**
 * Says who comes and goes, and what did not work.
 *
 * @import {MeetingState} from "../state/meeting-state.js"
 * @import {Store} from "../state/store.js"
 * @import {Call} from "../call.js"
 */
import { wordingOf } from "../words.js";
import { toast } from "./toasts.js";

/**
 * @param {Store<MeetingState>} store
 * @param {Call} call
 */
export function mountAnnouncer(store, call) {
  /** @type {string} Whose arrival was the last to be compared: after a join of my own nobody is news. */ let me = "";
  store.watch(
    (state) => state.participants,
    (participants, before) => {
      const { participantId, phase } = store.state;
      const settled = phase === "joined" && me === participantId;
      me = participantId;
      if (!settled || !before) return;
      const name = (/** @type {{displayName: string}} */ one) => one.displayName || "Guest";
      const came = [...participants.values()].filter((one) => !before.has(one.participantId)).map(name);
      const went = [...before.values()].filter((one) => !participants.has(one.participantId)).map(name);
      if (came.length) toast(`${summary(came)} joined`, { icon: "user-plus" });
      if (went.length) toast(`${summary(went)} left`, { icon: "users" });
    },
  );
  call.on("trouble", ({ code }) => {
    const { title, meaning } = wordingOf(code);
    toast(`${title}. ${meaning}`, { bad: true });
  });
}

/** @param {string[]} names */
function summary(names) {
  if (names.length <= 2) return names.join(" and ");
  return `${names[0]} and ${names.length - 1} others`;
}
