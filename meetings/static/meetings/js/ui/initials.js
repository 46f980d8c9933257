const COLOURS = 8;

/**
 * Up to two letters that stand for a name.
 *
 * @param {string} name
 * @returns {string}
 */
export function initialsOf(name) {
  const words = name.trim().split(/\s+/u).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : words;
  return letters.map((word) => [...(word ?? "")][0] ?? "").join("").toLocaleUpperCase() || "?";
}

/**
 * Which of the avatar colours belongs to somebody; the same for everybody who looks.
 *
 * @param {string} id
 * @returns {number}
 */
export function colourOf(id) {
  let sum = 0;
  for (const character of id) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) >>> 0;
  return sum % COLOURS;
}
