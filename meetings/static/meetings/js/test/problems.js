/** What a step of the trace says of a device that could not be had. @type {Readonly<Record<string, string>>} */
const REASONS = { denied: "denied", "denied-by-system": "denied", insecure: "denied", unanswered: "denied", missing: "none", busy: "busy" };

/**
 * @param {string} problem
 * @returns {string} denied, none, busy or unknown.
 */
export function reasonOf(problem) {
  return REASONS[problem] ?? "unknown";
}
