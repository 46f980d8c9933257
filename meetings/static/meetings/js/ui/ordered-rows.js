/**
 * The rows of a list, one for each thing, in the order of the things. A row stays the same element wherever it moves, and keeps
 * the focus.
 *
 * @template Thing
 */
export class OrderedRows {
  /** @type {Map<string, HTMLElement>} By the thing's id. */ #rows = new Map();

  /**
   * @param {HTMLElement} list
   * @param {object} how
   * @param {(thing: Thing) => string} how.id
   * @param {(thing: Thing) => HTMLElement} how.make
   * @param {(row: HTMLElement, thing: Thing) => void} how.show
   * @param {() => void} how.focusLost  The row that had the focus is gone.
   */
  constructor(list, { id, make, show, focusLost }) {
    this.list = list;
    this.how = { id, make, show, focusLost };
  }

  /** @param {readonly Thing[]} things */
  show(things) {
    const { id, make, show, focusLost } = this.how;
    const focused = this.list.contains(document.activeElement) ? /** @type {HTMLElement} */ (document.activeElement) : null;
    const wanted = new Set(things.map(id));
    for (const [key, row] of this.#rows) {
      if (wanted.has(key)) continue;
      row.remove();
      this.#rows.delete(key);
    }
    for (const [at, thing] of things.entries()) {
      const row = this.#rows.get(id(thing)) ?? make(thing);
      this.#rows.set(id(thing), row);
      if (this.list.children[at] !== row) this.list.insertBefore(row, this.list.children[at] ?? null);
      show(row, thing);
    }
    if (!focused || document.activeElement === focused) return;
    if (focused.isConnected && focused.offsetParent !== null) focused.focus({ preventScroll: true });
    else focusLost();
  }

  /** @param {string} id */
  row(id) {
    return this.#rows.get(id);
  }
}
