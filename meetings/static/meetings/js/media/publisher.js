/**
 * What is sent: at most one producer for each source, its track, and whether it is paused.
 *
 * Local effect comes first and at once (a muted track sends silence from that moment); the server is told after.
 *
 * @import {types} from "mediasoup-client"
 * @import {Source} from "../contract.js"
 * @import {Request} from "./transports.js"
 */
import { Emitter } from "../emitter.js";
import { codeOf, SignallingError } from "../signalling/error.js";
import { producerOptions } from "./encodings.js";

/** @type {Source[]} The last goes first; others come after them. */
const PICTURES = ["screen", "camera"];
/** What mediasoup-client rejects with when browser and server know no format in common. */
const UNSUPPORTED = "UnsupportedError";

/**
 * @typedef {object} Wanted  What the user wants to be sent, whatever the connection does.
 * @property {MediaStreamTrack | null} track
 * @property {boolean} paused
 *
 * @typedef {object} Sent  What is sent at present.
 * @property {Source} source
 * @property {MediaStreamTrack | null} track
 * @property {boolean} paused
 * @property {string | undefined} mid  Names it in the statistics.
 *
 * @typedef {object} PublisherEvents
 * @property {{source: Source, producerId: string}} sending  The server takes it.
 * @property {{source: Source, code: string}} refused        The server, or the browser, does not.
 */

/** @extends {Emitter<PublisherEvents>} */
export class Publisher extends Emitter {
  /** @type {Map<Source, Wanted>} */ #wanted = new Map();
  /** @type {Map<Source, types.Producer>} */ #producers = new Map();
  /** @type {Map<Source, Promise<void>>} Changes of one source take effect one after the other. */ #queues = new Map();
  /** @type {types.Transport | null} */ #transport = null;

  /**
   * @param {object} options
   * @param {Request} options.request
   * @param {() => types.RtpCapabilities} options.capabilities  What can be sent.
   */
  constructor({ request, capabilities }) {
    super();
    this.request = request;
    this.capabilities = capabilities;
  }

  /** @param {Source} source */
  producerId(source) {
    return this.#producers.get(source)?.id;
  }

