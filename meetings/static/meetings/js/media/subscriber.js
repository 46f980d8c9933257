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
 * @property {number} layer     The spatial layer that was asked for.
 *
 * @typedef {object} SubscriberEvents
 * @property {Received} added
 * @property {Received} removed
 * @property {{producerId: string, code: string}} failed  Something of the others that cannot be received.
 */

/** @extends {Emitter<SubscriberEvents>} */
export class Subscriber extends Emitter {
  /** @type {Map<string, Received>} By producer id. */ #received = new Map();
  /** @type {Set<string>} Producer ids being asked for. */ #asked = new Set();
  /** @type {Map<string, string>} Consumers that are being taken into use, by producer id. */ #using = new Map();
  /** @type {types.Transport | null} */ #transport = null;

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
    return [...this.#received.values()];
  }

  /** @param {string} participantId @param {Source} source */
  of(participantId, source) {
    return this.all().find((one) => one.participantId === participantId && one.source === source);
  }

  /** Starts on a transport, empty. @param {types.Transport} transport */
  start(transport) {
    this.clear();
    this.#transport = transport;
  }

  /** Drops everything without telling the server: the transport is gone. */
  clear() {
    this.#transport = null;
    this.#asked.clear();
    this.#using.clear();
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
    const missing = producerIds.filter((id) => !this.#received.has(id) && !this.#asked.has(id));
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
    this.#using.delete(producerId);
    const received = this.#received.get(producerId);
    if (!received) return;
    this.#received.delete(producerId);
    received.consumer.close();
    this.emit("removed", received);
  }

  /** @param {string} consumerId */
  dropConsumer(consumerId) {
    for (const [producerId, id] of this.#using) if (id === consumerId) this.#using.delete(producerId);
    const received = this.all().find((one) => one.consumer.id === consumerId);
    if (received) this.drop(received.producerId);
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
      }
    } catch (error) {
      // A consumer that closed in this moment is told by its own event; a lost connection is mended and asks again.
      if (codeOf(error) === "INTERNAL_ERROR") throw error;
    }
  }

  /** @param {ConsumerParams} params */
  async #use(params) {
    const transport = this.#transport;
    if (!transport || this.#received.has(params.producerId)) return;
    const { id, producerId, kind, rtpParameters, participantId, source, type } = params;
    // One stream a participant and picture: sound and camera of a person are played in step.
    const streamId = `${participantId}-${source.startsWith("screen") ? "screen" : "self"}`;
    this.#using.set(producerId, id);
    const consumer = await transport.consume({ id, producerId, kind, rtpParameters, streamId });
    // The server may have closed it in the meantime.
    if (transport !== this.#transport || this.#using.get(producerId) !== id) return consumer.close();
    this.#using.delete(producerId);
    /** @type {Received} */
    const received = { producerId, participantId, kind, source, type, consumer, wanted: true, layer: TOP_LAYER };
    this.#received.set(producerId, received);
    this.emit("added", received);
  }
}
