/**
 * The stage: a tile for everybody and every shared screen, placed by the layout, and word to the media which of them is
 * seen and how large.
 *
 * @import {MeetingState} from "../state/meeting-state.js"
 * @import {Store} from "../state/store.js"
 * @import {LocalMedia} from "../devices/local-media.js"
 * @import {Subscriber} from "../media/subscriber.js"
 * @import {ScreenShare} from "../devices/screen-share.js"
 * @import {TileFacts} from "./tile.js"
 */
import { t } from "../i18n.js";
import { isMuted, producerOf } from "../state/meeting-state.js";
import { layoutTiles } from "./tile-layout.js";
import { Tile } from "./tile.js";

/** A window being dragged settles before other layers are asked for. */
const SETTLE = 300;
/** A glance at another tab costs no picture; a longer absence does not cost bandwidth. */
const HIDDEN_FOR = 3_000;
/** When media had to be made anew, the others' come back one by one; until then their tiles stay as they were. */
const HELD_FOR = 10_000;

/**
 * @typedef {object} StageParts
 * @property {HTMLElement} stage      The part that scrolls.
 * @property {HTMLElement} container  Holds the tiles.
 * @property {Store<MeetingState>} store
 * @property {LocalMedia} local
 * @property {ScreenShare} screenShare
 * @property {Subscriber} subscriber
 * @property {() => void} onFirstRemoteFrame
 */

export class Stage {
  /** @type {Map<string, Tile>} In the order in which they are placed. */ #tiles = new Map();
  /** @type {Set<Element>} */ #inView = new Set();
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #settling;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #hiding;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #holding;
  #pageHidden = false;
  /** @type {string | null | undefined} In the spotlight. */ #lit = null;
  #scheduled = false;

