/**
 * Edits of one text, and what becomes of an edit when another one came first. Pure.
 *
 * Here places are code units, as JavaScript counts; on the wire they are code points. No edit splits a character. What
 * is done here is what `meetings/notes/edits.py` does on the server, and has to be.
 *
 * @typedef {object} Change  At a place in a text, put something before what is deleted from there on.
 * @property {number} at
 * @property {number} delete
 * @property {string} insert
 *
 * @typedef {readonly Change[]} Edit  In the order of their places, none within another; places are of the text before.
 *
 * @typedef {{keep: number} | {drop: number} | {put: string}} Step
 */

/** The text after the edit. @param {Edit} edit @param {string} text */
export function applyEdit(edit, text) {
  let done = 0;
  let result = "";
  for (const change of edit) {
    result += text.slice(done, change.at) + change.insert;
    done = change.at + change.delete;
  }
  return result + text.slice(done);
}

/** What leads from one text to another: one change, where they differ. @param {string} before @param {string} after @returns {Edit} */
export function difference(before, after) {
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before[start] === after[start]) start += 1;
  if (splits(before, start) || splits(after, start)) start -= 1;
  let end = 0;
  while (end < most - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
  if (splits(before, before.length - end) || splits(after, after.length - end)) end -= 1;
  const change = { at: start, delete: before.length - end - start, insert: after.slice(start, after.length - end) };
  return change.delete || change.insert ? [change] : [];
}

/**
 * What `edit` is to a text that `other` has changed already; both were made to the same text. Where both put something
 * at one place, that of the one that `wins` stands first.
 *
 * @param {Edit} edit @param {Edit} other @param {boolean} wins @returns {Edit}
 */
export function transformEdit(edit, other, wins) {
  const mine = steps(edit).reverse();
  const theirs = steps(other).reverse();
  /** @type {Step[]} */ const result = [];
  for (let my = mine.pop(); my; my = mine.pop()) {
    /** @type {Step} */ const their = theirs.pop() ?? { keep: Infinity };
    if ("put" in my && (wins || !("put" in their))) {
      result.push(my);
      theirs.push(their);
    } else if ("put" in their) {
      result.push({ keep: their.put.length });
      mine.push(my);
    } else if (!("put" in my)) {
      const both = Math.min(length(my), length(their));
      if ("keep" in their) result.push("keep" in my ? { keep: both } : { drop: both });
      if (length(my) > both) mine.push("keep" in my ? { keep: my.keep - both } : { drop: my.drop - both });
      if (length(their) > both) theirs.push("keep" in their ? { keep: their.keep - both } : { drop: their.drop - both });
    }
  }
  return asEdit(result);
}

/** Where a place, as a cursor's, is after the edit: what is put there stands behind it. @param {number} place @param {Edit} edit */
export function movedBy(place, edit) {
  let moved = place;
  for (const change of edit) {
    if (change.at >= place) break;
    moved += change.insert.length - Math.min(change.delete, place - change.at);
  }
  return moved;
}

/** @param {Edit} edit @param {string} text  Before it. @returns {Change[]} As it goes over the wire. */
export function toWire(edit, text) {
  const points = countPoints(text);
  return edit.map((change) => ({
    at: points(change.at),
    delete: points(change.at + change.delete) - points(change.at),
    insert: change.insert,
  }));
}

/** @param {Edit} changes  As they came over the wire. @param {string} text  Before them. @returns {Edit} */
export function fromWire(changes, text) {
  let units = 0;
  let points = 0;
  /** @param {number} wanted */
  const unitsAt = (wanted) => {
    while (points < wanted && units < text.length) {
      units += splits(text, units + 1) ? 2 : 1;
      points += 1;
    }
    return units;
  };
  return changes.map((change) => {
    const at = unitsAt(change.at);
    return { at, delete: unitsAt(change.at + change.delete) - at, insert: change.insert };
  });
}

/** Counts code points up to places that do not go back. @param {string} text */
function countPoints(text) {
  let units = 0;
  let points = 0;
  return (/** @type {number} */ upto) => {
    if (upto < units) units = points = 0;
    while (units < upto) {
      units += splits(text, units + 1) ? 2 : 1;
      points += 1;
    }
    return points;
  };
}

/** Whether a place is within a character of two code units. @param {string} text @param {number} at */
function splits(text, at) {
  if (at <= 0 || at >= text.length) return false;
  return (text.charCodeAt(at - 1) & 0xfc00) === 0xd800 && (text.charCodeAt(at) & 0xfc00) === 0xdc00;
}

/** @param {{keep: number} | {drop: number}} step */
function length(step) {
  return "keep" in step ? step.keep : step.drop;
}

/** @param {Edit} edit @returns {Step[]} */
function steps(edit) {
  /** @type {Step[]} */ const all = [];
  let done = 0;
  for (const change of edit) {
    if (change.at > done) all.push({ keep: change.at - done });
    if (change.insert) all.push({ put: change.insert });
    if (change.delete) all.push({ drop: change.delete });
    done = change.at + change.delete;
  }
  return all;
}

/** @param {Step[]} all @returns {Edit} */
function asEdit(all) {
  /** @type {Change[]} */ const changes = [];
  let next = { at: 0, delete: 0, insert: "" };
  const finish = () => {
    if (next.delete || next.insert) changes.push(next);
  };
  for (const step of all) {
    if ("put" in step) next.insert += step.put;
    else if ("drop" in step) next.delete += step.drop;
    else {
      finish();
      next = { at: next.at + next.delete + step.keep, delete: 0, insert: "" };
    }
  }
  finish();
  return changes;
}
