/** A code as people write it: `abc-defg-hij`, without dashes, in capitals, or inside a link. */
const LETTERS = /^[a-z]{10}$/;

/**
 * @param {string} text
 * @returns {string | null} The code as the server writes it, or null when there is none in the text.
 */
export function parseMeetingCode(text) {
  const inLink = /\/m\/([^/?#\s]+)/i.exec(text);
  const letters = (inLink?.[1] ?? text).toLowerCase().replace(/[\s-]+/g, "");
  if (!LETTERS.test(letters)) return null;
  return `${letters.slice(0, 3)}-${letters.slice(3, 7)}-${letters.slice(7)}`;
}
