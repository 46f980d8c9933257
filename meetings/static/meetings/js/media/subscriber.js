/**
 * What is received: one consumer for each producer of the others, whether it is wanted now, and in which layer.
 *
 * @import {types} from "mediasoup-client"
 * @import {ConsumerParams, Kind, Source} from "../contract.js"
 * @import {Request} from "./transports.js"
 */
import { Emitter } from "../emitter.js";
import { codeOf } from "../signalling/error.js";
import { layerForHeight } from "./encodings.js";

/** What replaces something that is received waits this many milliseconds for its first picture or sound, at most. */
const PATIENCE = 3_000;
/** How often it is looked whether it is there. */
const LOOK_EVERY = 50;
/** A simulcast consumer starts at the highest layer. */
const TOP_LAYER = 2;

/**
 * @typedef {object} Received
 * @property {string} producerId
 * @property {string} participantId
 * @property {Kind} kind
 * @property {Source} source
 * @property {string} type
 * @property {types.Consumer} consumer
 * @property {boolean} wanted   Whether the server was told to send it.
 * @property {boolean} held     Whether the server has stopped sending it without our asking.
 * @property {number} layer     The spatial layer that was asked for.
 * @property {number} order     What was told later takes the place of what was told before.
 *
 * @typedef {object} SubscriberEvents
 * @property {Received} added
 * @property {Received} removed
 * @property {Received} held  The server has stopped sending it, or sends it again, without our asking.
 * @property {{producerId: string, code: string}} failed  Something of the others that cannot be received.
 */

/** @extends {Emitter<SubscriberEvents>} */
export class Subscriber extends Emitter {
  /** @type {Map<string, Received>} By producer id. */ #received = new Map();
  /** @type {Map<string, Received>} What goes on over a former transport until it is replaced, by producer id. */ #former = new Map();
  /**
   * What has been replaced by something newer of the same source and is not closed by the server yet, by producer id.
   * It is kept, for it may turn out to be the last one, and a browser cannot set up the same consumer a second time.
   *
   * @type {Map<string, Received>}
   */
  #replaced = new Map();
  /** @type {Set<string>} Producer ids being asked for. */ #asked = new Set();
  /** @type {Map<string, string>} Consumers that are being set up: producer id to consumer id. */ #making = new Map();
  /** @type {Set<string>} Consumer ids being put to use: two answers may name the same one. */ #beingUsed = new Set();
  /** @type {types.Transport | null} */ #transport = null;
  #told = 0;

  /**
   * @param {object} options
   * @param {Request} options.request
   * @param {() => types.RtpCapabilities} options.capabilities  What can be received.
   */
  constructor({ request, capabilities }) {
    super();
    this.request = request;
    this.capabilities = capabilities;
  }

