/** The quiet dot that tells whether media is available. */
import { byId, find } from "./dom.js";

/**
 * @param {string} health  Address of the health check.
 * @returns {Promise<boolean>}
 */
export function isMediaAvailable(health) {
  return fetch(health).then((response) => response.ok, () => false);
}

/**
 * @param {boolean} available
 * @param {string} words
 */
export function showMediaLine(available, words) {
  const line = byId("media-health", HTMLElement);
  find(line, ".dot", HTMLElement).className = available ? "dot dot--good" : "dot dot--bad";
  const text = find(line, ".media-health-text", HTMLElement);
  if (text.textContent !== words) text.textContent = words;
}
