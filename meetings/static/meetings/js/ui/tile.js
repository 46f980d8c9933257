/** One rectangle of the stage: a person, or a screen somebody shows. Knows nothing of where its facts come from. */
import { t } from "../i18n.js";
import { byId, find, setIcon } from "./dom.js";
import { colourOf, initialsOf } from "./initials.js";

/**
 * @typedef {object} TileFacts
 * @property {string} name
 * @property {string} participantId
 * @property {boolean} mine
 * @property {boolean} screen
 * @property {boolean | undefined} muted  Undefined: as before.
 * @property {boolean} hand      Whether their hand is up.
 * @property {boolean} speaking
 * @property {string} trouble    Sentence that says what is wrong with them, or empty.
 * @property {string} quality    Sentence, or empty when nothing is wrong.
 * @property {string} held       Sentence that says why it stands still, or empty.
 * @property {MediaStreamTrack | null | undefined} video  The picture to show; null shows the avatar, undefined what was there.
 */

export class Tile {
  /** @type {MediaStreamTrack | null} */ #video = null;
  #shown = "";
  #muted = false;

  /**
   * @param {string} key
   * @param {(tile: Tile) => void} [onFirstFrame]  Called once, when the first frame of the first picture is on screen.
   */
  constructor(key, onFirstFrame = () => {}) {
    this.key = key;
    const fragment = /** @type {DocumentFragment} */ (byId("tile-template", HTMLTemplateElement).content.cloneNode(true));
    this.element = find(fragment, ".tile", HTMLElement);
    this.video = find(this.element, ".tile-video", HTMLVideoElement);
    this.avatar = find(this.element, ".avatar", HTMLElement);
    this.name = find(this.element, ".tile-name", HTMLElement);
    this.muted = find(this.element, ".tile-muted", HTMLElement);
    this.hand = find(this.element, ".tile-hand", HTMLElement);
    this.quality = find(this.element, ".tile-quality", HTMLElement);
    this.reason = find(this.element, ".tile-reason", HTMLElement);
    this.onFirstFrame = onFirstFrame;
    this.element.classList.add("tile--new");
  }

  /** @param {TileFacts} facts */
  show(facts) {
    if (facts.video !== undefined) this.#picture(facts.video);
    this.element.classList.toggle("tile--speaking", facts.speaking);
    const { name, participantId, mine, screen, hand } = facts;
    const reason = facts.held || facts.trouble || facts.quality;
    const muted = facts.muted ?? this.#muted;
    this.#muted = muted;
    const shown = JSON.stringify([name, participantId, mine, screen, hand, muted, facts.held, facts.trouble, reason]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.element.dataset["participantId"] = participantId;
    this.element.dataset["source"] = screen ? "screen" : "camera";
    this.element.classList.toggle("tile--mine", mine && !screen);
    this.element.classList.toggle("tile--screen", screen);
    const label = screen ? (mine ? t("Your screen") : t("{name}’s screen", { name })) : mine ? t("{name} (you)", { name }) : name;
    this.name.textContent = label;
    this.element.setAttribute("aria-label", `${label}${muted && !screen ? t(", muted") : ""}${hand ? t(", hand raised") : ""}`);
    this.muted.hidden = screen || !muted;
    this.hand.hidden = !hand;
    this.avatar.textContent = initialsOf(name);
    this.avatar.dataset["colour"] = String(colourOf(participantId));
    this.element.classList.toggle("tile--held", facts.held !== "");
    const trouble = facts.trouble !== "" && facts.held === "";
    this.element.classList.toggle("tile--marked", reason !== "");
    this.element.classList.toggle("tile--trouble", trouble);
    setIcon(this.quality, trouble ? "triangle-alert" : "signal-low");
    this.quality.hidden = reason === "";
    this.reason.textContent = reason;
    this.quality.setAttribute("aria-label", reason);
  }

  /** Puts the tile where the layout says. @param {import("./tile-layout.js").Rect} rect */
  place({ x, y, width, height }) {
    const { style } = this.element;
    style.setProperty("--x", `${x}px`);
    style.setProperty("--y", `${y}px`);
    style.setProperty("--w", `${width}px`);
    style.setProperty("--h", `${height}px`);
    if (this.element.classList.contains("tile--new")) {
      // A newcomer appears in its place instead of flying there from the corner.
      requestAnimationFrame(() => this.element.classList.remove("tile--new"));
    }
  }

  remove() {
    this.#picture(null);
    this.element.remove();
  }

  /** @param {MediaStreamTrack | null} track */
  #picture(track) {
    if (track === this.#video) return;
    this.#video = track;
    if (!track) {
      this.element.classList.remove("tile--live");
      this.video.hidden = true;
      this.video.srcObject = null;
      return;
    }
    this.video.srcObject = new MediaStream([track]);
    this.video.hidden = false;
    void this.video.play().catch(() => {});
    // The avatar stays until there is a picture to take its place.
    this.#whenFrame(() => {
      if (this.#video !== track) return;
      this.element.classList.add("tile--live");
      this.onFirstFrame(this);
      this.onFirstFrame = () => {};
    });
  }

  /** @param {() => void} react */
  #whenFrame(react) {
    if ("requestVideoFrameCallback" in this.video) this.video.requestVideoFrameCallback(() => react());
    else /** @type {HTMLVideoElement} */ (this.video).addEventListener("playing", react, { once: true });
  }
}