  /** @returns {Received[]} */
  all() {
    return [...this.#received.values(), ...this.#former.values()];
  }

  /** What comes over the present transport. @returns {Received[]} */
  current() {
    return [...this.#received.values()];
  }

  /** @param {string} participantId @param {Source} source */
  of(participantId, source) {
    return this.all().find((one) => one.participantId === participantId && one.source === source);
  }

  /** Whether there is a consumer of this producer, used or replaced. @param {string} producerId */
  has(producerId) {
    return [this.#received, this.#former, this.#replaced].some((map) => map.has(producerId));
  }

  /** Starts on a transport, empty. @param {types.Transport} transport */
  start(transport) {
    this.clear();
    this.#transport = transport;
  }

  /**
   * Goes on over another transport. What is received keeps coming over the former one until its successor flows, or
   * until `letFormerGo`.
   *
   * @param {types.Transport} transport
   */
  moveTo(transport) {
    this.letFormerGo();
    this.#closeReplaced();
    this.#former = this.#received;
    this.#received = new Map();
    this.#asked.clear();
    this.#making.clear();
    this.#transport = transport;
  }

  /** What has no successor goes with its transport. */
  letFormerGo() {
    for (const received of [...this.#former.values()]) this.#end(this.#former, received);
  }

  /** Drops everything without telling the server: the transport is gone. */
  clear() {
    this.#transport = null;
    this.#asked.clear();
    this.#making.clear();
    this.letFormerGo();
    this.#closeReplaced();
    for (const producerId of [...this.#received.keys()]) this.drop(producerId);
  }

  /** Uses consumers which the server has already made. @param {ConsumerParams[]} consumers */
  async adopt(consumers) {
    await Promise.all(consumers.map((params) => this.#use(params)));
  }

  /**
   * Asks for what is not received yet, in one request. A producer that went away in the meantime is no error.
   *
   * @param {string[]} producerIds
   */
  async consume(producerIds) {
    const missing = producerIds.filter((id) => !this.#isSetUp(id) && !this.#asked.has(id));
    const transport = this.#transport;
    if (missing.length === 0 || !transport) return;
    for (const id of missing) this.#asked.add(id);
    try {
      const { consumers = [], failed = [] } = await this.request("consume", { producerIds: missing, rtpCapabilities: this.capabilities() });
      if (transport !== this.#transport) return;
      for (const failure of failed) this.emit("failed", failure);
      await this.adopt(consumers);
    } finally {
      for (const id of missing) this.#asked.delete(id);
    }
  }

  /** The server closed it, or its producer is gone. @param {string} producerId */
  drop(producerId) {
    this.#making.delete(producerId);
    this.#replaced.get(producerId)?.consumer.close();
    this.#replaced.delete(producerId);
    for (const map of [this.#received, this.#former]) {
      const received = map.get(producerId);
      if (!received) continue;
      this.#end(map, received);
      this.#bringBack(received);
    }
  }

  /** Drops everything of which this holds. @param {(received: Received) => boolean} gone */
  dropWhere(gone) {
    // First what was replaced, or it would come back.
    for (const received of [...this.#replaced.values(), ...this.all()]) if (gone(received)) this.drop(received.producerId);
  }

  /** What was replaced is what there is, once nothing newer is left. @param {Received} gone */
  #bringBack({ participantId, source }) {
    if (this.of(participantId, source)) return;
    const left = [...this.#replaced.values()].filter((one) => one.participantId === participantId && one.source === source);
    const newest = left.sort((one, other) => one.order - other.order).pop();
    if (!newest) return;
    this.#replaced.delete(newest.producerId);
    this.#received.set(newest.producerId, newest);
    this.emit("added", newest);
  }

  #closeReplaced() {
    for (const { consumer } of this.#replaced.values()) consumer.close();
    this.#replaced.clear();
  }

  /** Whether there is a consumer of it on the present transport. @param {string} producerId */
  #isSetUp(producerId) {
    return this.#received.has(producerId) || this.#replaced.has(producerId);
  }

  /**
   * @param {Map<string, Received>} map
   * @param {Received} received
   */
  #end(map, received) {
    if (map.get(received.producerId) === received) map.delete(received.producerId);
    received.consumer.close();
    this.emit("removed", received);
  }

  /** Something newer of the same source is there. @param {Received} received */
  #replace(received) {
    if (this.#former.get(received.producerId) === received) return this.#end(this.#former, received);
    this.#received.delete(received.producerId);
    this.#replaced.set(received.producerId, received);
    this.emit("removed", received);
  }

  /** The server stopped sending it, or sends it again. @param {string} consumerId @param {boolean} held */
  hold(consumerId, held) {
    const received = this.all().find((one) => one.consumer.id === consumerId);
    if (!received || received.held === held) return;
    received.held = held;
    this.emit("held", received);
  }

  /** @param {string} consumerId */
  dropConsumer(consumerId) {
    const received = [...this.all(), ...this.#replaced.values()].find((one) => one.consumer.id === consumerId);
    const making = [...this.#making].find(([, id]) => id === consumerId);
    if (received) this.drop(received.producerId);
    else if (making) this.drop(making[0]);
  }

  /**
   * Says how a video is shown, so that nothing is sent which nobody sees.
   *
   * @param {Received} received
   * @param {{visible: boolean, height: number}} view  Height in device pixels.
   */
  async show(received, { visible, height }) {
    if (!this.#received.has(received.producerId)) return;
    const consumerId = received.consumer.id;
    try {
      if (visible && received.type === "simulcast") {
        const layer = layerForHeight(height, received.layer);
        const before = received.layer;
        if (layer !== before) {
          received.layer = layer;
          await this.request("set-preferred-layers", { consumerId, spatialLayer: layer }).catch((error) => {
            received.layer = before;
            throw error;
          });
        }
      }
      if (visible !== received.wanted) {
        received.wanted = visible;
        await this.request(visible ? "resume-consumer" : "pause-consumer", { consumerId }).catch((error) => {
          received.wanted = !visible;
          throw error;
        });
        if (visible) this.hold(consumerId, false);
      }
    } catch (error) {
      // A consumer that closed in this moment is told by its own event; a lost connection is mended and asks again.
      if (codeOf(error) === "INTERNAL_ERROR") throw error;
    }
  }

  /** @param {ConsumerParams} params */
  async #use(params) {
    const transport = this.#transport;
    const { id, producerId } = params;
    if (!transport || this.#isSetUp(producerId) || this.#beingUsed.has(id)) return;
    this.#beingUsed.add(id);
    try {
      await this.#receive(transport, params);
    } finally {
      this.#beingUsed.delete(id);
    }
  }

  /**
   * @param {types.Transport} transport
   * @param {ConsumerParams} params
   */
  async #receive(transport, { id, producerId, kind, rtpParameters, participantId, source, type }) {
    // One stream a participant and picture: sound and camera of a person are played in step.
    const streamId = `${participantId}-${source.startsWith("screen") ? "screen" : "self"}`;
    const order = ++this.#told;
    this.#making.set(producerId, id);
    const consumer = await transport.consume({ id, producerId, kind, rtpParameters, streamId });
    const before = this.of(participantId, source);
    if (before) await flows(consumer);
    // What closed in the meantime was told in the meantime.
    if (transport !== this.#transport || this.#making.get(producerId) !== id) return consumer.close();
    this.#making.delete(producerId);
    /** @type {Received} */
    const received = { producerId, participantId, kind, source, type, consumer, wanted: true, held: false, layer: TOP_LAYER, order };
    const same = this.all().filter((other) => other.participantId === participantId && other.source === source);
    if (same.some((other) => other.order > order)) {
      this.#replaced.set(producerId, received);
      return;
    }
    for (const other of same) this.#replace(other);
    this.#received.set(producerId, received);
    this.emit("added", received);
  }
}

/**
 * Waits until a first picture is there, or the first packets of sound; not for ever, for what is paused sends none.
 *
 * @param {types.Consumer} consumer
 */
async function flows(consumer) {
  const latest = Date.now() + PATIENCE;
  while (!consumer.closed && Date.now() < latest) {
    for (const report of (await consumer.getStats()).values()) {
      if (report.type === "inbound-rtp" && (report.framesDecoded || (consumer.kind === "audio" && report.packetsReceived))) return;
    }
    await new Promise((done) => setTimeout(done, LOOK_EVERY));
  }
}
