/**
 * The panels at the right of the meeting: one is open at a time, each has a button in the bar.
 *
 * @typedef {object} SidePanel
 * @property {HTMLElement} panel
 * @property {HTMLButtonElement} button  Opens and closes it.
 * @property {HTMLButtonElement} close   In the panel.
 * @property {HTMLButtonElement} [otherwise]  Gets the focus back where the button is not shown.
 * @property {(open: boolean) => void} [shown]  Called when it was opened or closed.
 *
 * @typedef {object} PanelHandle
 * @property {() => void} toggle
 * @property {() => void} open
 * @property {() => boolean} isOpen
 */

export class SidePanels {
  /** @type {SidePanel[]} */ #panels = [];

  constructor() {
    // Wherever the focus is, but one thing at a time: a dialog lies above the panels.
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.defaultPrevented && document.querySelector("dialog[open]") === null) this.#show(null);
    });
  }

  /** @param {SidePanel} one @returns {PanelHandle} */
  add(one) {
    this.#panels.push(one);
    one.button.addEventListener("click", () => this.#show(one.panel.hidden ? one : null));
    one.close.addEventListener("click", () => {
      this.#show(null);
      backTo(one);
    });
    return {
      toggle: () => this.#show(one.panel.hidden ? one : null),
      open: () => this.#show(one),
      isOpen: () => !one.panel.hidden,
    };
  }

  /** @param {SidePanel | null} chosen */
  #show(chosen) {
    for (const one of this.#panels) {
      const open = one === chosen;
      if (open === !one.panel.hidden) continue;
      const hadFocus = one.panel.contains(document.activeElement);
      one.panel.hidden = !open;
      one.button.setAttribute("aria-expanded", String(open));
      one.shown?.(open);
      if (!open && !chosen && hadFocus) backTo(one);
    }
  }
}

/** @param {SidePanel} panel */
function backTo({ button, otherwise }) {
  (button.offsetParent === null ? (otherwise ?? button) : button).focus();
}
