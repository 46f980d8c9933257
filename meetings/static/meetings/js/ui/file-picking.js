/**
 * Files that go with the next message: chosen, dropped onto the chat or pasted, and shown until it is sent.
 */
import { t } from "../i18n.js";
import { fileSize } from "../chat-words.js";
import { harmless } from "../state/message-text.js";
import { byId, make, makeIcon } from "./dom.js";

/** So many go at once. */
const MOST = 10;

/**
 * @param {object} parts
 * @param {HTMLTextAreaElement} parts.field
 * @param {() => boolean} parts.isAllowed  Whether files are taken now.
 * @param {() => void} parts.changed
 * @returns {{take: () => File[], count: () => number, render: () => void}}
 */
export function mountFilePicking({ field, isAllowed, changed }) {
  const panel = byId("chat-panel", HTMLElement);
  const button = byId("chat-attach", HTMLButtonElement);
  const input = byId("chat-files", HTMLInputElement);
  const list = byId("chat-picked", HTMLElement);
  /** @type {File[]} */ let picked = [];

  const set = (/** @type {File[]} */ files) => {
    picked = files.slice(0, MOST);
    list.hidden = picked.length === 0;
    list.replaceChildren(...picked.map(row));
    changed();
  };
  const row = (/** @type {File} */ file) => {
    const item = make("li", "chat-picked-file");
    const name = make("bdi", "chat-picked-name", harmless(file.name));
    const remove = make("button", "icon-button");
    remove.setAttribute("type", "button");
    remove.setAttribute("aria-label", t("Do not send {file}", { file: harmless(file.name) }));
    remove.append(makeIcon("x"));
    remove.addEventListener("click", () => {
      set(picked.filter((one) => one !== file));
      field.focus();
    });
    item.append(makeIcon("file"), name, make("span", "chat-picked-size", fileSize(file.size)), remove);
    return item;
  };
  const add = (/** @type {FileList | null | undefined} */ files) => {
    if (!files?.length || !isAllowed()) return false;
    set([...picked, ...files]);
    field.focus();
    return true;
  };
  button.addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    add(input.files);
    // So that the same file can be chosen again.
    input.value = "";
  });
  field.addEventListener("paste", (event) => {
    if (add(event.clipboardData?.files)) event.preventDefault();
  });
  // Also where they are not taken: the browser would leave the meeting to show the file.
  for (const name of /** @type {const} */ (["dragover", "drop"])) {
    panel.addEventListener(name, (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      panel.classList.toggle("chat--dropping", name === "dragover" && isAllowed());
      if (name === "drop") add(event.dataTransfer.files);
    });
  }
  panel.addEventListener("dragleave", (event) => {
    if (!panel.contains(/** @type {Node | null} */ (event.relatedTarget))) panel.classList.remove("chat--dropping");
  });
  return {
    take: () => {
      const taken = picked;
      set([]);
      return taken;
    },
    count: () => picked.length,
    render: () => {
      button.disabled = !isAllowed();
    },
  };
}
