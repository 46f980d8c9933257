/**
 * Which of the things that are wrong is said where. Pure.
 *
 * @import {Verdict} from "../contract.js"
 */

/**
 * The one to be said right away, wherever one looks: something fails, or something of mine is waited for.
 *
 * @param {readonly Verdict[]} verdicts  The worst first.
 * @returns {Verdict | undefined}
 */
export function foremost(verdicts) {
  return verdicts.find(({ severity }) => severity === "failing") ?? verdicts.find(({ severity, about }) => severity === "waiting" && about === null);
}
