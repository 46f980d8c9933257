/** The sentences of the chat. */
import { t, tn } from "./i18n.js";
import { wordingOf } from "./words.js";

/** @type {Readonly<Record<string, string>>} */
const troubles = {
  BAD_REQUEST: t("The server did not take it. It may be too long."),
  NOT_ALLOWED: t("You may write to the hosts only at the moment."),
  RATE_LIMITED: t("You write faster than the meeting allows. Wait a few seconds."),
  FILE_NOT_FOUND: t("That file is not there any more."),
  FILE_KIND: t("Files of this kind are not taken here."),
  MESSAGE_NOT_FOUND: t("That message is deleted already."),
  CONNECTION_LOST: t("The server cannot be reached. It is sent once the connection is back."),
  TIMEOUT: t("The server did not answer. It is sent once the connection is back."),
};

/**
 * Why something did not work in the chat.
 *
 * @param {string} code
 * @param {{recipientName: string}} [to]  Whom it was written to.
 * @param {number} [fileMegabytes]  How large a file may be.
 */
export function chatTrouble(code, to = { recipientName: "" }, fileMegabytes = 0) {
  if (code === "FILE_TOO_LARGE" && fileMegabytes) return t("The file is too large: {size} MB are allowed.", { size: fileMegabytes });
  if (code === "NOT_IN_MEETING" && to.recipientName) return t("{name} is not in the meeting any more.", { name: to.recipientName });
  return troubles[code] ?? `${wordingOf(code).title}.`;
}

/**
 * Who writes at the moment, in words.
 *
 * @param {readonly {name: string, private: boolean}[]} writers
 */
export function typingWords(writers) {
  const [first, second] = writers;
  if (!first) return "";
  if (!second) return first.private ? t("{name} is writing to you…", { name: first.name }) : t("{name} is writing…", { name: first.name });
  if (writers.length === 2) return t("{name} and {other} are writing…", { name: first.name, other: second.name });
  return tn("{name} and {count} other are writing…", "{name} and {count} others are writing…", writers.length - 1, { name: first.name });
}

/**
 * A number of bytes, as people read it.
 *
 * @param {number} bytes
 */
export function fileSize(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  const kilobytes = bytes / 1024;
  if (kilobytes < 999.5) return `${Math.max(1, Math.round(kilobytes))} KB`;
  const megabytes = kilobytes / 1024;
  return `${megabytes.toFixed(megabytes < 9.95 ? 1 : 0)} MB`;
}
