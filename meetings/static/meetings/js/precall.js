/**
 * What the test page found, kept for the next join of the same tab. Works, without keeping, where storage is off.
 *
 * @typedef {object} Precall  The data of the step `precall`.
 * @property {string} at        ISO time of the test.
 * @property {string} attempt   The report of the test, like ABCD-1234.
 * @property {string} code      The worst cause; empty when all was well.
 * @property {"ready" | "limited" | "not-ready"} outcome
 * @property {Record<string, string>} lines  By line: good, notable, bad or skipped.
 * @property {object} measured  Numbers of the echo: up, down, path.
 */

const KEY = "kcs-meet.precall";
/** An older one says nothing about now, in milliseconds. */
const FRESH = 2 * 60 * 60 * 1000;

/**
 * @param {Precall} precall
 * @param {Pick<Storage, "setItem">} [storage]  The tab's own.
 */
export function keepPrecall(precall, storage) {
  try {
    // Named in here: where storage is off, as in frames of other sites, naming it fails.
    (storage ?? sessionStorage).setItem(KEY, JSON.stringify(precall));
  } catch {
    // Private windows may refuse storage; the join then goes without.
  }
}

/**
 * For the recorder of a join: what was found beforehand, told once.
 *
 * @param {Pick<Storage, "getItem" | "removeItem"> | null} [given]  The tab's own.
 * @param {number} [now]  Milliseconds since the epoch.
 * @returns {Precall | null} Null when nothing was tested lately.
 */
export function takePrecall(given = null, now = Date.now()) {
  try {
    const storage = given ?? sessionStorage;
    const kept = JSON.parse(storage.getItem(KEY) ?? "null");
    storage.removeItem(KEY);
    return kept && now - Date.parse(kept.at) < FRESH ? kept : null;
  } catch {
    return null;
  }
}