  /** @param {StageParts} parts */
  constructor({ stage, container, store, local, screenShare, subscriber, onFirstRemoteFrame }) {
    this.stage = stage;
    this.container = container;
    this.store = store;
    this.local = local;
    this.screenShare = screenShare;
    this.subscriber = subscriber;
    this.onFirstRemoteFrame = onFirstRemoteFrame;
    const refresh = () => this.#schedule();
    for (const part of /** @type {(keyof MeetingState)[]} */ (["participants", "producers", "speaking", "quality", "phase", "media", "verdicts", "troubles", "meeting"])) {
      store.watch((state) => state[part], refresh);
    }
    store.watch((state) => state.media === "lost" || state.connection === "reconnecting", (trouble) => trouble && this.#hold());
    local.store.watch((state) => state.camera, refresh);
    local.store.watch((state) => state.microphone.on, refresh);
    screenShare.on("changed", refresh);
    subscriber.on("added", refresh);
    subscriber.on("removed", refresh);
    subscriber.on("held", refresh);
    new ResizeObserver(() => this.#arrange()).observe(stage);
    this.viewport = new IntersectionObserver((entries) => this.#seen(entries), { root: stage });
    document.addEventListener("visibilitychange", () => this.#pageVisibility());
  }

  #hold() {
    clearTimeout(this.#holding);
    this.#holding = setTimeout(() => {
      const { media, connection } = this.store.state;
      if (media === "lost" || connection === "reconnecting") return this.#hold();
      this.#holding = undefined;
      this.#schedule();
    }, HELD_FOR);
  }

  #schedule() {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#render();
    });
  }

  #render() {
    const wanted = this.#facts();
    for (const [key, tile] of this.#tiles) {
      if (wanted.has(key)) continue;
      this.viewport.unobserve(tile.element);
      this.#inView.delete(tile.element);
      tile.remove();
    }
    /** @type {Map<string, Tile>} */ const tiles = new Map();
    for (const [key, facts] of wanted) {
      const tile = this.#tiles.get(key) ?? this.#add(key, facts.mine);
      tile.show(facts);
      tiles.set(key, tile);
    }
    const { meeting } = this.store.state;
    const moved = meeting?.spotlight !== this.#lit || [...tiles.keys()].join() !== [...this.#tiles.keys()].join();
    this.#tiles = tiles;
    this.#lit = meeting?.spotlight;
    if (moved) this.#arrange();
    else this.#demandSoon();
  }

  /** @param {string} key @param {boolean} mine */
  #add(key, mine) {
    const tile = new Tile(key, mine ? undefined : this.onFirstRemoteFrame);
    this.container.append(tile.element);
    this.#inView.add(tile.element);
    this.viewport.observe(tile.element);
    return tile;
  }

  /** @returns {Map<string, TileFacts>} Shared screens first, then whoever is in the spotlight, me, and the others as they came. */
  #facts() {
    const { state } = this.store;
    /** @type {[string, TileFacts][]} */ const screens = [];
    /** @type {[string, TileFacts][]} */ const people = [];
    if (state.phase !== "joined") return new Map();
    for (const [participantId, { displayName, handRaisedAt }] of state.participants) {
      const mine = participantId === state.participantId;
      const base = { name: displayName || t("Guest"), participantId, mine };
      const shown = mine ? this.screenShare.track : this.#remoteVideo(participantId, "screen");
      if (shown || (shown === undefined && this.#tiles.has(`${participantId}:screen`))) screens.push([`${participantId}:screen`, { ...base, screen: true, hand: false, muted: false, speaking: false, trouble: "", quality: "", held: this.#heldSentence(participantId, "screen"), video: shown }]);
      /** @type {[string, TileFacts]} */
      const person = [participantId, {
        ...base,
        screen: false,
        hand: Boolean(handRaisedAt),
        muted: mine ? !this.local.state.microphone.on : this.#muted(participantId),
        speaking: state.speaking.has(participantId),
        held: this.#heldSentence(participantId, "camera") || this.#heldSentence(participantId, "mic"),
        trouble: troubleSentence(state, participantId),
        quality: qualitySentence(state, participantId, displayName),
        video: mine ? this.local.state.camera.track : this.#remoteVideo(participantId, "camera"),
      }];
      if (mine) people.unshift(person);
      else people.push(person);
    }
    const lit = people.findIndex(([participantId]) => participantId === state.meeting?.spotlight);
    if (lit > 0) people.unshift(...people.splice(lit, 1));
    return new Map([...screens, ...people]);
  }

  /**
   * @param {string} participantId
   * @param {"camera" | "screen"} source
   * @returns {MediaStreamTrack | null | undefined} Undefined for one that is about to come back, as far as can be known.
   */
  #remoteVideo(participantId, source) {
    const producer = producerOf(this.store.state, participantId, source);
    const nothing = this.#holding === undefined ? null : undefined;
    if (!producer) return nothing;
    if (producer.paused) return null;
    return this.subscriber.of(participantId, source)?.consumer.track ?? nothing;
  }

  /** @param {string} participantId @returns {boolean | undefined} */
  #muted(participantId) {
    const { state } = this.store;
    if (this.#holding !== undefined && !producerOf(state, participantId, "mic")) return undefined;
    return isMuted(state, participantId);
  }

  /**
   * Why something stands still that its owner sends, where it was stopped for me alone.
   *
   * @param {string} participantId
   * @param {"camera" | "mic" | "screen"} source
   */
  #heldSentence(participantId, source) {
    if (!this.subscriber.of(participantId, source)?.held) return "";
    // What its owner paused is stopped for everybody, and has marks of its own.
    if (producerOf(this.store.state, participantId, source)?.paused !== false) return "";
    if (source === "mic") return t("An administrator has paused this sound for you.");
    return source === "screen" ? t("An administrator has paused this screen for you.") : t("An administrator has paused this picture for you.");
  }

  #arrange() {
    const { clientWidth: width, clientHeight: height } = this.stage;
    const tiles = [...this.#tiles.values()];
    const first = tiles[0]?.key ?? "";
    const featured = first.endsWith(":screen") || (first !== "" && first === this.store.state.meeting?.spotlight);
    const layout = layoutTiles({ count: tiles.length, width, height, featured });
    this.container.style.setProperty("--content-height", `${layout.contentHeight}px`);
    layout.tiles.forEach((rect, index) => tiles[index]?.place(rect));
    this.#demandSoon();
  }

  /** @param {IntersectionObserverEntry[]} entries */
  #seen(entries) {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) this.#inView.add(target);
      else this.#inView.delete(target);
    }
    this.#demandSoon();
  }

  #pageVisibility() {
    clearTimeout(this.#hiding);
    if (document.hidden) {
      this.#hiding = setTimeout(() => {
        this.#pageHidden = true;
        this.#demand();
      }, HIDDEN_FOR);
    } else {
      this.#pageHidden = false;
      this.#demand();
    }
  }

  #demandSoon() {
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => this.#demand(), SETTLE);
  }

  #demand() {
    const { state } = this.store;
    if (state.connection !== "online") return;
    for (const received of this.subscriber.all()) {
      if (received.kind !== "video") continue;
      const key = received.source === "screen" ? `${received.participantId}:screen` : received.participantId;
      const tile = this.#tiles.get(key);
      const visible = tile !== undefined && this.#inView.has(tile.element) && !this.#pageHidden;
      void this.subscriber.show(received, { visible, height: tile ? drawnHeight(tile.element) : 0 });
    }
  }
}

/**
 * How many device pixels high a 16:9 picture is drawn that covers the element.
 *
 * @param {HTMLElement} element
 */
function drawnHeight(element) {
  return Math.max(element.clientHeight, (element.clientWidth * 9) / 16) * Math.min(2, window.devicePixelRatio || 1);
}

/**
 * What is known to be wrong with somebody: with me, between them and me, or, for hosts, with them.
 *
 * @param {MeetingState} state
 * @param {string} participantId
 */
function troubleSentence(state, participantId) {
  const mine = participantId === state.participantId;
  const aboutThem = state.verdicts.filter(({ about }) => (about === null ? mine : about === participantId));
  const [worst] = [...aboutThem, ...(mine ? [] : (state.troubles.get(participantId) ?? []))];
  return worst ? worst.sentence : "";
}

/**
 * @param {MeetingState} state
 * @param {string} participantId
 * @param {string} name
 */
function qualitySentence(state, participantId, name) {
  const quality = state.quality.get(participantId);
  if (!quality) return "";
  if (quality.side === "mine") return t("Your connection is weak: what you receive may stall.");
  return name ? t("{name}’s connection is weak: sound and picture may stall.", { name }) : t("Their connection is weak: sound and picture may stall.");
}
