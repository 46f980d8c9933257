/**
 * Says who comes and goes, and what did not work.
 *
 * @import {MeetingState} from "../state/meeting-state.js"
 * @import {Store} from "../state/store.js"
 * @import {Call} from "../call.js"
 */
import { t, tn } from "../i18n.js";
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
      const name = (/** @type {{displayName: string}} */ one) => one.displayName || t("Guest");
      const came = [...participants.values()].filter((one) => !before.has(one.participantId)).map(name);
      const went = [...before.values()].filter((one) => !participants.has(one.participantId)).map(name);
      if (came.length) toast(tn("{names} joined", "{names} joined", came.length, { names: summary(came) }), { icon: "user-plus" });
      if (went.length) toast(tn("{names} left", "{names} left", went.length, { names: summary(went) }), { icon: "users" });
    },
  );
  call.on("trouble", ({ code }) => {
    const { title, meaning } = wordingOf(code);
    toast(`${title}. ${meaning}`, { bad: true });
  });
}

/** @param {string[]} names */
function summary(names) {
  const [one = "", other = ""] = names;
  if (names.length <= 2) return names.length === 2 ? t("{one} and {other}", { one, other }) : one;
  return tn("{one} and {count} other", "{one} and {count} others", names.length - 1, { one });
}
