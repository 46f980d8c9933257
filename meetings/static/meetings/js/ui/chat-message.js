/**
 * One message in the chat, as a row. What people wrote gets into the page as text alone.
 *
 * @import {ChatMessage, SharedFile} from "../contract.js"
 * @import {Outgoing} from "../state/chat-state.js"
 */
import { language, t } from "../i18n.js";
import { harmless, pieces } from "../state/message-text.js";
import { isPicture } from "../state/picture-files.js";
import { fileSize } from "../chat-words.js";
import { byId, find, setIcon } from "./dom.js";

/** Messages of one author that follow each other within this many milliseconds stand under one name. */
const TOGETHER = 120_000;

/**
 * @typedef {object} MessageActs
 * @property {(message: ChatMessage) => void} edit
 * @property {(message: ChatMessage) => void} remove
 * @property {(file: SharedFile) => void} save
 * @property {(file: SharedFile) => Promise<string | null>} ticketed  Where a picture can be got from by whoever is known by their socket alone.
 * @property {(outgoing: Outgoing) => void} again
 * @property {(outgoing: Outgoing) => void} discard
 */

/** @returns {HTMLElement} */
export function newRow() {
  const fragment = /** @type {DocumentFragment} */ (byId("message-template", HTMLTemplateElement).content.cloneNode(true));
  return find(fragment, ".message", HTMLElement);
}

/**
 * @param {HTMLElement} row
 * @param {ChatMessage} message
 * @param {{before: ChatMessage | undefined, mayDelete: boolean, acts: MessageActs}} context
 */
export function showMessage(row, message, { before, mayDelete, acts }) {
  const deleted = message.deletedAt !== null;
  const name = message.mine ? t("You") : harmless(message.displayName);
  row.classList.toggle("message--mine", message.mine);
  row.classList.toggle("message--aside", message.recipientType !== "all");
  row.classList.toggle("message--deleted", deleted);
  row.classList.toggle("message--follows", before !== undefined && belongsTo(before, message));
  find(row, ".message-name", HTMLElement).textContent = name;
  showAudience(row, message.recipientType, message.mine ? (message.recipientName ?? "") : "");
  const time = find(row, ".message-time", HTMLTimeElement);
  const at = new Date(message.sentAt);
  time.dateTime = message.sentAt;
  time.textContent = at.toLocaleTimeString(language, { hour: "numeric", minute: "2-digit" });
  time.title = at.toLocaleString(language);
  const words = find(row, ".message-words", HTMLElement);
  if (deleted) words.replaceChildren(t("This message was deleted."));
  else showWords(words, message.message);
  words.hidden = !deleted && message.message === "";
  showFile(row, message.file, () => message.file && acts.save(message.file));
  showPicture(row, message.file, acts);
  find(row, ".message-edited", HTMLElement).hidden = message.editedAt === null || deleted;
  const text = gist(message);
  showButton(row, "edit", t("Edit your message “{text}”", { text }), message.mine && !deleted, () => acts.edit(message));
  const label = message.mine ? t("Delete your message “{text}”", { text }) : t("Delete the message of {name}: “{text}”", { name, text });
  showButton(row, "delete", label, mayDelete && !deleted, () => acts.remove(message));
}

/**
 * @param {HTMLElement} row
 * @param {Outgoing} outgoing
 * @param {MessageActs} acts
 */
export function showOutgoing(row, outgoing, acts) {
  row.classList.add("message--mine", "message--outgoing");
  row.classList.toggle("message--aside", outgoing.recipientType !== "all");
  find(row, ".message-name", HTMLElement).textContent = t("You");
  showAudience(row, outgoing.recipientType, outgoing.recipientName);
  find(row, ".message-time", HTMLTimeElement).textContent = outgoing.trouble ? "" : t("Sending…");
  const words = find(row, ".message-words", HTMLElement);
  showWords(words, outgoing.message);
  words.hidden = outgoing.message === "";
  showFile(row, outgoing.file && { ...outgoing.file, type: "", gone: false }, () => {});
  showProgress(row, outgoing, acts);
  const trouble = find(row, ".message-trouble", HTMLElement);
  trouble.hidden = !outgoing.trouble;
  find(trouble, "span", HTMLElement).textContent = outgoing.trouble ? t("Not sent. {why}", { why: outgoing.trouble }) : "";
  find(trouble, "[data-act=again]", HTMLButtonElement).onclick = () => acts.again(outgoing);
  find(trouble, "[data-act=discard]", HTMLButtonElement).onclick = () => acts.discard(outgoing);
}

