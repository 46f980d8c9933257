/** Loads the page of a meeting that has not begun again when it opens. */

import { LONGEST_WAIT } from "../longest-wait.js";

/** The clocks of this device and of the server are not quite the same. */
const A_LITTLE = 2_000;

export function waitForOpening() {
  const text = document.querySelector("[data-opens-at]")?.getAttribute("data-opens-at");
  const wait = text ? Date.parse(text) - Date.now() : Number.NaN;
  if (!Number.isNaN(wait)) setTimeout(() => location.reload(), Math.min(Math.max(wait, 0) + A_LITTLE, LONGEST_WAIT));
}
