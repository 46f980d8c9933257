/**
 * Says what a join waits for that takes longer than five seconds.
 *
 * @import {Signalling} from "../signalling/signalling.js"
 * @import {MeetingState} from "../state/meeting-state.js"
 * @import {Store} from "../state/store.js"
 * @import {OfflineWords} from "../state/waiting.js"
 */
import { whatAJoinWaitsFor } from "../state/waiting.js";
import { byId } from "./dom.js";

/** From here on people wonder. */
const LONG = 5_000;

/**
 * @param {object} parts
 * @param {Store<MeetingState>} parts.store
 * @param {Signalling} parts.signalling
 * @param {() => boolean} parts.prepared  Whether the browser is ready for media.
 * @param {OfflineWords} parts.words
 * @param {(words: string) => void} parts.say  Where the view before joining is not shown; empty when there is nothing to say.
 * @returns {{pressed: () => void}}  To be called when Join is pressed.
 */
export function mountWaitingLine({ store, signalling, prepared, words, say }) {
  const line = byId("join-waiting", HTMLElement);
  /** @type {ReturnType<typeof setTimeout> | undefined} */ let timer;
  let long = false;
  const show = () => {
    const { sentence, action } = long
      ? whatAJoinWaitsFor(store.state, { prepared: prepared(), socketOpen: signalling.isOpen, words })
      : { sentence: "", action: "" };
    const text = `${sentence} ${action}`.trim();
    line.hidden = text === "";
    if (line.textContent !== text) line.textContent = text;
    say(text);
  };
  const stop = () => {
    clearTimeout(timer);
    long = false;
    show();
  };
  store.watch((state) => state.phase, (phase) => phase !== "joining" && stop());
  for (const part of /** @type {const} */ (["verdicts", "siteReached", "connection"])) store.watch((state) => state[part], () => long && show());
  signalling.on("open", () => long && show());
  return {
    pressed() {
      stop();
      timer = setTimeout(() => {
        long = true;
        show();
      }, LONG);
    },
  };
}
