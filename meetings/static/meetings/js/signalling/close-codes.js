/**
 * The close codes of kcs.v1 after which coming back makes no sense, and the refusal that each is. All others (a server that
 * restarts, a socket that was too slow, a network that broke) are followed by another attempt.
 */
const meanings = new Map([
  [4403, "NOT_ALLOWED"],
  [4409, "TAKEN_OVER"],
]);

/**
 * @param {number} closeCode
 * @returns {string | null} Null when the socket may be opened again.
 */
export function refusalOfClose(closeCode) {
  return meanings.get(closeCode) ?? null;
}
