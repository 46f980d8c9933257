/**
 * The signalling client: one socket, requests with ids, pushes, and a new socket when the old one drops.
 *
 * It knows nothing of meetings or media and touches no DOM, so it runs anywhere a WebSocket can be made.
 */
import { Emitter } from "../emitter.js";
import { reconnectDelay } from "./backoff.js";
import { refusalOfClose } from "./close-codes.js";
import { SignallingError } from "./error.js";
import { WireLog } from "./wire-log.js";

const SUBPROTOCOL = "kcs.v1";
const REQUEST_TIMEOUT = 10_000;
const OPEN_TIMEOUT = 8_000;
const PING_EVERY = 10_000;
const PING_TIMEOUT = 5_000;
/** The same where there is reason to doubt. */
const CHECK_TIMEOUT = 3_000;

/**
 * @typedef {object} Pending
 * @property {(data: any) => void} resolve
 * @property {(error: SignallingError) => void} reject
 * @property {ReturnType<typeof setTimeout>} timer
 */

/**
 * @typedef {object} SocketLike  The part of WebSocket that is used.
 * @property {number} readyState
 * @property {((event: any) => void) | null} onopen
 * @property {((event: any) => void) | null} onmessage
 * @property {((event: any) => void) | null} onclose
 * @property {((event: any) => void) | null} onerror
 * @property {(text: string) => void} send
 * @property {(code?: number, reason?: string) => void} close
 */

/**
 * @typedef {object} SignallingEvents
 * @property {null} connecting                  A socket is being opened.
 * @property {{reopened: boolean}} open        A socket is open; nothing has been asked on it yet.
 * @property {{code: number, reason: string, refusal: string | null}} drop  The socket is gone; without a refusal another attempt follows.
 * @property {null} closed                      No socket is wanted any more.
 * @property {{event: string, data: any}} push Something the server said without being asked, in the order it was said.
 */

/** @extends {Emitter<SignallingEvents>} */
export class Signalling extends Emitter {
  /** @type {SocketLike | null} */ #socket = null;
  /** @type {Map<number, Pending>} */ #pending = new Map();
  /** @type {ReturnType<typeof setTimeout> | null} */ #retryTimer = null;
  /** @type {ReturnType<typeof setTimeout> | null} */ #openTimer = null;
  /** @type {ReturnType<typeof setInterval> | null} */ #pingTimer = null;
  #nextId = 1;
  #attempt = 0;
  #everOpen = false;
  #wanted = false;
  #lastHeard = 0;

  /**
   * @param {object} options
   * @param {string} options.url
   * @param {(url: string, protocol: string) => SocketLike} [options.connect]  Makes a socket that is connecting.
   * @param {(attempt: number) => number} [options.delay]  Wait before a reconnect, in milliseconds.
   * @param {number} [options.requestTimeout]  Milliseconds.
   */
  constructor({ url, connect = (at, protocol) => new WebSocket(at, protocol), delay = reconnectDelay, requestTimeout = REQUEST_TIMEOUT }) {
    super();
    this.url = url;
    this.log = new WireLog();
    this.connectSocket = connect;
    this.delay = delay;
    this.requestTimeout = requestTimeout;
  }

  /** Whether requests can be sent at this moment. */
  get isOpen() {
    return this.#socket !== null && this.#socket.readyState === 1;
  }

  /** Starts connecting and keeps a socket open until `close()`. Calling it again changes nothing. */
  open() {
    if (this.#wanted) return;
    this.#wanted = true;
    this.#connect();
  }

  /** Ends the connection for good. Requests still waiting are refused with `CONNECTION_LOST`. Idempotent. */
  close() {
    const wanted = this.#wanted;
    this.#wanted = false;
    this.#clearTimers();
    const socket = this.#socket;
    if (socket) {
      this.#forget(socket);
      socket.close(1000, "left");
      this.#failPending();
    }
    if (wanted) this.emit("closed", null);
  }

  /** Attempts the next reconnect now instead of later: the network came back, or somebody pressed a button. */
  retryNow() {
    if (!this.#wanted || this.#socket) return;
    this.#clearTimers();
    this.#connect();
  }

  /** There is reason to doubt that the socket still carries anything: one that does not is replaced within seconds. */
  check() {
    if (this.isOpen && this.#socket) this.#ping(this.#socket, CHECK_TIMEOUT);
  }

  /**
   * Sends a request. The promise settles exactly once: with the reply's data, or with a SignallingError (the server's
   * refusal, `CONNECTION_LOST` when the socket is or goes away, `TIMEOUT` when no answer came; a later answer is dropped).
   * Requests go out in the order of the calls.
   *
   * @param {string} event
   * @param {object} [data]
   * @param {{timeout?: number}} [options]
   * @returns {Promise<any>}
   */
  request(event, data = {}, { timeout = this.requestTimeout } = {}) {
    const socket = this.#socket;
    if (!socket || socket.readyState !== 1) {
      return Promise.reject(new SignallingError("CONNECTION_LOST", "There is no connection to the server", event));
    }
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        if (!this.#pending.delete(id)) return;
        this.log.settled(id, "TIMEOUT");
        reject(new SignallingError("TIMEOUT", "The server did not answer in time", event));
      }, timeout);
      this.#pending.set(id, { resolve, reject, timer });
      this.log.sent(id, event);
      socket.send(JSON.stringify({ id, event, data }));
    });
  }

