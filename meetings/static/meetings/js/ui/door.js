/**
 * The wait at the meeting's door, in the place of the form before joining.
 *
 * @import {AtTheDoor} from "../contract.js"
 * @import {MeetingState} from "../state/meeting-state.js"
 * @import {Store} from "../state/store.js"
 */
import { t, tn } from "../i18n.js";
import { byId, find } from "./dom.js";

/**
 * @param {Store<MeetingState>} store
 * @param {() => void} leave
 */
export function mountDoor(store, leave) {
  const place = byId("door", HTMLElement);
  const form = byId("join-form", HTMLFormElement);
  const title = byId("door-title", HTMLElement);
  const text = byId("door-text", HTMLElement);
  const said = byId("door-said", HTMLElement);
  byId("door-leave", HTMLButtonElement).addEventListener("click", leave);
  const show = () => {
    const { phase, door, connection } = store.state;
    const waits = phase === "waiting" && door !== null;
    const opened = waits && place.hidden;
    place.hidden = !waits;
    form.hidden = waits;
    if (!waits) {
      said.textContent = "";
      return;
    }
    const words = connection === "online" ? wordsFor(door) : { title: t("Reconnecting…"), text: t("You go on waiting as soon as the connection is back.") };
    find(title, "span", HTMLElement).textContent = words.title;
    text.textContent = words.text;
    said.textContent = `${words.title} ${words.text}`;
    if (opened) title.focus();
  };
  for (const part of /** @type {const} */ (["phase", "door", "connection"])) store.watch((state) => state[part], show);
}

/** @param {AtTheDoor} door */
export function wordsFor(door) {
  if (door.for === "host") {
    return { title: t("The host is not there yet"), text: t("You come in by yourself as soon as the host does. Check your picture and sound meanwhile.") };
  }
  const before = door.position - 1;
  const others = before === 0 ? "" : ` ${tn("One other person asked before you.", "{count} others asked before you.", before)}`;
  return { title: t("Waiting to be let in"), text: `${t("The hosts have been told that you are here.")}${others}` };
}
