/**
 * The trace of a meeting page: all steps that this page can see, from when it was opened until it is closed.
 *
 * @import {MeetingConfig} from "../contract.js"
 * @import {LocalMedia} from "../devices/local-media.js"
 * @import {ScreenShare} from "../devices/screen-share.js"
 * @import {MediaSession} from "../media/session.js"
 * @import {Sample} from "../quality/sample.js"
 * @import {QualitySampler} from "../quality/sampler.js"
 * @import {Signalling} from "../signalling/signalling.js"
 * @import {MeetingState, Phase} from "../state/meeting-state.js"
 * @import {Store} from "../state/store.js"
 */
import { takePrecall } from "../precall.js";
import { toldOf } from "../quality/told.js";
import { ArrivalSteps, streamsIn } from "./arrival-steps.js";
import { deliverTo } from "./delivery.js";
import { noteDeviceSteps } from "./device-steps.js";
import { notePathSteps } from "./path-steps.js";
import { TraceRecorder } from "./recorder.js";
import { noteSendingSteps, recordingsIn, SilenceSteps } from "./sending-steps.js";
import { noteSocketSteps } from "./socket-steps.js";
import { inWords } from "../state/verdicts.js";

/** From here on people wonder. */
const LONG = 5_000;
/** @type {Set<Phase>} */
const OVER = new Set(["left", "ended", "refused"]);

export class MeetingTrace {
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #long;
  /** @type {number | null} When Join was pressed. */ #pressed = null;
  /** @type {Sample | null} The sample that was told last. */ #measured = null;

  /**
   * @param {object} parts
   * @param {Pick<MeetingConfig, "meetingId" | "csrfToken" | "version">} parts.config
   * @param {Store<MeetingState>} parts.store
   * @param {Signalling} parts.signalling
   * @param {MediaSession} parts.session
   * @param {LocalMedia} parts.local
   * @param {ScreenShare} parts.screenShare
   * @param {QualitySampler} parts.sampler
   */
  constructor({ config, store, signalling, session, local, screenShare, sampler }) {
    this.config = config;
    this.local = local;
    this.screenShare = screenShare;
    const about = () => ({ meetingId: config.meetingId, ...(store.state.displayName ? { displayName: store.state.displayName } : {}) });
    const { csrfToken } = config;
    // What came by a request counts until there is a socket, which knows better.
    const withoutSocket = (/** @type {Partial<MeetingState>} */ fields) => {
      if (!signalling.isOpen && !OVER.has(store.state.phase)) store.set(fields);
    };
    const onReach = (/** @type {boolean} */ siteReached) => withoutSocket({ siteReached });
    const onVerdicts = (/** @type {import("../contract.js").Verdict[]} */ verdicts) => withoutSocket({ verdicts: verdicts.map(inWords) });
    this.recorder = new TraceRecorder({ deliver: deliverTo({ signalling, csrfToken, about, onReach, onVerdicts }) });
    const { note } = this.recorder;
    this.note = note;
    this.#opened();
    this.session = session;
    noteDeviceSteps({ local, screenShare, note });
    noteSocketSteps(signalling, note);
    noteSendingSteps(session.publisher, note);
    session.on("prepared", ({ error }) => note("device-loaded", error ? "failed" : "ok", error ? { error } : undefined));
    const paths = notePathSteps(session, note);
    this.arrivals = new ArrivalSteps({
      note,
      calm: () => store.state.media === "live",
      streams: async () => {
        const received = session.coming();
        const stats = received.length > 0 ? await session.receiveStatistics() : null;
        return stats ? streamsIn(stats, received) : [];
      },
    });
    this.silence = new SilenceSteps({
      note,
      recordings: async () => {
        const stats = await session.sendStatistics();
        return stats ? recordingsIn(stats, session.publisher.sent()) : [];
      },
    });
    sampler.on("stats", ({ send, recv }) => {
      paths.look("send", send);
      paths.look("recv", recv);
    });
    sampler.on("sample", (sample) => {
      note("quality", "ok", toldOf(sample, this.#measured));
      this.#measured = sample;
    });
    store.watch((state) => state.phase, (phase, before) => this.#phase(phase, before));
  }

  /** Join was pressed. */
  pressed() {
    const { microphone, camera } = this.local.state;
    const on = [microphone.on && microphone.track && "mic", camera.on && camera.track && "camera", this.screenShare.track && "screen"];
    this.#pressed = Date.now();
    this.note("join-asked", "ok", { with: on.filter(Boolean) });
    this.arrivals.asked();
    this.recorder.hold();
    clearTimeout(this.#long);
    this.#long = setTimeout(() => this.note("joined", "waiting", { seconds: LONG / 1000 }), LONG);
  }

  /** The page goes away: no time for an answer. */
  closed() {
    this.note("page-closed", "ok");
    this.recorder.finish();
  }

  #opened(again = false) {
    this.note("page-opened", "ok", {
      version: this.config.version, userAgent: navigator.userAgent.slice(0, 300), secure: isSecureContext, online: navigator.onLine, ...(again ? { again } : {}),
    });
    const precall = again ? null : takePrecall();
    if (precall) this.note("precall", precall.outcome === "not-ready" ? "failed" : "ok", precall);
  }

  /** What an attempt that is not the first of this page begins with. */
  #noteWhatIsThere() {
    if (this.session.isPrepared) this.note("device-loaded", "ok");
    for (const device of /** @type {const} */ (["microphone", "camera"])) {
      const { track, on } = this.local.state[device];
      if (track) this.note(device, "ok", { on });
    }
  }

  /** @param {Phase} phase @param {Phase | undefined} before */
  #phase(phase, before) {
    if (phase === "joined") {
      clearTimeout(this.#long);
      // After a wait at the door it is no time of the site's.
      this.note("joined", "ok", before === "waiting" ? {} : { ms: Date.now() - (this.#pressed ?? Date.now()) });
      if (before === "waiting") this.arrivals.asked();
      this.recorder.release();
      this.arrivals.start();
      this.silence.start();
      return;
    }
    this.arrivals.stop();
    this.silence.stop();
    if (phase === "waiting") {
      clearTimeout(this.#long);
    } else if (OVER.has(phase)) {
      clearTimeout(this.#long);
      this.recorder.finish();
    } else if (phase === "prejoin" && before !== undefined) {
      clearTimeout(this.#long);
      this.recorder.begin();
      this.#opened(true);
      this.#noteWhatIsThere();
    }
  }
}
