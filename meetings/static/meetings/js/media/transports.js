/**
 * The two WebRTC transports of a participant: made from parameters, connected, mended.
 *
 * @import {types} from "mediasoup-client"
 * @import {Direction, TransportParams, Source} from "../contract.js"
 * @import {OwnCertificate} from "./certificate.js"
 */
import { Emitter } from "../emitter.js";
import { codeOf } from "../signalling/error.js";
import { isSameCertificate } from "./certificate.js";

/** A path that wavers usually comes back by itself; after this many milliseconds it gets new ICE credentials. */
const PATIENCE = 2_500;
/** Codes that say that the server has lost a transport. */
const GONE = new Set(["TRANSPORT_NOT_FOUND", "ROUTER_NOT_FOUND"]);
/**
 * Also where the meeting has a room again, made by whoever came back first, and I am not in that. A socket that has just
 * opened says the same until its join is answered, so that once is not enough.
 */
const NOT_THERE = "NOT_IN_MEETING";
/** Between attempts at an ICE restart that did not bring the path back. */
const RETRY_RESTART = 5_000;

/** @typedef {(event: string, data?: object) => Promise<any>} Request  Sends a signalling request. */

/**
 * @typedef {object} TransportsEvents
 * @property {"live" | "disturbed"} health
 * @property {null} lost  The server no longer knows a transport: both have to be made anew.
 */

/** @extends {Emitter<TransportsEvents>} */
export class Transports extends Emitter {
  /** @type {Map<Direction, ReturnType<typeof setTimeout>>} */ #mending = new Map();
  /** @type {Set<Direction>} Of which it was said already that I am not in the meeting. */ #notThere = new Set();
  #closed = false;

  /**
   * @param {object} options
   * @param {types.Device} options.device                Loaded.
   * @param {OwnCertificate | null} options.own
   * @param {Request} options.request
   * @param {string} options.meetingId
   * @param {{send: TransportParams, recv: TransportParams}} options.params
   * @param {RTCIceServer[]} options.iceServers
   */
  constructor({ device, own, request, meetingId, params, iceServers }) {
    super();
    this.request = request;
    this.meetingId = meetingId;
    /** @param {TransportParams} of */
    const settings = (of) => ({
      ...of,
      iceServers,
      ...(own ? { additionalSettings: { certificates: [own.certificate] } } : {}),
    });
    this.send = device.createSendTransport(settings(params.send));
    this.recv = device.createRecvTransport(settings(params.recv));
    this.#serve(this.send, "send", params.send, own);
    this.#serve(this.recv, "recv", params.recv, own);
    this.send.on("produce", ({ kind, rtpParameters, appData }, done) => {
      const { source, paused } = /** @type {{source: Source, paused: boolean}} */ (appData);
      // mediasoup-client negotiates nothing else before `done`, and the answer may take its time.
      const producerId = crypto.randomUUID();
      appData["answered"] = this.request("produce", { meetingId, kind, rtpParameters, source, paused, producerId, transportId: this.send.id });
      /** @type {Promise<unknown>} */ (appData["answered"]).catch(() => {});
      done({ id: producerId });
    });
  }

  /** Whether these are the transports the server speaks of. @param {{send: {id: string}, recv: {id: string}}} params */
  match(params) {
    return !this.#closed && this.send.id === params.send.id && this.recv.id === params.recv.id;
  }

  /** Looks at both paths again, e.g. after the signalling socket has come back. */
  check() {
    for (const direction of /** @type {Direction[]} */ (["send", "recv"])) {
      if (isDisturbed(this[direction].connectionState)) this.#mend(direction, 0);
    }
  }

  /** Idempotent. */
  close() {
    this.#closed = true;
    for (const timer of this.#mending.values()) clearTimeout(timer);
    this.#mending.clear();
    this.send.close();
    this.recv.close();
  }

  /**
   * @param {types.Transport} transport
   * @param {Direction} direction
   * @param {TransportParams} params
   * @param {OwnCertificate | null} own
   */
  #serve(transport, direction, params, own) {
    transport.on("connect", ({ dtlsParameters }, done, failed) => {
      if (params.connected && isSameCertificate(dtlsParameters, own)) return done();
      return void this.request("connect-transport", { transportId: transport.id, dtlsParameters }).then(done, failed);
    });
    transport.on("connectionstatechange", (state) => {
      if (state === "connected") this.#clear(direction);
      else if (state === "disconnected") this.#mend(direction, PATIENCE);
      else if (state === "failed") this.#mend(direction, 0);
      this.emit("health", this.health);
    });
  }

  /** @returns {"live" | "disturbed"} */
  get health() {
    return isDisturbed(this.send.connectionState) || isDisturbed(this.recv.connectionState) ? "disturbed" : "live";
  }

  /** @param {Direction} direction */
  #clear(direction) {
    clearTimeout(this.#mending.get(direction));
    this.#mending.delete(direction);
  }

  /**
   * @param {Direction} direction
   * @param {number} after  Milliseconds.
   */
  #mend(direction, after) {
    this.#clear(direction);
    this.#mending.set(direction, setTimeout(() => void this.#restart(direction), after));
  }

  /** @param {Direction} direction */
  async #restart(direction) {
    const transport = this[direction];
    if (this.#closed || !isDisturbed(transport.connectionState)) return this.#clear(direction);
    try {
      const { iceParameters, iceServers } = await this.request("restart-ice", { transportId: transport.id });
      // Credentials of a TURN server may have run out since the last time.
      if (!this.#closed && iceServers?.length) await transport.updateIceServers({ iceServers });
      this.#notThere.delete(direction);
      if (!this.#closed) await transport.restartIce({ iceParameters });
    } catch (error) {
      if (this.#closed) return;
      const code = codeOf(error);
      if (GONE.has(code) || (code === NOT_THERE && this.#notThere.has(direction))) return this.emit("lost", null);
      if (code === NOT_THERE) this.#notThere.add(direction);
    }
    if (!this.#closed && isDisturbed(transport.connectionState)) this.#mend(direction, RETRY_RESTART);
  }
}

/** @param {types.ConnectionState} state */
function isDisturbed(state) {
  return state === "disconnected" || state === "failed";
}

/**
 * Asks for both transports step by step, where the join did not bring them.
 *
 * @param {Request} request
 * @param {string} meetingId
 * @returns {Promise<{params: {send: TransportParams, recv: TransportParams}, iceServers: RTCIceServer[]}>}
 */
export async function askForTransports(request, meetingId) {
  const [send, recv] = await Promise.all([
    request("create-transport", { meetingId, direction: "send" }),
    request("create-transport", { meetingId, direction: "recv" }),
  ]);
  return { params: { send: send.params, recv: recv.params }, iceServers: send.iceServers ?? [] };
}
