/**
 * What the page knows of the chat, and how it changes. Pure: no sockets, no DOM.
 *
 * @import {ChatMessage, RecipientType} from "../contract.js"
 */

/**
 * @typedef {object} Outgoing  Something I wrote that the server has not answered for.
 * @property {string} messageId   Made up here, so that asking again writes nothing twice.
 * @property {string} message
 * @property {RecipientType} recipientType
 * @property {string} [recipientId]
 * @property {string} recipientName
 * @property {{name: string, size: number, sent: number}} [file]  What it carries, and which share of it is with the server.
 * @property {string} trouble     Why it was not sent; empty while it is on its way.
 *
 * @typedef {object} Typing
 * @property {RecipientType} recipientType
 * @property {number} until       Milliseconds since the epoch, when it is forgotten.
 *
 * @typedef {object} ChatState
 * @property {readonly ChatMessage[]} messages  Oldest first.
 * @property {readonly Outgoing[]} outgoing     In the order in which they were written.
 * @property {boolean} loaded                   Whether the server has told what was written before.
 * @property {boolean} more                     Whether there is more before the first of `messages`.
 * @property {boolean} open                     Whether the chat is being looked at.
 * @property {string} readUntil                 When the newest message was sent that was looked at.
 * @property {ReadonlyMap<string, Typing>} typing  By participant id.
 */

/** How long somebody is said to be writing after they said so, in milliseconds. */
export const TYPING_LASTS = 6_000;

/** @returns {ChatState} */
export function initialChat() {
  return { messages: [], outgoing: [], loaded: false, more: false, open: false, readUntil: "", typing: new Map() };
}

/**
 * A message was written, changed or deleted.
 *
 * @param {ChatState} state
 * @param {ChatMessage} message
 * @returns {ChatState}
 */
export function withMessage(state, message) {
  const others = state.messages.filter((one) => one.messageId !== message.messageId);
  return seen({
    ...state,
    messages: inOrder([...others, message]),
    outgoing: state.outgoing.filter((one) => one.messageId !== message.messageId),
    typing: without(state.typing, message.participantId ?? ""),
  });
}

/**
 * The server told the newest page. What was known before it was asked (`before`) is replaced; what came meanwhile is newer.
 *
 * @param {ChatState} state
 * @param {{messages: ChatMessage[], more: boolean}} page
 * @param {readonly ChatMessage[]} before
 * @returns {ChatState}
 */
export function withNewest(state, page, before) {
  const meanwhile = state.messages.filter((one) => !before.includes(one));
  const ids = new Set(meanwhile.map((one) => one.messageId));
  const messages = inOrder([...page.messages.filter((one) => !ids.has(one.messageId)), ...meanwhile]);
  const sent = new Set(messages.map((one) => one.messageId));
  return seen({
    ...state,
    messages,
    outgoing: state.outgoing.filter((one) => !sent.has(one.messageId)),
    loaded: true,
    more: page.more,
    // Nobody has to catch up on what was written before they came.
    readUntil: state.loaded ? state.readUntil : (page.messages.at(-1)?.sentAt ?? ""),
  });
}

/**
 * The server told a page of what was written earlier.
 *
 * @param {ChatState} state
 * @param {{messages: ChatMessage[], more: boolean}} page
 * @returns {ChatState}
 */
export function withEarlier(state, page) {
  const ids = new Set(state.messages.map((one) => one.messageId));
  return { ...state, messages: inOrder([...page.messages.filter((one) => !ids.has(one.messageId)), ...state.messages]), more: page.more };
}

/** @param {ChatState} state @param {Outgoing} outgoing @returns {ChatState} */
export function withOutgoing(state, outgoing) {
  const known = state.outgoing.some((one) => one.messageId === outgoing.messageId);
  const all = known ? state.outgoing.map((one) => (one.messageId === outgoing.messageId ? outgoing : one)) : [...state.outgoing, outgoing];
  return { ...state, outgoing: all };
}

/** So much of the file that a message carries is with the server. @param {ChatState} state @param {string} messageId @param {number} sent @returns {ChatState} */
export function withProgress(state, messageId, sent) {
  return {
    ...state,
    outgoing: state.outgoing.map((one) => (one.messageId === messageId && one.file ? { ...one, file: { ...one.file, sent } } : one)),
  };
}

/** @param {ChatState} state @param {string} messageId @returns {ChatState} */
export function withoutOutgoing(state, messageId) {
  return { ...state, outgoing: state.outgoing.filter((one) => one.messageId !== messageId) };
}

/** @param {ChatState} state @param {boolean} open @returns {ChatState} */
export function looking(state, open) {
  return seen({ ...state, open });
}

/**
 * @param {ChatState} state
 * @param {{participantId: string, typing: boolean, recipientType: RecipientType}} told
 * @param {number} now
 * @returns {ChatState}
 */
export function withTyping(state, { participantId, typing, recipientType }, now) {
  if (!typing) return { ...state, typing: without(state.typing, participantId) };
  return { ...state, typing: new Map(state.typing).set(participantId, { recipientType, until: now + TYPING_LASTS }) };
}

/** @param {ChatState} state @param {number} now @returns {ChatState} Without those of whom nothing was heard any more. */
export function typingAt(state, now) {
  const typing = new Map([...state.typing].filter(([, one]) => one.until > now));
  return typing.size === state.typing.size ? state : { ...state, typing };
}

/**
 * How many messages of others nobody has looked at here.
 *
 * @param {ChatState} state
 */
export function unread({ messages, readUntil }) {
  return messages.filter((one) => !one.mine && !one.deletedAt && one.sentAt > readUntil).length;
}

/** @param {ChatState} state @returns {ChatState} */
function seen(state) {
  const newest = state.messages.at(-1)?.sentAt ?? "";
  return state.open && newest > state.readUntil ? { ...state, readUntil: newest } : state;
}

/** By the server's clock; moments in ISO 8601 of one zone sort as text does. @param {ChatMessage[]} messages */
function inOrder(messages) {
  const before = (/** @type {ChatMessage} */ a, /** @type {ChatMessage} */ b) => a.sentAt < b.sentAt || (a.sentAt === b.sentAt && a.messageId < b.messageId);
  return messages.sort((a, b) => (before(a, b) ? -1 : before(b, a) ? 1 : 0));
}

/**
 * @template Value
 * @param {ReadonlyMap<string, Value>} map
 * @param {string} key
 * @returns {ReadonlyMap<string, Value>}
 */
function without(map, key) {
  if (!map.has(key)) return map;
  const copy = new Map(map);
  copy.delete(key);
  return copy;
}
