/** With which refusal a socket was closed for good: the close codes of kcs.v1 that end a connection. */
const meanings = new Map([
  [4400, "BAD_REQUEST"],
  [4401, "NOT_AUTHENTICATED"],
  [4403, "NOT_ALLOWED"],
  [4404, "MEETING_NOT_FOUND"],
  [4410, "MEETING_ENDED"],
  [4429, "RATE_LIMITED"],
]);

/**
 * @param {number} closeCode
 * @returns {string}
 */
export function refusalOfClose(closeCode) {
  return meanings.get(closeCode) ?? "NOT_IN_MEETING";
}
