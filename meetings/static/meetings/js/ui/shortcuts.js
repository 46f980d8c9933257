/**
 * Keys that work wherever the focus is, except in a field that takes text.
 *
 * @typedef {object} ShortcutActions
 * @property {() => void} microphone
 * @property {() => void} camera
 * @property {(held: boolean) => void} talk
 * @property {() => void} people
 * @property {() => void} chat
 * @property {() => void} hand
 * @property {() => void} fullScreen
 * @property {() => void} connection
 * @property {() => void} help
 * @property {() => boolean} active  Whether the page is in the meeting, with no dialog open.
 */

/** @param {ShortcutActions} actions */
export function mountShortcuts(actions) {
  let talking = false;
  const stopTalking = () => {
    if (!talking) return;
    talking = false;
    actions.talk(false);
  };
  document.addEventListener("keydown", (event) => {
    if (!actions.active()) return;
    const key = event.key.toLowerCase();
    const modified = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
    if (modified && (key === "d" || key === "e")) {
      event.preventDefault();
      if (!event.repeat) (key === "d" ? actions.microphone : actions.camera)();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || takesKeys(event.target)) return;
    if (event.key === " " && !isPressable(event.target)) {
      event.preventDefault();
      if (!talking && !event.repeat) {
        talking = true;
        actions.talk(true);
      }
      return;
    }
    if (event.repeat) return;
    const plain = { p: actions.people, c: actions.chat, h: actions.hand, f: actions.fullScreen, i: actions.connection, "?": actions.help }[key];
    if (!plain) return;
    event.preventDefault();
    plain();
  });
  document.addEventListener("keyup", (event) => {
    if (event.key === " ") stopTalking();
  });
  window.addEventListener("blur", stopTalking);
}

/** @param {EventTarget | null} target */
function takesKeys(target) {
  return target instanceof HTMLElement && (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName));
}

/** Space presses a focused button; it must not talk at the same time. @param {EventTarget | null} target */
function isPressable(target) {
  return target instanceof HTMLElement && target.closest("button, a, summary, [role=menuitem]") !== null;
}
