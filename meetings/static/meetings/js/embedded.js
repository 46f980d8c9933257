/**
 * In a frame of another site's page: tells that page what happens in the meeting, and does what it asks for. Of pages
 * whose origin this site names (EMBED_ORIGINS), and of no others, whatever they send.
 *
 * Each message is an object whose `kcsMeet` says what it is. The page says `hello` first, and asks for `leave` and
 * `toggle-microphone`; it is told `ready`, `joined`, `participants`, `microphone`, `left` and `ended`.
 *
 * @import {MeetingState} from "./state/meeting-state.js"
 * @import {Store} from "./state/store.js"
 * @import {LocalMedia} from "./devices/local-media.js"
 */

/** @typedef {Pick<Window, "parent" | "addEventListener">} Frame */

/**
 * @param {object} parts
 * @param {string[]} parts.origins     Whose pages may have a meeting in a frame.
 * @param {Store<MeetingState>} parts.store
 * @param {Pick<LocalMedia, "store" | "state" | "turn">} parts.local
 * @param {() => void} parts.leave
 * @param {Frame} [parts.frame]
 */
export function mountEmbedded({ origins, store, local, leave, frame = window }) {
  if (/** @type {unknown} */ (frame.parent) === frame || origins.length === 0) return;
  /** Where the page that said hello is from. */ let origin = "";
  /** @param {string} what @param {object} [about] */
  const tell = (what, about = {}) => {
    if (origin) frame.parent.postMessage({ kcsMeet: what, ...about }, origin);
  };
  let counted = -1;
  const tellCount = () => {
    const { phase, participants } = store.state;
    if (!origin || phase !== "joined" || participants.size === counted) return;
    counted = participants.size;
    tell("participants", { count: counted });
  };
  const tellState = () => {
    const { phase, participantId, displayName } = store.state;
    if (phase !== "joined") return;
    counted = -1;
    tell("joined", { participantId, displayName });
    tellCount();
  };
  /** @type {Record<string, () => void>} */
  const asked = {
    leave: () => {
      if (store.state.phase === "joined" || store.state.phase === "waiting") leave();
    },
    "toggle-microphone": () => void local.turn("microphone", !local.state.microphone.on),
  };
  frame.addEventListener("message", (event) => {
    if (event.source !== frame.parent || !origins.includes(event.origin)) return;
    const what = event.data?.kcsMeet;
    if (what === "hello") {
      origin = event.origin;
      tell("ready");
      tellState();
      tell("microphone", { on: local.state.microphone.on });
    } else if (typeof what === "string" && Object.hasOwn(asked, what)) {
      asked[what]?.();
    }
  });
  store.watch((state) => state.phase, (phase) => {
    if (phase === "joined") tellState();
    else if (phase === "ended") tell("ended");
    else if (phase === "refused") tell("left", { reason: "refused", code: store.state.refusal });
    else if (phase === "left") tell("left", { reason: "left" });
  });
  store.watch((state) => state.participants.size, tellCount);
  local.store.watch((state) => state.microphone.on, (on) => tell("microphone", { on }));
}

/**
 * The other pages of this site are for nobody's frame: links to them open beside it.
 *
 * @param {Window} frame
 */
export function openLinksOutside(frame = window) {
  if (frame.parent === frame) return;
  frame.document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
    if (!(link instanceof HTMLAnchorElement) || link.target) return;
    link.target = "_blank";
    link.rel = "noopener";
  }, { capture: true });
}
