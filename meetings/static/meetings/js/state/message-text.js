/**
 * What somebody wrote, cut into text and links, and made harmless to look at. Pure.
 *
 * @typedef {object} Piece
 * @property {string} text    To be shown as text, never as markup.
 * @property {string} [href]  Where it leads, when it is a link.
 */

/** What turns the direction of all that follows, and characters that nobody sees. Marks that shape letters and emoji stay. */
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u180e\u200b\u202a-\u202e\u2028\u2029\u2060-\u2069\ufeff\ufff9-\ufffb]/g;
const LINK = /\bhttps?:\/\/[^\s<>"'`\ufffd]+/gi;
/** What ends a sentence more often than an address. */
const TRAILING = /[.,;:!?…*_]+$/;
const PAIRS = /** @type {const} */ ([["(", ")"], ["[", "]"], ["{", "}"]]);

/**
 * The text with a mark in place of each character that would deceive the reader.
 *
 * @param {string} text
 */
export function harmless(text) {
  return text.replace(UNSEEN, "\ufffd");
}

/**
 * @param {string} text
 * @returns {Piece[]} In order; together they are `harmless(text)`.
 */
export function pieces(text) {
  const shown = harmless(text);
  /** @type {Piece[]} */ const found = [];
  let at = 0;
  for (const match of shown.matchAll(LINK)) {
    const address = withoutTail(match[0]);
    const href = safeHref(address);
    if (href === null) continue;
    if (match.index > at) found.push({ text: shown.slice(at, match.index) });
    found.push({ text: address, href });
    at = match.index + address.length;
  }
  if (at < shown.length) found.push({ text: shown.slice(at) });
  return found;
}

/** @param {string} address */
function withoutTail(address) {
  let kept = address.replace(TRAILING, "");
  for (const [opens, closes] of PAIRS) {
    // A closing bracket belongs to the address when it was opened there.
    while (kept.endsWith(closes) && count(kept, closes) > count(kept, opens)) kept = kept.slice(0, -1).replace(TRAILING, "");
  }
  return kept;
}

/** @param {string} text @param {string} one */
function count(text, one) {
  return text.split(one).length - 1;
}

/**
 * @param {string} address
 * @returns {string | null} Null for what is no address, or hides its host behind a name ("https://bank.example@evil.example").
 */
function safeHref(address) {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url === null || !["http:", "https:"].includes(url.protocol) || url.username || url.password) return null;
  return url.href;
}
