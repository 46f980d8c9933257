/**
 * Which of the things that are wrong is said where. Pure.
 *
 * @import {Saying, Verdict} from "../contract.js"
 * @import {Wording} from "../i18n.js"
 */

import { say, t } from "../i18n.js";

/**
 * What the server says is wrong, in the language of the page.
 *
 * @template {Saying & {words?: {sentence?: Wording, action?: Wording}}} T
 * @param {T} verdict
 * @returns {T}
 */
export function inWords(verdict) {
  const { sentence, action, words = {} } = verdict;
  return { ...verdict, sentence: words.sentence ? say(words.sentence) : t(sentence), action: words.action ? say(words.action) : t(action) };
}

/**
 * The one to be said right away, wherever one looks: something fails, or something of mine is waited for.
 *
 * @param {readonly Verdict[]} verdicts  The worst first.
 * @returns {Verdict | undefined}
 */
export function foremost(verdicts) {
  return verdicts.find(({ severity }) => severity === "failing") ?? verdicts.find(({ severity, about }) => severity === "waiting" && about === null);
}
