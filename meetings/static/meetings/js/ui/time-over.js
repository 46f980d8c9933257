/**
 * Tells that the time of a meeting is nearly over: hosts, who can give it more, and everybody where it ends by itself.
 *
 * @import {Call} from "../call.js"
 * @import {MeetingState} from "../state/meeting-state.js"
 * @import {Store} from "../state/store.js"
 */
import { t, tn } from "../i18n.js";
import { isHost } from "../state/meeting-state.js";
import { timeOver } from "../state/time-over.js";
import { byId } from "./dom.js";
import { toast } from "./toasts.js";

const MORE = 15;

/**
 * @param {object} parts
 * @param {Store<MeetingState>} parts.store
 * @param {Call} parts.call
 */
export function mountTimeOver({ store, call }) {
  const button = byId("host-extend", HTMLButtonElement);
  /** @type {ReturnType<typeof setTimeout> | undefined} */ let timer;
  /** @type {(() => void) | undefined} */ let takeAway;

  const extend = async () => {
    const reply = await call.ask("extend-meeting", { minutes: MORE });
    if (!reply) return;
    store.update((state) => ({ ...state, meeting: state.meeting && { ...state.meeting, endsAt: reply.endsAt } }));
    toast(tn("{count} minute more.", "{count} minutes more.", MORE), { icon: "timer" });
  };
  const look = () => {
    clearTimeout(timer);
    takeAway?.();
    takeAway = undefined;
    const { meeting, phase } = store.state;
    button.hidden = !meeting?.endsAt;
    if (phase !== "joined" || !meeting) return;
    const { says, minutes, again } = timeOver(meeting, Date.now());
    if (again !== null) timer = setTimeout(look, again);
    const host = isHost(store.state);
    const action = host ? { label: tn("{count} minute more", "{count} minutes more", MORE), act: () => void extend() } : undefined;
    if (says === "soon" && meeting.closes) takeAway = toast(tn("The meeting ends in one minute.", "The meeting ends in {count} minutes.", minutes), { icon: "timer", action });
    else if (says === "soon" && host) takeAway = toast(tn("The planned time is over in one minute.", "The planned time is over in {count} minutes.", minutes), { icon: "timer", action });
    else if (says === "over" && host) takeAway = toast(t("The planned time is over."), { icon: "timer", action });
  };
  button.addEventListener("click", () => void extend());
  store.watch((state) => `${state.phase} ${state.role} ${state.meeting?.endsAt} ${state.meeting?.closes}`, look);
}
