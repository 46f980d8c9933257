/**
 * Raising my hand, and word of the hands of others.
 *
 * @import {Call} from "../call.js"
 * @import {MeetingState} from "../state/meeting-state.js"
 * @import {Store} from "../state/store.js"
 */
import { t } from "../i18n.js";
import { isHost, raisedHands, withHand } from "../state/meeting-state.js";
import { byId } from "./dom.js";
import { toast } from "./toasts.js";

/**
 * @param {object} parts
 * @param {Store<MeetingState>} parts.store
 * @param {Call} parts.call
 * @returns {{toggle: () => void}}
 */
export function mountHand({ store, call }) {
  const button = byId("bar-hand", HTMLButtonElement);
  const item = byId("menu-hand", HTMLButtonElement);
  const isUp = () => Boolean(store.state.participants.get(store.state.participantId)?.handRaisedAt);
  const toggle = async () => {
    if (store.state.phase !== "joined") return;
    const reply = await call.ask("raise-hand", { raised: !isUp() });
    if (reply) store.update((state) => withHand(state, state.participantId, reply.raised ? new Date() : null));
  };
  button.addEventListener("click", () => void toggle());
  item.addEventListener("click", () => void toggle());
  store.watch((state) => state.participants, (participants, before) => {
    const up = isUp();
    const place = raisedHands(store.state).findIndex((one) => one.participantId === store.state.participantId) + 1;
    button.dataset["on"] = String(up);
    button.setAttribute("aria-pressed", String(up));
    button.setAttribute("aria-label", up ? t("Take your hand down, number {place} of those that are up", { place }) : t("Raise your hand"));
    button.title = up ? t("Take your hand down (H)") : t("Raise your hand (H)");
    item.lastChild?.replaceWith(up ? t("Take your hand down") : t("Raise your hand"));
    if (!before || store.state.phase !== "joined" || !isHost(store.state)) return;
    for (const { participantId, displayName, handRaisedAt } of participants.values()) {
      if (participantId === store.state.participantId || !handRaisedAt) continue;
      if (before.has(participantId) && !before.get(participantId)?.handRaisedAt) toast(t("{name} raised a hand", { name: displayName }), { icon: "hand" });
    }
  });
  return { toggle: () => void toggle() };
}
