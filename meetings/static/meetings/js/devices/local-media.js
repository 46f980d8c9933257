/**
 * My microphone and camera: which ones, on or off, and what stands in the way. One small store, no DOM.
 *
 * @import {CaptureProblem, Device} from "./capture.js"
 * @import {Preferences} from "./preferences.js"
 */
import { Store } from "../state/store.js";
import { captureBoth, captureOne } from "./capture.js";

/**
 * @typedef {object} DeviceState
 * @property {boolean} on                    What the user wants.
 * @property {boolean} allowed               Whether hosts let me turn it on.
 * @property {MediaStreamTrack | null} track Live, or null. A microphone that is off keeps its track, disabled; a camera that is off has none.
 * @property {boolean} asking                The browser is being asked.
 * @property {CaptureProblem | null} problem Why there is no track although one was asked for.
 * @property {boolean} systemMuted           The system delivers silence or black.
 * @property {string} id                     The chosen device; empty for the system's choice.
 *
 * @typedef {object} LocalState
 * @property {DeviceState} microphone
 * @property {DeviceState} camera
 * @property {string} speakerId
 */

export class LocalMedia {
  /**
   * @param {Preferences} preferences
   * @param {(changed: Partial<Preferences>) => void} remember
   */
  constructor(preferences, remember) {
    this.remember = remember;
    /** @param {boolean} on @param {string} id @returns {DeviceState} */
    const fresh = (on, id) => ({ on, id, allowed: true, track: null, asking: false, problem: null, systemMuted: false });
    /** @type {Store<LocalState>} */
    this.store = new Store({
      microphone: fresh(preferences.microphoneOn, preferences.microphoneId),
      camera: fresh(preferences.cameraOn, preferences.cameraId),
      speakerId: preferences.speakerId,
    });
  }

  get state() {
    return this.store.state;
  }

  /** Asks for what is wanted at the start: the microphone always, so that unmuting is instant; the camera if it is on. */
  async start() {
    const { microphone, camera } = this.state;
    if (!camera.on) {
      await this.#acquire("microphone");
      return;
    }
    this.#set("microphone", { asking: true, problem: null });
    this.#set("camera", { asking: true, problem: null });
    const got = await captureBoth({ microphone: microphone.id, camera: camera.id });
    this.#take("microphone", got.microphone);
    this.#take("camera", got.camera);
  }

  /**
   * Turns a device on or off. Off is immediate; on may have to ask the browser first.
   *
   * @param {Device} device
   * @param {boolean} on
   */
  async turn(device, on) {
    if (on && !this.state[device].allowed) return;
    this.remember(device === "microphone" ? { microphoneOn: on } : { cameraOn: on });
    await this.#turn(device, on);
  }

  /**
   * Hosts let me turn it on, or do not. What they do not let me is off from that moment; nothing is turned on by this.
   *
   * @param {Device} device
   * @param {boolean} allowed
   */
  allow(device, allowed) {
    if (this.state[device].allowed === allowed) return;
    this.#set(device, { allowed });
    // What I like to begin with, elsewhere, is another matter, so that it is not remembered.
    if (!allowed) void this.#turn(device, false);
  }

  /** @param {Device} device @param {boolean} on */
  async #turn(device, on) {
    const { track } = this.state[device];
    if (device === "camera" && !on) {
      track?.stop();
      this.#set("camera", { on, track: null, problem: null, systemMuted: false });
      return;
    }
    if (track) track.enabled = on;
    this.#set(device, { on });
    if (on && !track) await this.#acquire(device);
  }

  /**
   * Uses another device from now on.
   *
   * @param {Device} device
   * @param {string} id
   */
  async choose(device, id) {
    this.remember(device === "microphone" ? { microphoneId: id } : { cameraId: id });
    this.#set(device, { id });
    const needed = device === "microphone" || this.state.camera.on;
    if (needed) await this.#acquire(device);
  }

  /** @param {string} id */
  chooseSpeaker(id) {
    this.remember({ speakerId: id });
    this.store.set({ speakerId: id });
  }

  /** Lets go of the devices: their lights go out. */
  stop() {
    for (const device of /** @type {Device[]} */ (["microphone", "camera"])) {
      this.state[device].track?.stop();
      this.#set(device, { track: null });
    }
  }

  /** @param {Device} device */
  async #acquire(device) {
    if (this.state[device].asking) return;
    this.#set(device, { asking: true, problem: null });
    let { id } = this.state[device];
    let got = await captureOne(device, id);
    // Another one was chosen while the browser was busy with this one.
    while (this.state[device].id !== id) {
      if (typeof got !== "string") got.stop();
      ({ id } = this.state[device]);
      got = await captureOne(device, id);
    }
    this.#take(device, got);
  }

  /**
   * @param {Device} device
   * @param {MediaStreamTrack | CaptureProblem} got
   */
  #take(device, got) {
    if (typeof got === "string") {
      const { track } = this.state[device];
      // A device that cannot be had leaves the one in use as it is.
      this.#set(device, { asking: false, problem: got, on: track ? this.state[device].on : false });
      return;
    }
    if (device === "camera" && !this.state.camera.on) {
      // Turned off while the browser was asking.
      got.stop();
      this.#set(device, { asking: false });
      return;
    }
    const before = this.state[device].track;
    got.enabled = this.state[device].on;
    if (device === "camera") got.contentHint = "motion";
    got.addEventListener("ended", () => this.#ended(device, got));
    got.addEventListener("mute", () => this.#muted(device, got, true));
    got.addEventListener("unmute", () => this.#muted(device, got, false));
    this.#set(device, { track: got, asking: false, problem: null, systemMuted: got.muted });
    if (before && before !== got) before.stop();
  }

  /**
   * Unplugged, or taken away by the system: try what is left.
   *
   * @param {Device} device
   * @param {MediaStreamTrack} track
   */
  async #ended(device, track) {
    if (this.state[device].track !== track) return;
    this.#set(device, { track: null, id: "", systemMuted: false });
    await this.#acquire(device);
  }

  /**
   * @param {Device} device
   * @param {MediaStreamTrack} track
   * @param {boolean} systemMuted
   */
  #muted(device, track, systemMuted) {
    if (this.state[device].track === track) this.#set(device, { systemMuted });
  }

  /**
   * @param {Device} device
   * @param {Partial<DeviceState>} fields
   */
  #set(device, fields) {
    this.store.update((state) => ({ ...state, [device]: { ...state[device], ...fields } }));
  }
}
