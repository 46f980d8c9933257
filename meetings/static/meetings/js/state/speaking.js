/** Who speaks: from the server's audio levels, held a moment so that a pause between words does not flicker. */
/** The server leaves out what is below: it averages decibels over 0.8 seconds, so that a short word comes to about −75. */
const LOUD_ENOUGH = -80;
/** Levels come every 0.8 seconds. */
const HOLD = 1_200;

export class Speaking {
  /** @type {Map<string, ReturnType<typeof setTimeout>>} */ #holding = new Map();

  /** @param {(speaking: ReadonlySet<string>) => void} changed  Called only when somebody starts or stops. */
  constructor(changed) {
    this.changed = changed;
  }

  /** @param {{levels?: {participantId: string, volume: number}[]}} data  Volumes in dBov, −127 to 0. */
  levels({ levels = [] }) {
    for (const { participantId, volume } of levels) if (volume > LOUD_ENOUGH) this.heard(participantId);
  }

  /** @param {string} participantId */
  heard(participantId) {
    const known = this.#holding.get(participantId);
    clearTimeout(known);
    this.#holding.set(participantId, setTimeout(() => this.gone(participantId), HOLD));
    if (known === undefined) this.#tell();
  }

  /** @param {string} participantId */
  gone(participantId) {
    clearTimeout(this.#holding.get(participantId));
    if (this.#holding.delete(participantId)) this.#tell();
  }

  clear() {
    for (const timer of this.#holding.values()) clearTimeout(timer);
    this.#holding.clear();
    this.#tell();
  }

  #tell() {
    this.changed(new Set(this.#holding.keys()));
  }
}
