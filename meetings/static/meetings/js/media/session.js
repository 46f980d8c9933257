/**
 * The media of one participant in one meeting: made from the reply to the join, kept alive, rebuilt when it is lost.
 *
 * No DOM: it hands out tracks and takes tracks.
 *
 * @import {types} from "mediasoup-client"
 * @import {ConsumerParams, MeetingJoined, RemoteProducer} from "../contract.js"
 * @import {OwnCertificate} from "./certificate.js"
 * @import {Request} from "./transports.js"
 */
import { Emitter } from "../emitter.js";
import { arrivalsIn } from "./gaps.js";
import { picturesIn } from "./key-frame-watch.js";
import { Publisher } from "./publisher.js";
import { Subscriber } from "./subscriber.js";
import { askForTransports, Transports } from "./transports.js";

/** For so many milliseconds media goes on over the transports that were replaced, so that the picture does not stop. */
const HAND_OVER = 4_000;
/** Long enough for word that media can be had again, and for the request that answers it. */
const DROP_AFTER = 50;

/** @typedef {"none" | "live" | "disturbed" | "lost"} MediaHealth */

/**
 * @typedef {object} SessionEvents
 * @property {MediaHealth} health
 * @property {{transports: Transports, turn: boolean, policy: RTCIceTransportPolicy}} transports  New ones are in use. `turn`: with relays to try.
 * @property {{error?: string}} prepared  The device is loaded, or cannot be.
 * @property {unknown} trouble  What went wrong with sending; receiving is not touched by it.
 */

/** @extends {Emitter<SessionEvents>} */
export class MediaSession extends Emitter {
  /** @type {Transports | null} */ #transports = null;
  /** @type {Transports | null} Carry media until those that replaced them do. */ #former = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #farewell;
  /** @type {types.Device | null} */ #device = null;
  /** @type {OwnCertificate | null} */ #own = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #dropping;

