/**
 * Which shared files are shown as pictures.
 *
 * @import {SharedFile} from "../contract.js"
 */

/** Kinds of pictures that every browser shows, and in which nothing can be run. */
const KINDS = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);
/** Everybody gets the whole file to see a small picture; larger ones are there to be saved. */
const LARGEST = 8 * 1024 * 1024;

/** @param {Pick<SharedFile, "type" | "size" | "gone">} file */
export function isPicture({ type, size, gone }) {
  return KINDS.has(type) && size <= LARGEST && !gone;
}
