/** The page of a trace: what was seen, as it is seen. */
import { again, ask, byId, pageData, Unanswered } from "./page.js";
import { clock } from "./words.js";

const EVERY = 1_000;
const MOST_ROWS = 500;

const config = pageData("trace-config");
let after = 0;

void again(async () => {
  try {
    const trace = await ask(`${config.seen}&after=${after}`);
    after = trace.seen;
    write(trace.running ? `Looking for ${Math.ceil(trace.endsInMs / 1000)} more seconds: ${trace.types.join(", ")}.` : `Ended; ${after} seen of ${trace.types.join(", ")}.`);
    showCounts(trace.types, trace.counts);
    for (const event of trace.events) add(event);
    return trace.running;
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    write(error.message);
    return true;
  }
}, EVERY);

/** @param {string[]} types @param {Record<string, number>} counts */
function showCounts(types, counts) {
  byId("trace-counts").replaceChildren(
    ...types.map((type) => {
      const item = document.createElement("li");
      const number = document.createElement("strong");
      number.textContent = String(counts[type] ?? 0);
      item.append(number, ` ${type}`);
      return item;
    }),
  );
}

/** @param {{at: number, type: string, direction: string, info?: Record<string, unknown>}} event */
function add({ at, type, direction, info }) {
  const rows = byId("trace-events");
  const row = document.createElement("tr");
  for (const text of [clock(at), type, direction === "in" ? "to the worker" : "from the worker", told(info)]) {
    const cell = document.createElement("td");
    cell.textContent = text;
    row.append(cell);
  }
  rows.prepend(row);
  while (rows.childElementCount > MOST_ROWS) rows.lastElementChild?.remove();
}

/** @param {Record<string, unknown> | undefined} info @returns {string} */
function told(info) {
  if (!info) return "";
  return Object.entries(info)
    .filter(([, value]) => value !== null && value !== "" && value !== false)
    .map(([name, value]) => `${name} ${typeof value === "object" ? told(/** @type {Record<string, unknown>} */ (value)) : value}`)
    .join(", ");
}

/** @param {string} text */
function write(text) {
  const state = byId("trace-state");
  if (state.textContent !== text) state.textContent = text;
}
