/**
 * The room for trying out that the server makes for this page: its requests, and the device that fits it.
 *
 * @import {types} from "mediasoup-client"
 * @import {ConsumerParams, Direction, TransportParams} from "../contract.js"
 * @import {Signalling} from "../signalling/signalling.js"
 * @import {Way} from "./lines.js"
 */
import { loadDevice } from "../media/device.js";

export class Rehearsal {
  /**
   * @param {Signalling} signalling
   * @param {types.Device} device         Loaded.
   * @param {RTCIceServer[]} iceServers
   */
  constructor(signalling, device, iceServers) {
    this.signalling = signalling;
    this.device = device;
    this.iceServers = iceServers;
  }

  /** Rejects as a request does, or with BrowserNotSupported. @param {Signalling} signalling */
  static async begin(signalling) {
    const { rtpCapabilities, iceServers } = await signalling.request("test-begin");
    return new Rehearsal(signalling, await loadDevice(rtpCapabilities), iceServers);
  }

  /**
   * @param {Way | "echo"} way
   * @param {Direction} direction
   * @returns {Promise<TransportParams>}
   */
  async params(way, direction) {
    const { params } = await this.signalling.request("test-transport", { way, direction });
    return params;
  }

  /**
   * A transport that connects itself when something is first sent or received over it.
   *
   * @param {Way | "echo"} way
   * @param {Direction} direction
   * @param {types.TransportOptions} settings
   */
  transport(way, direction, settings) {
    const transport = direction === "send" ? this.device.createSendTransport(settings) : this.device.createRecvTransport(settings);
    transport.on("connect", ({ dtlsParameters }, done, failed) => {
      this.signalling.request("test-connect", { way, transportId: transport.id, dtlsParameters }).then(done, failed);
    });
    return transport;
  }

  /**
   * @param {{kind: types.MediaKind, rtpParameters: types.RtpParameters, source: string}} what
   * @returns {Promise<string>} The id of the producer.
   */
  async produce(what) {
    return (await this.signalling.request("test-produce", what)).producerId;
  }

  /** @param {string} producerId @returns {Promise<ConsumerParams>} */
  consume(producerId) {
    return this.signalling.request("test-consume", { producerId, rtpCapabilities: this.device.recvRtpCapabilities });
  }
}

/**
 * Waits until a transport is connected.
 *
 * @param {types.Transport} transport
 * @param {number} within  Milliseconds.
 * @returns {Promise<boolean>} False when it failed, or the time is over.
 */
export function connected(transport, within) {
  return new Promise((resolve) => {
    const timer = setTimeout(() => settle(false), within);
    const settle = (/** @type {boolean} */ well) => {
      clearTimeout(timer);
      transport.off("connectionstatechange", look);
      resolve(well);
    };
    const look = () => {
      if (transport.connectionState === "connected") settle(true);
      else if (transport.connectionState === "failed" || transport.connectionState === "closed") settle(false);
    };
    transport.on("connectionstatechange", look);
    look();
  });
}

/** @param {types.Transport} transport @returns {Promise<import("./measures.js").Entry[]>} */
export async function reportOf(transport) {
  return [.../** @type {any} */ (await transport.getStats()).values()];
}