  /** @returns {Sent[]} */
  sent() {
    return [...this.#producers].map(([source, { track, paused, rtpParameters }]) => ({ source, track, paused, mid: rtpParameters.mid }));
  }

  /** Sends what is wanted over this transport. @param {types.Transport} transport */
  async start(transport) {
    this.#producers.clear();
    this.#transport = transport;
    // One is negotiated after the other. Pictures take longest until they are seen, so they come first.
    const sources = [...this.#wanted.keys()].sort((one, other) => PICTURES.indexOf(other) - PICTURES.indexOf(one));
    await Promise.all(sources.map((source) => this.#settle(source)));
  }

  /** The transport is gone; what is wanted is kept for the next one. */
  stop() {
    this.#transport = null;
    this.#producers.clear();
  }

  /**
   * Wants a source sent with this track, or, with null, keeps its producer without a picture or sound.
   *
   * @param {Source} source
   * @param {MediaStreamTrack | null} track
   * @param {boolean} paused
   */
  async set(source, track, paused) {
    this.#wanted.set(source, { track, paused });
    if (track) track.enabled = !paused;
    await this.#settle(source);
  }

  /** Stops sending a source altogether. @param {Source} source */
  async remove(source) {
    this.#wanted.delete(source);
    await this.#settle(source);
  }

  /**
   * The server says which of my producers it has and whether they are paused; the difference to what is wanted is mended.
   *
   * @param {ReadonlyMap<string, {paused: boolean}>} known  By producer id.
   */
  async reconcile(known) {
    // One whose answer got lost with the old socket sends nothing, and stands in the way of a new one.
    const mine = new Set([...this.#producers.values()].map((producer) => producer.id));
    const strays = [...known.keys()].filter((producerId) => !mine.has(producerId));
    await Promise.all(strays.map((producerId) => this.request("close-producer", { producerId })));
    for (const [source, producer] of [...this.#producers]) {
      const there = known.get(producer.id);
      if (!there) {
        this.#producers.delete(source);
        producer.close();
      } else if (there.paused !== producer.paused) {
        there.paused ? producer.pause() : producer.resume();
      }
    }
    await Promise.all([...this.#wanted.keys()].map((source) => this.#settle(source)));
  }

  /**
   * The server has paused, resumed or closed something of mine without my asking. Nothing is told back.
   *
   * @param {string} producerId
   * @param {"paused" | "resumed" | "closed"} change
   * @returns {Source | undefined} What it was; nothing when it is not mine.
   */
  told(producerId, change) {
    const [source, producer] = [...this.#producers].find(([, one]) => one.id === producerId) ?? [];
    if (!source || !producer) return undefined;
    if (change === "closed") {
      this.#producers.delete(source);
      producer.close();
    } else if (change === "paused") {
      producer.pause();
    } else {
      producer.resume();
    }
    return source;
  }

  /** @param {Source} source */
  #settle(source) {
    const before = this.#queues.get(source) ?? Promise.resolve();
    const now = before.catch(() => {}).then(() => this.#apply(source));
    this.#queues.set(source, now);
    return now;
  }

  /** @param {Source} source */
  async #apply(source) {
    const wanted = this.#wanted.get(source);
    const producer = this.#producers.get(source);
    const transport = this.#transport;
    if (!transport || transport.closed) return;
    if (!wanted) {
      if (!producer) return;
      this.#producers.delete(source);
      producer.close();
      await this.request("close-producer", { producerId: producer.id });
    } else if (!producer) {
      if (wanted.track && wanted.track.readyState === "live") await this.#produce(transport, source, wanted.track, wanted.paused);
    } else {
      // Others are told of a pause before the picture goes, and of a resume after it is there.
      if (wanted.paused) await this.#pause(producer, true);
      if (producer.track !== wanted.track) await producer.replaceTrack({ track: wanted.track });
      if (!wanted.paused) await this.#pause(producer, false);
    }
  }

  /**
   * @param {types.Transport} transport
   * @param {Source} source
   * @param {MediaStreamTrack} track
   * @param {boolean} paused
   */
  async #produce(transport, source, track, paused) {
    /** @type {{source: Source, paused: boolean, answered?: Promise<unknown>}} */ const appData = { source, paused };
    /** @type {types.Producer} */ let producer;
    try {
      producer = await transport.produce({ track, ...producerOptions(source, this.capabilities()), stopTracks: false, appData });
    } catch (error) {
      const refusal = error instanceof Error && error.name === UNSUPPORTED ? new SignallingError("CANNOT_PRODUCE", error.message) : error;
      if (!transport.closed) this.emit("refused", { source, code: codeOf(refusal) });
      throw refusal;
    }
    try {
      // Set by whoever sends the request: until the server has it, it may still refuse.
      await appData.answered;
    } catch (error) {
      producer.close();
      // It is sent over the newer transport, whatever became of it here.
      if (transport !== this.#transport) return;
      this.emit("refused", { source, code: codeOf(error) });
      throw error;
    }
    if (transport !== this.#transport) return producer.close();
    if (paused) producer.pause();
    this.#producers.set(source, producer);
    this.emit("sending", { source, producerId: producer.id });
    // The user may have changed their mind while the request was on its way.
    await this.#apply(source);
  }

  /**
   * @param {types.Producer} producer
   * @param {boolean} paused
   */
  async #pause(producer, paused) {
    if (producer.paused === paused) return;
    paused ? producer.pause() : producer.resume();
    try {
      await this.request(paused ? "pause-producer" : "resume-producer", { producerId: producer.id });
    } catch (error) {
      // The server was not reached: the next snapshot brings both to the same state. A refusal is for the user to know.
      if (codeOf(error) === "CONNECTION_LOST" || codeOf(error) === "TIMEOUT") return;
      paused ? producer.resume() : producer.pause();
      throw error;
    }
  }
}
