/**
 * The tree as a table: `role=treegrid`, one row of it in the tab order. Rows are kept by key, so that an update changes
 * texts and nothing else: focus, selection, scrolling and open branches stay.
 *
 * @import {Row} from "./rows.js"
 */

/** @typedef {"name" | "state" | "incoming" | "outgoing" | "loss" | "rtt" | "score" | "note"} Column */
const COLUMNS = /** @type {Column[]} */ (["name", "state", "incoming", "outgoing", "loss", "rtt", "score", "note"]);

/**
 * @typedef {object} Shown
 * @property {HTMLTableRowElement} element
 * @property {Record<Column, Text>} texts
 * @property {HTMLElement} state
 * @property {Row} row
 */

export class Grid {
  /** @type {Map<string, Shown>} In the order in which they are shown. */ #shown = new Map();
  #selected = "";

  /**
   * @param {HTMLTableSectionElement} body
   * @param {object} how
   * @param {(row: Row | null) => void} how.onSelect
   * @param {(row: Row, open: boolean) => void} how.onToggle
   * @param {() => void} how.onEnter  The way from a row to what can be done to it.
   */
  constructor(body, { onSelect, onToggle, onEnter }) {
    this.body = body;
    this.onSelect = onSelect;
    this.onToggle = onToggle;
    this.onEnter = onEnter;
    body.addEventListener("click", (event) => this.#clicked(event));
    body.addEventListener("dblclick", (event) => this.#toggle(this.#rowAt(event)));
    body.addEventListener("keydown", (event) => this.#pressed(event));
    body.addEventListener("focusin", (event) => this.#select(this.#rowAt(event)));
  }

  /** The row that is selected, as it is now; null when it is not shown. */
  get selected() {
    return this.#shown.get(this.#selected)?.row ?? null;
  }

  /** @param {Row[]} rows */
  show(rows) {
    const focused = this.#shown.get(this.#selected)?.element === document.activeElement ? this.#selected : "";
    const order = focused ? [...this.#shown.keys()] : [];
    /** @type {Map<string, Shown>} */ const next = new Map();
    /** @type {Element | null} */ let here = this.body.firstElementChild;
    const wanted = new Set(rows.map((row) => row.key));
    for (const [key, { element }] of this.#shown) {
      if (wanted.has(key)) continue;
      if (here === element) here = element.nextElementSibling;
      element.remove();
    }
    for (const row of rows) {
      const shown = this.#shown.get(row.key) ?? make(row);
      fill(shown, row);
      next.set(row.key, shown);
      if (shown.element === here) here = here.nextElementSibling;
      else this.body.insertBefore(shown.element, here);
    }
    this.#shown = next;
    if (focused && !next.has(focused)) this.#focusBeside(order, focused);
    // An element that is moved loses the focus.
    else if (focused) next.get(focused)?.element.focus({ preventScroll: true });
    this.#keepInTabOrder();
  }

  /** Selects a row and brings it to where it is seen. @param {string} key */
  reveal(key) {
    const shown = this.#shown.get(key);
    if (!shown) return;
    shown.element.focus();
    shown.element.scrollIntoView({ block: "center" });
  }

  /** Back to the selected row. */
  focus() {
    this.#shown.get(this.#selected)?.element.focus();
  }

  /** @param {Event} event */
  #rowAt(event) {
    const element = event.target instanceof Element ? event.target.closest("tr") : null;
    return element ? (this.#shown.get(element.dataset.key ?? "")?.row ?? null) : null;
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    const row = this.#rowAt(event);
    if (!row) return;
    this.#shown.get(row.key)?.element.focus();
    if (event.target instanceof Element && event.target.closest(".lm-twist")) this.#toggle(row);
  }

  /** @param {Row | null} row */
  #toggle(row) {
    if (row && row.open !== null) this.onToggle(row, !row.open);
  }

  /** @param {Row | null} row */
  #select(row) {
    if (!row || row.key === this.#selected) return;
    this.#mark(this.#selected, false);
    this.#selected = row.key;
    this.#mark(row.key, true);
    this.onSelect(row);
  }

  /** @param {string} key @param {boolean} selected */
  #mark(key, selected) {
    const element = this.#shown.get(key)?.element;
    if (!element) return;
    element.setAttribute("aria-selected", String(selected));
    element.tabIndex = selected ? 0 : -1;
    if (selected) for (const other of this.body.querySelectorAll("tr[tabindex='0']")) if (other instanceof HTMLElement && other !== element) other.tabIndex = -1;
  }

  #keepInTabOrder() {
    if (this.#shown.has(this.#selected)) return;
    const first = this.body.querySelector("tr");
    if (first && !this.body.querySelector("tr[tabindex='0']")) first.tabIndex = 0;
  }

  /** What had the focus is gone: what stood before it gets it. @param {string[]} order @param {string} gone */
  #focusBeside(order, gone) {
    const before = order.slice(0, order.indexOf(gone)).reverse();
    const near = before.find((key) => this.#shown.has(key));
    if (near !== undefined) this.#shown.get(near)?.element.focus({ preventScroll: true });
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    const row = this.#rowAt(event);
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    const element = this.#shown.get(row.key)?.element;
    /** @type {Record<string, () => void>} */
    const keys = {
      ArrowDown: () => focusOn(element?.nextElementSibling),
      ArrowUp: () => focusOn(element?.previousElementSibling),
      Home: () => focusOn(this.body.firstElementChild),
      End: () => focusOn(this.body.lastElementChild),
      ArrowRight: () => {
        if (row.open === false) this.onToggle(row, true);
        else if (row.open) focusOn(element?.nextElementSibling);
      },
      ArrowLeft: () => {
        if (row.open) this.onToggle(row, false);
        else if (row.parent) focusOn(this.#shown.get(row.parent)?.element);
      },
      " ": () => this.#toggle(row),
      Enter: () => this.onEnter(),
    };
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }
}

/** @param {Element | null | undefined} element */
function focusOn(element) {
  if (element instanceof HTMLElement) element.focus();
}

/** @param {Row} row @returns {Shown} */
function make(row) {
  const element = document.createElement("tr");
  element.setAttribute("role", "row");
  element.setAttribute("aria-selected", "false");
  element.tabIndex = -1;
  element.dataset.key = row.key;
  element.className = `lm-row lm-${row.kind}`;
  element.setAttribute("aria-level", String(row.level));
  const texts = /** @type {Record<Column, Text>} */ ({});
  let state = document.createElement("span");
  for (const column of COLUMNS) {
    const cell = element.insertCell();
    cell.setAttribute("role", "gridcell");
    cell.className = `lm-${column}`;
    const text = document.createTextNode("");
    texts[column] = text;
    if (column === "name") {
      const twist = document.createElement("span");
      twist.className = "lm-twist";
      twist.setAttribute("aria-hidden", "true");
      const label = document.createElement("span");
      label.className = "lm-label";
      label.append(text);
      cell.append(twist, label);
    } else if (column === "state") {
      state.append(text);
      cell.append(state);
    } else {
      cell.append(text);
    }
  }
  return { element, texts, state, row: /** @type {Row} */ ({}) };
}

/** Writes what has changed. @param {Shown} shown @param {Row} row */
function fill(shown, row) {
  const { element, texts, state, row: before } = shown;
  for (const column of COLUMNS) if (before[column] !== row[column]) texts[column].data = row[column];
  if (before.tone !== row.tone) state.className = `lm-tone lm-tone-${row.tone}`;
  if (before.place !== row.place) element.setAttribute("aria-posinset", String(row.place));
  if (before.siblings !== row.siblings) element.setAttribute("aria-setsize", String(row.siblings));
  if (before.open !== row.open) {
    if (row.open === null) element.removeAttribute("aria-expanded");
    else element.setAttribute("aria-expanded", String(row.open));
  }
  shown.row = row;
}