/** What tells a message from others. @param {{message: string, file?: {name: string}}} message */
export function gist({ message, file }, longest = 60) {
  return excerpt(message || (file?.name ?? ""), longest);
}

/** The first words of a message, to tell it by. @param {string} message */
export function excerpt(message, longest = 60) {
  const line = harmless(message).replace(/\s+/g, " ").trim();
  const letters = [...line];
  return letters.length <= longest ? line : `${letters.slice(0, longest).join("")}…`;
}

/** @param {HTMLElement} row @param {string} recipientType @param {string} recipientName */
function showAudience(row, recipientType, recipientName) {
  const audience = find(row, ".message-audience", HTMLElement);
  audience.hidden = recipientType === "all";
  const whom = recipientType === "host" ? t("to the hosts") : recipientName ? t("to {name} alone", { name: harmless(recipientName) }) : t("to you alone");
  find(audience, "span", HTMLElement).textContent = whom;
}

/** @param {HTMLElement} row @param {{name: string, size: number, type: string, gone: boolean, id?: string} | undefined} file @param {() => void} save */
function showFile(row, file, save) {
  const link = find(row, ".message-file", HTMLAnchorElement);
  link.hidden = !file;
  if (!file) return;
  find(link, ".message-file-name", HTMLElement).textContent = harmless(file.name);
  find(link, ".message-file-size", HTMLElement).textContent = file.gone ? t("not kept any more") : fileSize(file.size);
  setIcon(link, iconOf(file.type));
  if (file.id && !file.gone) link.href = `/files/${file.id}/`;
  else link.removeAttribute("href");
  link.onclick = (event) => {
    event.preventDefault();
    if (link.href) save();
  };
}

/** @param {HTMLElement} row @param {SharedFile | undefined} file @param {MessageActs} acts */
function showPicture(row, file, acts) {
  const picture = find(row, ".message-picture", HTMLImageElement);
  if (!file || !isPicture(file)) {
    picture.hidden = true;
    picture.removeAttribute("src");
    return;
  }
  // Shown once, it stays; and so it does when it could not be shown.
  if (picture.hasAttribute("src")) return;
  const fails = () => (picture.hidden = true);
  picture.onerror = async () => {
    picture.onerror = fails;
    const address = await acts.ticketed(file);
    if (address === null) fails();
    else picture.src = address;
  };
  picture.alt = harmless(file.name);
  picture.hidden = false;
  picture.src = `/files/${file.id}/`;
}

/** @param {string} type */
function iconOf(type) {
  if (type.startsWith("image/")) return "image";
  if (type.startsWith("audio/")) return "volume-2";
  if (type.startsWith("video/")) return "video";
  return type === "application/zip" || type === "" ? "file" : "file-text";
}

/** @param {HTMLElement} row @param {Outgoing} outgoing @param {MessageActs} acts */
function showProgress(row, outgoing, acts) {
  const line = find(row, ".message-progress", HTMLElement);
  line.hidden = !outgoing.file || outgoing.trouble !== "";
  if (!outgoing.file || line.hidden) return;
  const bar = find(line, "progress", HTMLProgressElement);
  const { sent, name } = outgoing.file;
  bar.setAttribute("aria-label", t("Sending {file}", { file: harmless(name) }));
  bar.value = sent;
  // All of it is there, and is being examined.
  if (sent >= 1) bar.removeAttribute("value");
  find(line, "[data-act=cancel]", HTMLButtonElement).onclick = () => acts.discard(outgoing);
}

/** @param {HTMLElement} place @param {string} text */
function showWords(place, text) {
  place.replaceChildren(...pieces(text).map((piece) => (piece.href === undefined ? piece.text : link(piece.text, piece.href))));
}

/** @param {string} text @param {string} href */
function link(text, href) {
  const anchor = document.createElement("a");
  anchor.href = href;
  anchor.target = "_blank";
  anchor.rel = "noopener noreferrer nofollow";
  anchor.title = href;
  anchor.textContent = text;
  return anchor;
}

/** @param {HTMLElement} row @param {string} act @param {string} label @param {boolean} shown @param {() => void} press */
function showButton(row, act, label, shown, press) {
  const button = find(row, `.message-acts [data-act=${act}]`, HTMLButtonElement);
  button.hidden = !shown;
  button.setAttribute("aria-label", label);
  button.onclick = press;
}

/** @param {ChatMessage} before @param {ChatMessage} message */
function belongsTo(before, message) {
  return (
    before.participantId === message.participantId && before.mine === message.mine && before.recipientType === message.recipientType &&
    before.recipientId === message.recipientId && Date.parse(message.sentAt) - Date.parse(before.sentAt) < TOGETHER
  );
}