  /**
   * Sends without waiting for the answer: for a last word while the page goes away.
   *
   * @param {string} event
   * @param {object} [data]
   */
  tell(event, data = {}) {
    if (this.isOpen) this.#socket?.send(JSON.stringify({ event, data }));
  }

  #connect() {
    const socket = this.connectSocket(this.url, SUBPROTOCOL);
    this.#socket = socket;
    this.emit("connecting", null);
    // A socket that neither opens nor fails (a captive portal, a sleeping laptop) must not hold up the next attempt.
    this.#openTimer = setTimeout(() => this.#lost(socket, 4000, "no answer"), OPEN_TIMEOUT);
    socket.onopen = () => {
      if (this.#socket !== socket) return;
      this.#clearTimers();
      const reopened = this.#everOpen;
      this.#everOpen = true;
      this.log.opened();
      this.#watch(socket);
      this.emit("open", { reopened });
    };
    socket.onmessage = (message) => {
      if (this.#socket === socket) this.#receive(message.data);
    };
    socket.onclose = (closed) => this.#lost(socket, closed.code ?? 1006, closed.reason ?? "");
    socket.onerror = () => {};
  }

  /** @param {SocketLike} socket  A half-open socket looks alive for minutes; a ping that nobody answers tells. */
  #watch(socket) {
    this.#lastHeard = Date.now();
    this.#pingTimer = setInterval(() => this.#ping(socket, PING_TIMEOUT), PING_EVERY);
  }

  /**
   * @param {SocketLike} socket
   * @param {number} timeout
   */
  #ping(socket, timeout) {
    const asked = Date.now();
    this.request("ping", {}, { timeout }).catch((error) => {
      const silent = error.code === "TIMEOUT" && this.#lastHeard < asked;
      if (silent) this.#lost(socket, 4000, "silent");
    });
  }

  /** @param {unknown} text */
  #receive(text) {
    this.#lastHeard = Date.now();
    // A socket that opens and is dropped without a word has not helped: the waits go on growing.
    this.#attempt = 0;
    /** @type {any} */ let frame;
    try {
      frame = JSON.parse(String(text));
    } catch {
      return;
    }
    if (frame === null || typeof frame !== "object") return;
    if (frame.id === undefined || frame.id === null) {
      this.emit("push", { event: String(frame.event), data: frame.data ?? {} });
      return;
    }
    const pending = this.#pending.get(frame.id);
    if (!pending) return;
    this.#pending.delete(frame.id);
    clearTimeout(pending.timer);
    if (frame.event === "error") {
      const { code = "INTERNAL_ERROR", message = "Something went wrong", details = "", retryAfter = null, verdicts = [] } = frame.data ?? {};
      this.log.settled(frame.id, code);
      pending.reject(new SignallingError(code, message, details, retryAfter, verdicts));
    } else {
      this.log.settled(frame.id, "ok");
      pending.resolve(frame.data ?? {});
    }
  }

  /**
   * @param {SocketLike} socket
   * @param {number} code
   * @param {string} reason
   */
  #lost(socket, code, reason) {
    if (this.#socket !== socket) return;
    this.#forget(socket);
    this.#clearTimers();
    if (code === 4000) socket.close(4000, reason);
    const refusal = refusalOfClose(code);
    if (refusal) this.#wanted = false;
    if (this.#wanted) {
      this.#retryTimer = setTimeout(() => this.#connect(), this.delay(this.#attempt++));
    }
    this.#failPending();
    this.emit("drop", { code, reason, refusal });
  }

  /** @param {SocketLike} socket */
  #forget(socket) {
    this.#socket = null;
    socket.onopen = socket.onmessage = socket.onclose = socket.onerror = null;
  }

  #failPending() {
    const lost = [...this.#pending];
    this.#pending.clear();
    for (const [id, pending] of lost) {
      clearTimeout(pending.timer);
      this.log.settled(id, "CONNECTION_LOST");
      pending.reject(new SignallingError("CONNECTION_LOST", "The connection to the server was lost"));
    }
  }

  #clearTimers() {
    if (this.#retryTimer) clearTimeout(this.#retryTimer);
    if (this.#openTimer) clearTimeout(this.#openTimer);
    if (this.#pingTimer) clearInterval(this.#pingTimer);
    this.#retryTimer = this.#openTimer = this.#pingTimer = null;
  }
}
