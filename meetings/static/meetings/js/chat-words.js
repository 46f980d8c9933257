/** The sentences of the chat. */
import { wordingOf } from "./words.js";

/** @type {Readonly<Record<string, string>>} */
const troubles = {
  BAD_REQUEST: "The server did not take it. It may be too long.",
  NOT_ALLOWED: "You may write to the hosts only at the moment.",
  RATE_LIMITED: "You write faster than the meeting allows. Wait a few seconds.",
  FILE_NOT_FOUND: "That file is not there any more.",
  FILE_KIND: "Files of this kind are not taken here.",
  MESSAGE_NOT_FOUND: "That message is deleted already.",
  CONNECTION_LOST: "The server cannot be reached. It is sent once the connection is back.",
  TIMEOUT: "The server did not answer. It is sent once the connection is back.",
};

/**
 * Why something did not work in the chat.
 *
 * @param {string} code
 * @param {{recipientName: string}} [to]  Whom it was written to.
 * @param {number} [fileMegabytes]  How large a file may be.
 */
export function chatTrouble(code, to = { recipientName: "" }, fileMegabytes = 0) {
  if (code === "FILE_TOO_LARGE" && fileMegabytes) return `The file is too large: ${fileMegabytes} MB are allowed.`;
  if (code === "NOT_IN_MEETING" && to.recipientName) return `${to.recipientName} is not in the meeting any more.`;
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
  if (!second) return first.private ? `${first.name} is writing to you…` : `${first.name} is writing…`;
  return writers.length === 2 ? `${first.name} and ${second.name} are writing…` : `${first.name} and ${writers.length - 1} others are writing…`;
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
