/**
 * What the page knows of the polls, and how it changes. Pure: no sockets, no DOM.
 *
 * @import {Poll, PollResults} from "../contract.js"
 */
import { t } from "../i18n.js";

/**
 * @typedef {object} PollState
 * @property {readonly Poll[]} polls  In the order in which they were made.
 * @property {boolean} loaded         Whether the server has told which there are.
 */

/** @returns {PollState} */
export function initialPolls() {
  return { polls: [], loaded: false };
}

/**
 * The server told all polls. What was known before it was asked (`before`) is replaced; what came meanwhile is newer.
 *
 * @param {PollState} state
 * @param {readonly Poll[]} told
 * @param {readonly Poll[]} before
 * @returns {PollState}
 */
export function withPolls(state, told, before) {
  const meanwhile = state.polls.filter((one) => !before.includes(one));
  return meanwhile.reduce(withPoll, { polls: inOrder(told), loaded: true });
}

/**
 * What a poll is now. News that is older than what is known changes only what I voted for, which is told to me alone.
 *
 * @param {PollState} state
 * @param {Poll} told
 * @returns {PollState}
 */
export function withPoll(state, told) {
  const known = state.polls.find((one) => one.pollId === told.pollId);
  const mine = told.mine ?? known?.mine;
  const newer = !known || told.version >= known.version ? told : known;
  return { ...state, polls: inOrder([...others(state, told.pollId), mine ? { ...newer, mine } : newer]) };
}

/**
 * How the votes in a poll stand now.
 *
 * @param {PollState} state
 * @param {{pollId: string, version: number, results: PollResults}} told
 * @returns {PollState} The same when it is no news.
 */
export function withResults(state, { pollId, version, results }) {
  const known = state.polls.find((one) => one.pollId === pollId);
  if (!known || known.version >= version) return state;
  return withPoll(state, { ...known, version, results });
}

/** @param {PollState} state @param {string} pollId @returns {PollState} */
export function withoutPoll(state, pollId) {
  return { ...state, polls: others(state, pollId) };
}

/** How many polls wait for my vote. @param {PollState} state */
export function unvoted({ polls }) {
  return polls.filter((one) => one.state === "open" && (one.mine ?? []).length === 0).length;
}

/**
 * The share of those who voted that each option has, in whole per cent.
 *
 * @param {PollResults} results
 * @returns {number[]}
 */
export function shares({ voters, votes }) {
  return votes.map((count) => (voters === 0 ? 0 : Math.round((100 * count) / voters)));
}

/**
 * The answers in a text, one a line, and what is wrong with them.
 *
 * @param {string} text
 * @param {{most: number, longest: number}} limits
 * @returns {{options: string[], problem: string}}
 */
export function optionsIn(text, { most, longest }) {
  const options = text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  return { options, problem: problemOf(options, most, longest) };
}

/** @param {string[]} options @param {number} most @param {number} longest */
function problemOf(options, most, longest) {
  if (options.length < 2) return t("Write at least two answers, each on a line of its own.");
  if (options.length > most) return t("There can be {most} answers; these are {count}.", { most, count: options.length });
  const long = options.find((one) => [...one].length > longest);
  if (long) return t("An answer can have {longest} characters: “{answer}…” has more.", { longest, answer: [...long].slice(0, 20).join("") });
  const twice = options.find((one, at) => options.indexOf(one) !== at);
  return twice ? t("“{answer}” is there twice.", { answer: twice }) : "";
}

/** @param {PollState} state @param {string} pollId */
function others({ polls }, pollId) {
  return polls.filter((one) => one.pollId !== pollId);
}

/** @param {readonly Poll[]} polls */
function inOrder(polls) {
  return [...polls].sort((one, other) => Date.parse(one.createdAt) - Date.parse(other.createdAt) || (one.pollId < other.pollId ? -1 : 1));
}
