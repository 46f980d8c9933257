/**
 * One line at the top while the meeting is divided: in which room I am and for how much longer, or the way to mine; and
 * what hosts say to all rooms.
 *
 * @import {Call} from "../call.js"
 * @import {MeetingState} from "../state/meeting-state.js"
 * @import {Store} from "../state/store.js"
 */
import { t, tn } from "../i18n.js";
import { countdown, roomToGoTo } from "../state/breakouts.js";
import { byId } from "./dom.js";
import { toast } from "./toasts.js";

const TICK = 500;

/** @param {{store: Store<MeetingState>, call: Call}} parts */
export function mountBreakoutLine({ store, call }) {
  const line = byId("breakout-line", HTMLElement);
  const words = byId("breakout-words", HTMLElement);
  const time = byId("breakout-time", HTMLElement);
  const button = byId("breakout-go", HTMLButtonElement);
  const title = byId("topbar-title", HTMLElement);
  /** @type {ReturnType<typeof setInterval> | undefined} */ let ticking;

  const tick = () => {
    const left = countdown(store.state.breakout.closesAt, Date.now());
    time.textContent = left && (store.state.breakout.isIn ? t("Closes in {time}", { time: left }) : t("They close in {time}", { time: left }));
  };
  const show = () => {
    const { breakout, phase, meeting } = store.state;
    const joined = phase === "joined";
    const room = roomToGoTo(breakout);
    const inside = breakout.isIn !== null;
    line.hidden = !joined || (!inside && room === null);
    const says = inside ? t("You are in the breakout room “{room}”.", { room: meeting?.title ?? "" }) : room ? t("Breakout rooms are open.") : "";
    if (words.textContent !== says) words.textContent = says;
    button.textContent = inside ? t("Back to the main room") : room ? t("Go to “{room}”", { room: room.name }) : "";
    clearInterval(ticking);
    if (!line.hidden && breakout.closesAt !== null) ticking = setInterval(tick, TICK);
    tick();
  };
  button.addEventListener("click", async () => {
    const { breakout } = store.state;
    const room = roomToGoTo(breakout);
    button.disabled = true;
    if (breakout.isIn !== null) await call.follow("leave-breakout");
    else if (room?.roomId) await call.follow("move-to-breakout", { roomId: room.roomId });
    button.disabled = false;
  });
  store.watch((state) => state.breakout, show);
  store.watch((state) => state.phase, show);
  store.watch((state) => state.meeting?.title, (name) => {
    if (name) title.textContent = name;
    show();
  });
  // Where I am is said to those who do not see it.
  store.watch((state) => (state.phase === "joined" ? (state.meeting?.id ?? "") : ""), (here, before) => {
    if (!here || !before) return;
    const { breakout, meeting } = store.state;
    toast(breakout.isIn ? t("You are in “{room}” now.", { room: meeting?.title ?? "" }) : t("You are in the main room again."), { icon: "door-open" });
  });
  call.on("heard", ({ event, data }) => {
    if (event === "breakouts-updated" && data.state === "closing" && store.state.breakout.isIn) {
      byId("urgent", HTMLElement).textContent = tn("The breakout rooms close in {count} second.", "The breakout rooms close in {count} seconds.", Math.ceil(data.closesIn));
    }
    if (event !== "breakout-broadcast") return;
    const sentence = t("{name} to all rooms: {text}", { name: data.byName || t("A host"), text: data.text });
    toast(sentence, { icon: "megaphone", stays: true });
    byId("urgent", HTMLElement).textContent = sentence;
  });
}
