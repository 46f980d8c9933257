/**
 * The page of live media: asks for the trees about every second and shows what is open, found and selected.
 *
 * @import {Row} from "./rows.js"
 * @import {Snapshot} from "./shapes.js"
 */
import { Grid } from "./grid.js";
import { again, ask, byId, pageData, Unanswered } from "./page.js";
import { Panel } from "./panel.js";
import { rowsOf, totals, wayTo } from "./rows.js";
import { clock, count } from "./words.js";

const EVERY = 1_000;
const KEPT_OPEN = "live-media-open";

const config = pageData("live-config");
const search = /** @type {HTMLInputElement} */ (byId("live-search"));
const pause = /** @type {HTMLButtonElement} */ (byId("live-pause"));
/** @type {Map<string, boolean>} */
const open = new Map(kept());
/** @type {Snapshot | null} */ let snapshot = null;
/** @type {Row | null} */ let selected = null;
let paused = false;
let toFind = /** @type {string} */ (config.find);

const panel = new Panel(byId("live-panel"), {
  actUrl: config.act,
  loadUrl: config.load,
  acts: config.acts,
  onLeave: () => grid.focus(),
});
const grid = new Grid(/** @type {HTMLTableSectionElement} */ (byId("live-rows")), {
  onSelect: (row) => {
    selected = row;
    if (row && snapshot) panel.show(row, snapshot);
  },
  onToggle: (row, isOpen) => {
    open.set(row.key, isOpen);
    keep();
    show();
    // What is in it is not known here before it was asked for.
    if (isOpen) void refresh();
  },
  onEnter: () => panel.focus(),
});

search.value = config.search;
search.addEventListener("input", () => {
  show();
  void refresh();
});
byId("live-collapse").addEventListener("click", () => {
  open.clear();
  search.value = "";
  keep();
  show();
});
pause.addEventListener("click", () => {
  paused = !paused;
  pause.setAttribute("aria-pressed", String(paused));
  if (!paused) void refresh();
});

void again(async () => {
  if (!paused) await refresh();
}, EVERY);

async function refresh() {
  const opened = snapshot ? rowsOf(snapshot, { open, query: search.value }).opened : openedBefore();
  try {
    const answer = /** @type {Snapshot} */ (await ask(config.tree, { opened }));
    const began = performance.now();
    snapshot = answer;
    if (toFind) find();
    show();
    performance.clearMeasures("live-media-update");
    performance.measure("live-media-update", { start: began });
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    tell(error.message);
  }
}

/** What was open on this page before, and what the address asks for: nothing is known yet of what there is. */
function openedBefore() {
  const ids = [...open].flatMap(([key, isOpen]) => (isOpen && /^[rt]:/.test(key) ? [key.slice(2)] : []));
  return config.transport ? [...ids, config.transport] : ids;
}

/** Opens the way to what the address asks for, once. */
function find() {
  if (!snapshot) return;
  const way = wayTo(snapshot, toFind);
  const last = way.pop();
  toFind = "";
  if (!last) return;
  for (const key of way) open.set(key, true);
  keep();
  show();
  grid.reveal(last);
}

function show() {
  if (!snapshot) return;
  const { rows, found } = rowsOf(snapshot, { open, query: search.value });
  grid.show(rows);
  const row = grid.selected;
  if (row) {
    selected = row;
    panel.show(row, snapshot);
  } else if (selected && !rows.some(({ key }) => key === selected?.key) && isGone(selected, snapshot)) {
    panel.lose(selected);
  }
  byId("live-tree").hidden = snapshot.nodes.length === 0;
  tell(troubleOf(snapshot, found));
  const all = totals(snapshot);
  const counted = [count(all.routers, "room"), count(all.transports, "transport"), count(all.producers, "producer"), count(all.consumers, "consumer")];
  write("live-totals", snapshot.nodes.length ? `${all.up} of ${count(all.workers, "worker")} up, ${counted.join(", ")}` : "");
  write("live-at", `as of ${clock(snapshot.at)}`);
}

/** @param {Row} row @param {Snapshot} now  A row may only be hidden by a closed branch or a search. */
function isGone(row, now) {
  if (row.kind === "producer" || row.kind === "consumer") {
    const transport = now.nodes.flatMap((node) => node.workers).flatMap((worker) => worker.routers).flatMap((router) => router.transports)
      .find(({ id }) => id === row.transport);
    const streams = transport && (row.kind === "producer" ? transport.producers : transport.consumers);
    return !transport || (streams !== undefined && !streams.some(({ id }) => id === row.id));
  }
  return wayTo(now, row.id).length === 0;
}

/** @param {Snapshot} now @param {number} found */
function troubleOf(now, found) {
  const [silent] = now.silent;
  if (!now.nodes.length) return `No media node answers. ${silent?.cause ?? "None is known."}`;
  if (silent) return `${count(now.silent.length, "media node does", "media nodes do")} not answer: ${silent.node} ${silent.cause}`;
  if (search.value.trim() && !found) return "No meeting and nobody with media here is called that.";
  if (totals(now).routers === 0) return "No meeting has media just now. Rooms appear here as soon as somebody joins.";
  return "";
}

/** @param {string} text  Empty when all is well. */
function tell(text) {
  const trouble = byId("live-trouble");
  trouble.hidden = text === "";
  write("live-trouble", text);
}

/** @param {string} id @param {string} text */
function write(id, text) {
  const element = byId(id);
  if (element.textContent !== text) element.textContent = text;
}

/** @returns {[string, boolean][]} */
function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT_OPEN) ?? "[]");
  } catch {
    return [];
  }
}

function keep() {
  sessionStorage.setItem(KEPT_OPEN, JSON.stringify([...open].slice(-2_000)));
}