  /**
   * @param {object} options
   * @param {Request} options.request
   * @param {string} options.meetingId
   * @param {(capabilities: types.RtpCapabilities) => Promise<types.Device>} options.loadDevice
   * @param {Promise<OwnCertificate | null>} options.certificate
   * @param {() => {mine: RemoteProducer[], others: RemoteProducer[]}} options.producers  What is known to be sent, at the time of asking.
   */
  constructor({ request, meetingId, loadDevice, certificate, producers }) {
    super();
    this.request = request;
    this.meetingId = meetingId;
    this.loadDevice = loadDevice;
    this.certificate = certificate;
    this.producers = producers;
    this.publisher = new Publisher({ request, capabilities: () => this.#loaded().sendRtpCapabilities });
    this.subscriber = new Subscriber({ request, capabilities: () => this.#loaded().recvRtpCapabilities });
  }

  /** Loads the device and the certificate, ahead of the join where that is possible. @param {types.RtpCapabilities} routerCapabilities */
  async prepare(routerCapabilities) {
    if (this.#device) return;
    try {
      const [device, own] = await Promise.all([this.loadDevice(routerCapabilities), this.certificate]);
      this.#device = device;
      this.#own = own;
    } catch (error) {
      this.emit("prepared", { error: String(error) });
      throw error;
    }
    this.emit("prepared", {});
  }

  /** Whether the device is loaded. */
  get isPrepared() {
    return this.#device !== null;
  }

  /** What a join carries so that its reply can hold ready transports and consumers; empty while no device is loaded. */
  joinFields() {
    if (!this.#device) return {};
    return {
      rtpCapabilities: this.#device.recvRtpCapabilities,
      ...(this.#own ? { dtlsParameters: this.#own.dtlsParameters } : {}),
    };
  }

  /**
   * Brings the media to what the server's answer to a join or resume says: keeps transports that live on, uses those
   * that came with the answer, or asks for them step by step. Receiving comes first; sending goes on beside it.
   *
   * @param {MeetingJoined} reply
   */
  async follow(reply) {
    const kept = this.#transports;
    if (kept && reply.transports && kept.match(reply.transports)) {
      kept.check();
      await this.#catchUp(reply.consumers ?? []);
      this.emit("health", kept.health);
      return;
    }
    if (reply.rtpCapabilities) await this.prepare(reply.rtpCapabilities);
    if (!this.#device) return this.emit("health", "none");
    const { params, iceServers } = reply.transports
      ? { params: reply.transports, iceServers: reply.iceServers ?? [] }
      : await askForTransports(this.request, this.meetingId);
    const transports = this.#use(params, iceServers);
    const receiving = this.subscriber.adopt(reply.consumers ?? []);
    this.publisher.start(transports.send).catch((error) => this.emit("trouble", error));
    try {
      await receiving;
      await this.#consumeOthers();
    } catch (error) {
      // A newer answer has replaced these transports; what happened to the old ones is of no interest.
      if (this.#transports !== transports) return;
      throw error;
    }
    this.emit("health", transports.health);
  }

  /**
   * The server has lost the media, or the way to it. What is there is kept until a resume has told which of it lives on:
   * it may still flow. Where the server knows that all of it is `gone`, it is dropped in a moment, for encoding pictures
   * that nobody gets would hold up those that come after. Not at once: that takes long, and would hold up the resume.
   */
  lose({ gone = false } = {}) {
    this.emit("health", "lost");
    if (gone) this.#dropping = setTimeout(() => this.#drop(), DROP_AFTER);
  }

  /** The network has changed: looks at both paths at once, and not when the browser gives them up. */
  check() {
    this.#transports?.check();
  }

  /** Makes both transports anew, and everything over them: the server has closed one. */
  async renew() {
    await this.follow(/** @type {MeetingJoined} */ ({}));
  }

  /** Whether media run over this transport. @param {string} transportId */
  uses(transportId) {
    return this.#transports !== null && [this.#transports.send.id, this.#transports.recv.id].includes(transportId);
  }

  /** Goes to another meeting: what is here is left behind, and what is sent goes on there. @param {string} meetingId */
  leaveFor(meetingId) {
    this.meetingId = meetingId;
    this.close();
  }

  /** Idempotent. */
  close() {
    this.#drop();
    this.emit("health", "none");
  }

  /** @returns {{send: types.ConnectionState, recv: types.ConnectionState} | null} */
  get connectionStates() {
    if (!this.#transports) return null;
    return { send: this.#transports.send.connectionState, recv: this.#transports.recv.connectionState };
  }

  /** What arrives at this moment, of what is sent and wanted. @returns {Promise<import("./gaps.js").Arrival[]>} */
  async arrivals() {
    const received = this.#thoseSent(this.subscriber.all());
    return this.#transports ? arrivalsIn(await this.#transports.recv.getStats(), received) : [];
  }

  /** What should be coming over the present transports: it is sent, wanted, and let through. */
  coming() {
    return this.#thoseSent(this.subscriber.current());
  }

  /** The videos that should be coming over the present transports. @returns {Promise<import("./key-frame-watch.js").Picture[]>} */
  async pictures() {
    const received = this.coming().filter(({ kind }) => kind === "video");
    const stats = received.length > 0 ? await this.receiveStatistics() : null;
    return stats ? picturesIn(stats, received) : [];
  }

  /** @returns {Promise<RTCStatsReport | null>} Null without transports. */
  async sendStatistics() {
    return this.#transports ? this.#transports.send.getStats() : null;
  }

  /** @returns {Promise<RTCStatsReport | null>} Null without transports. */
  async receiveStatistics() {
    return this.#transports ? this.#transports.recv.getStats() : null;
  }

  /** Both at the same moment. @returns {Promise<{send: RTCStatsReport, recv: RTCStatsReport} | null>} */
  async statistics() {
    const [send, recv] = await Promise.all([this.sendStatistics(), this.receiveStatistics()]);
    return send && recv ? { send, recv } : null;
  }

  /** @param {import("./subscriber.js").Received[]} received */
  #thoseSent(received) {
    const paused = new Set(this.producers().others.filter((one) => one.paused).map((one) => one.producerId));
    return received.filter((one) => one.wanted && !one.held && !paused.has(one.producerId));
  }

  /**
   * @param {{send: import("../contract.js").TransportParams, recv: import("../contract.js").TransportParams}} params
   * @param {RTCIceServer[]} iceServers
   * @returns {Transports}
   */
  #use(params, iceServers) {
    // What is known to be gone has nothing to hand over.
    if (this.#dropping !== undefined) this.#drop();
    const former = this.#transports;
    this.#letFormerGo();
    const { request, meetingId } = this;
    const transports = new Transports({ device: this.#loaded(), own: this.#own, request, meetingId, params, iceServers });
    this.#transports = transports;
    transports.on("health", (health) => transports === this.#transports && this.emit("health", health));
    transports.on("lost", () => transports === this.#transports && this.lose());
    const turn = iceServers.some(({ urls }) => [urls].flat().some((url) => /^turns?:/.test(url)));
    this.emit("transports", { transports, turn, policy: "all" });
    if (former) {
      this.#former = former;
      this.#farewell = setTimeout(() => this.#letFormerGo(), HAND_OVER);
      this.subscriber.moveTo(transports.recv);
    } else {
      this.subscriber.start(transports.recv);
    }
    return transports;
  }

  /** Ids of what the others send and of which there is no consumer. */
  missing() {
    return this.producers().others.map((one) => one.producerId).filter((id) => !this.subscriber.has(id));
  }

  /** Ids of what the others send where nothing is received from that source of theirs: neither it nor what it replaces. */
  lacking() {
    const received = new Set(this.subscriber.all().map(({ participantId, source }) => `${participantId} ${source}`));
    return this.producers().others
      .filter(({ participantId, source }) => !received.has(`${participantId} ${source}`))
      .map((one) => one.producerId);
  }

  #consumeOthers() {
    return this.subscriber.consume(this.missing());
  }

  /** @param {ConsumerParams[]} consumers  Those the server has; some may be new to this page. */
  async #catchUp(consumers) {
    const { mine, others } = this.producers();
    const there = new Set(others.map((one) => one.producerId));
    this.subscriber.dropWhere(({ producerId }) => !there.has(producerId));
    this.publisher.reconcile(new Map(mine.map((one) => [one.producerId, one]))).catch((error) => this.emit("trouble", error));
    await this.subscriber.adopt(consumers);
    await this.#consumeOthers();
  }

  /** The transports that were replaced have done what they could. */
  #letFormerGo() {
    clearTimeout(this.#farewell);
    this.#former?.close();
    this.#former = null;
    this.subscriber.letFormerGo();
  }

  #drop() {
    this.#letFormerGo();
    clearTimeout(this.#dropping);
    this.#dropping = undefined;
    const transports = this.#transports;
    this.#transports = null;
    this.publisher.stop();
    // The transports first: consumers that close one by one would each be negotiated away.
    transports?.close();
    this.subscriber.clear();
  }

  #loaded() {
    if (!this.#device) throw new Error("The device is loaded before media is used");
    return this.#device;
  }
}
