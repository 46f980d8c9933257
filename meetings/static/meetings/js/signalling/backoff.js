/**
 * How long to wait before the n-th attempt to reconnect, in milliseconds.
 *
 * The first attempt comes almost at once, because most drops are a blip; after that the wait doubles up to eight
 * seconds. The random share keeps everybody in a meeting from knocking in the same instant when a server returns.
 *
 * @param {number} attempt  0 for the first attempt after a drop.
 * @param {() => number} [random]  In [0, 1).
 * @returns {number}
 */
export function reconnectDelay(attempt, random = Math.random) {
  const ceiling = Math.min(8000, 250 * 2 ** attempt);
  return Math.round(ceiling * (0.5 + random() / 2));
}
