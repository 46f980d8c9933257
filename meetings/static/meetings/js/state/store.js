/**
 * One value that changes by replacement, and people who watch a part of it.
 *
 * @template {object} State
 */
export class Store {
  /** @type {Set<() => void>} */ #watchers = new Set();
  /** @type {State} */ #state;

  /** @param {State} initial */
  constructor(initial) {
    this.#state = initial;
  }

  /** @returns {State} Never changed in place. */
  get state() {
    return this.#state;
  }

  /**
   * Replaces fields. Watchers hear of it before this returns, each only if what it watches is different.
   *
   * @param {Partial<State>} fields
   */
  set(fields) {
    this.#state = { ...this.#state, ...fields };
    for (const watcher of [...this.#watchers]) watcher();
  }

  /**
   * @param {(state: State) => State} change  A pure function; returning the same object means "no change".
   */
  update(change) {
    const next = change(this.#state);
    if (next === this.#state) return;
    this.#state = next;
    for (const watcher of [...this.#watchers]) watcher();
  }

  /**
   * Calls `react` now and whenever what `pick` returns is another value (by `Object.is`).
   *
   * @template Picked
   * @param {(state: State) => Picked} pick
   * @param {(picked: Picked, before: Picked | undefined) => void} react
   * @returns {() => void} Stops watching.
   */
  watch(pick, react) {
    let seen = pick(this.#state);
    react(seen, undefined);
    const watcher = () => {
      const picked = pick(this.#state);
      if (Object.is(picked, seen)) return;
      const before = seen;
      seen = picked;
      react(picked, before);
    };
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }
}
