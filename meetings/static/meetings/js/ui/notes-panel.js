/**
 * The notes, in a panel at the right: one field in which everybody writes.
 *
 * @import {Notes} from "../notes.js"
 * @import {MeetingState} from "../state/meeting-state.js"
 * @import {Store} from "../state/store.js"
 * @import {PanelHandle, SidePanels} from "./side-panels.js"
 */
import { t } from "../i18n.js";
import { presents, writesNotes } from "../state/meeting-state.js";
import { movedBy } from "../state/text-edits.js";
import { byId } from "./dom.js";
import { toast } from "./toasts.js";

/**
 * @param {object} parts
 * @param {Notes} parts.notes
 * @param {Store<MeetingState>} parts.store
 * @param {SidePanels} parts.panels
 * @returns {PanelHandle}
 */
export function mountNotesPanel({ notes, store, panels }) {
  const panel = byId("notes-panel", HTMLElement);
  const field = byId("notes-field", HTMLTextAreaElement);
  const hint = byId("notes-hint", HTMLElement);
  const button = byId("menu-notes", HTMLButtonElement);

  const render = () => {
    const mayWrite = writesNotes(store.state);
    const { loaded, waiting, trouble } = notes.store.state;
    // Who writes does not lose the keyboard because the connection is away for a moment.
    field.readOnly = !mayWrite || (!loaded && document.activeElement !== field);
    hint.classList.toggle("notes-hint--problem", trouble !== "");
    if (trouble) hint.textContent = trouble;
    else if (!mayWrite) hint.textContent = t("Only hosts and presenters write here.");
    else if (!loaded) hint.textContent = t("Getting the notes…");
    else if (waiting && store.state.connection !== "online") hint.textContent = t("The connection is away. What you write is sent once it is back.");
    else hint.textContent = t("Everybody in the meeting sees this.");
  };
  notes.on("merged", (edit) => {
    const { selectionStart, selectionEnd, selectionDirection, scrollTop } = field;
    field.value = notes.text;
    field.setSelectionRange(movedBy(selectionStart, edit), movedBy(selectionEnd, edit), selectionDirection ?? "none");
    field.scrollTop = scrollTop;
  });
  field.addEventListener("input", () => {
    notes.write(field.value);
  });
  field.addEventListener("compositionstart", () => notes.hold(true));
  field.addEventListener("compositionend", () => {
    notes.write(field.value);
    notes.hold(false);
  });
  notes.store.watch((state) => state, render);
  for (const part of /** @type {const} */ (["role", "meeting", "connection"])) store.watch((state) => state[part], render);
  // A breakout room has notes of its own: that others may write there is no change.
  store.watch((state) => state.meeting, (meeting, before) => {
    if (!meeting || meeting.id !== before?.id || meeting.notesBy === before.notesBy || presents(store.state)) return;
    toast(meeting.notesBy === "everybody" ? t("Everybody may write the notes now.") : t("Only hosts and presenters write the notes now."), { icon: "notebook-pen" });
  });
  return panels.add({
    panel,
    button,
    otherwise: byId("bar-more", HTMLButtonElement),
    close: byId("notes-close", HTMLButtonElement),
    shown: (isOpen) => {
      if (!isOpen) return;
      notes.open();
      render();
      // After the menu has given the focus back to its button.
      setTimeout(() => field.focus());
    },
  });
}
