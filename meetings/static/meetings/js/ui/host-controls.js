/**
 * What hosts decide for everybody: who comes in, what may be sent, and the end.
 *
 * @import {Call} from "../call.js"
 * @import {Sending} from "../contract.js"
 * @import {MeetingState} from "../state/meeting-state.js"
 * @import {Store} from "../state/store.js"
 * @import {Question} from "./confirming.js"
 */
import { t, tn } from "../i18n.js";
import { isHost } from "../state/meeting-state.js";
import { closeOnBackdrop } from "./dialog.js";
import { byId, find } from "./dom.js";
import { toast } from "./toasts.js";

const KINDS = /** @type {const} */ (["microphone", "camera", "screen", "chat"]);

/**
 * @param {object} parts
 * @param {Store<MeetingState>} parts.store
 * @param {Call} parts.call
 * @param {(question: Question) => void} parts.confirm
 */
export function mountHostControls({ store, call, confirm }) {
  const dialog = byId("host-dialog", HTMLDialogElement);
  const openers = [byId("menu-host", HTMLButtonElement), byId("people-host", HTMLButtonElement)];
  const lock = byId("host-lock", HTMLInputElement);
  const door = byId("host-door", HTMLSelectElement);
  const notes = byId("host-notes", HTMLInputElement);
  const end = byId("host-end", HTMLButtonElement);
  const locked = byId("topbar-locked", HTMLElement);
  const boxes = new Map(KINDS.map((kind) => [kind, find(dialog, `[data-kind=${kind}]`, HTMLInputElement)]));
  closeOnBackdrop(dialog);
  for (const opener of openers) opener.addEventListener("click", () => dialog.showModal());

  const show = () => {
    const { meeting, role } = store.state;
    const host = isHost(store.state) && store.state.phase === "joined";
    for (const opener of openers) opener.hidden = !host;
    if (!host && dialog.open) dialog.close();
    end.hidden = role !== "host";
    locked.hidden = !meeting?.locked;
    if (!meeting) return;
    lock.checked = meeting.locked;
    door.value = meeting.waitingRoom;
    notes.checked = meeting.notesBy === "everybody";
    for (const [kind, box] of boxes) box.checked = meeting.permissions[kind];
  };
  for (const part of /** @type {const} */ (["meeting", "role", "phase"])) store.watch((state) => state[part], show);

  /**
   * What I change myself the server tells to the others only.
   *
   * @param {string} event
   * @param {object} data
   * @param {(meeting: import("../contract.js").Meeting) => import("../contract.js").Meeting} changed
   */
  const change = async (event, data, changed) => {
    const reply = await call.ask(event, data);
    if (reply) store.update((state) => ({ ...state, meeting: state.meeting && changed(state.meeting) }));
    show();
  };
  lock.addEventListener("change", () => void change("lock-meeting", { locked: lock.checked }, (meeting) => ({ ...meeting, locked: lock.checked })));
  door.addEventListener("change", () => {
    const waitingRoom = /** @type {import("../contract.js").Meeting["waitingRoom"]} */ (door.value);
    void change("set-waiting-room", { waitingRoom }, (meeting) => ({ ...meeting, waitingRoom }));
  });
  notes.addEventListener("change", () => {
    const notesBy = notes.checked ? "everybody" : "presenters";
    void change("set-notes-by", { notesBy }, (meeting) => ({ ...meeting, notesBy }));
  });
  for (const [kind, box] of boxes) {
    box.addEventListener("change", () => {
      /** @type {Partial<Sending>} */ const said = { [kind]: box.checked };
      void change("set-permissions", said, (meeting) => ({ ...meeting, permissions: { ...meeting.permissions, ...said } }));
    });
  }
  byId("host-mute-all", HTMLButtonElement).addEventListener("click", async () => {
    const reply = await call.ask("mute-all");
    if (reply) toast(reply.count === 0 ? t("There was nobody to mute.") : tn("Muted: {count}. They can ask to speak by raising a hand.", "Muted: {count}. They can ask to speak by raising a hand.", reply.count), { icon: "mic-off" });
  });
  end.addEventListener("click", () => {
    dialog.close();
    confirm({
      title: t("End the meeting for everybody?"),
      text: t("Everybody is put out, and nobody can come back with this link."),
      label: t("End for everybody"),
      act: () => void call.endForAll(),
    });
  });
}
