/** Judging a few looks at a picture, each a list of grey values from 0 to 255. */

/** Nothing but coding noise is darker. */
const BLACK = 6;
/** So much one place has to change to have changed. */
const CHANGE = 12;
/** So many places make a picture that moves: noise of a covered lens stays below. */
const PLACES = 3;

/**
 * @typedef {object} Seen
 * @property {number} looks
 * @property {boolean} black   All of it, in every look.
 * @property {boolean} moves   Something changed between two looks.
 */

/**
 * @param {readonly (readonly number[])[]} looks  All of the same size.
 * @returns {Seen}
 */
export function describeLooks(looks) {
  const black = looks.length > 0 && looks.every((look) => average(look) < BLACK);
  const moves = looks.some((look, index) => index > 0 && changedPlaces(/** @type {readonly number[]} */ (looks[index - 1]), look) >= PLACES);
  return { looks: looks.length, black, moves };
}

/** @param {readonly number[]} look */
function average(look) {
  return look.reduce((sum, value) => sum + value, 0) / Math.max(1, look.length);
}

/**
 * @param {readonly number[]} before
 * @param {readonly number[]} now
 */
function changedPlaces(before, now) {
  return now.filter((value, index) => Math.abs(value - (before[index] ?? value)) > CHANGE).length;
}

/**
 * Grey values of the pixels of a canvas.
 *
 * @param {ArrayLike<number>} pixels  Red, green, blue and alpha of each.
 * @returns {number[]}
 */
export function greyOf(pixels) {
  /** @type {number[]} */ const grey = [];
  for (let at = 0; at + 3 < pixels.length; at += 4) {
    grey.push(((pixels[at] ?? 0) * 3 + (pixels[at + 1] ?? 0) * 6 + (pixels[at + 2] ?? 0)) / 10);
  }
  return grey;
}
