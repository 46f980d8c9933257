/**
 * Title and duration; out of the way when nobody moves.
 *
 * @import {MeetingState} from "../state/meeting-state.js"
 * @import {Store} from "../state/store.js"
 */
import { byId } from "./dom.js";

const IDLE_AFTER = 5_000;

/** @param {Store<MeetingState>} store */
export function mountTopbar(store) {
  const room = byId("room", HTMLElement);
  const duration = byId("duration", HTMLElement);
  /** @type {ReturnType<typeof setInterval> | undefined} */ let ticking;
  store.watch(
    (state) => (state.phase === "joined" ? state.joinedAt : null),
    (joinedAt) => {
      clearInterval(ticking);
      if (joinedAt === null) return;
      const tick = () => {
        duration.textContent = formatDuration(Date.now() - joinedAt);
      };
      tick();
      ticking = setInterval(tick, 1_000);
    },
  );
  /** @type {ReturnType<typeof setTimeout> | undefined} */ let idle;
  const stir = () => {
    room.classList.remove("room--idle");
    clearTimeout(idle);
    idle = setTimeout(() => room.classList.add("room--idle"), IDLE_AFTER);
  };
  for (const event of ["pointermove", "pointerdown", "keydown", "focusin"]) room.addEventListener(event, stir, { passive: true });
  stir();
}

/** @param {number} milliseconds @returns {string} `4:05` or `1:04:05`. */
export function formatDuration(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const two = (/** @type {number} */ part) => String(part).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
