/**
 * One participation in one meeting: ties signalling, media and state together. Knows no DOM.
 *
 * @import {AtTheDoor, MeetingConfig, MeetingJoined, RemoteProducer, Source} from "./contract.js"
 * @import {MeetingState} from "./state/meeting-state.js"
 * @import {Store} from "./state/store.js"
 * @import {Signalling} from "./signalling/signalling.js"
 * @import {LocalMedia} from "./devices/local-media.js"
 * @import {ScreenShare} from "./devices/screen-share.js"
 * @import {MediaSession} from "./media/session.js"
 */
import { Emitter } from "./emitter.js";
import { codeOf, SignallingError } from "./signalling/error.js";
import { GapWatch } from "./media/gaps.js";
import { NO_BREAKOUTS } from "./state/breakouts.js";
import { applyPush, applySnapshot } from "./state/meeting-state.js";
import { sendWhatIsOn } from "./send-what-is-on.js";
import { Speaking } from "./state/speaking.js";
import { ConnectionQuality } from "./state/quality.js";
import { inWords } from "./state/verdicts.js";
import { KeyFrameWatch } from "./media/key-frame-watch.js";
import { MissingWatch } from "./media/missing-watch.js";
import { reconnectDelay } from "./signalling/backoff.js";

/** A join that has not come through after this many milliseconds is given up with a sentence. */
const JOIN_PATIENCE = 20_000;
/** From pressing Join to leaving. @type {ReadonlySet<string>} */
const UNDER_WAY = new Set(["joining", "waiting", "joined"]);
/** Codes after which a resume cannot succeed by asking again. */
const FINAL = new Set([
  "MEETING_ENDED", "MEETING_CANCELLED", "MEETING_NOT_FOUND", "MEETING_FULL", "MEETING_LOCKED", "MEETING_NOT_STARTED", "REMOVED", "JOIN_DENIED", "NOT_ALLOWED", "NOT_AUTHENTICATED",
  "WRONG_PASSCODE", "ACCOUNT_REQUIRED",
]);
/** What begins to be sent within this many milliseconds is asked for in one request: after a failure everybody begins at once. */
const GATHER = 20;
/** A part of the site is away and will be back: what was asked for is asked again, also by somebody who is not in yet. */
const PASSING = "SERVICE_UNAVAILABLE";
/** What mediasoup-client rejects with when a transport closes while it has something to do. */
const CLOSED_UNDERNEATH = new Set(["InvalidStateError", "AwaitQueueStoppedError", "AwaitQueueRemovedTaskError"]);

/** @typedef {"paused" | "resumed" | "closed"} Change */

/**
 * @typedef {object} CallEvents
 * @property {{code: string, during: string}} trouble  Something that was asked for did not work; the call goes on.
 * @property {{event: string, data: any}} heard  What the server told while I am in the meeting.
 * @property {{code: string, details: string}} botStaysAway  The bot was on its way and does not come after all.
 * @property {{source: Source, change: Change}} steered  An administrator did this to something of mine.
 */

/** @extends {Emitter<CallEvents>} */
export class Call extends Emitter {
  /** Id or code of what I am in, or on my way to: the meeting itself, or a breakout room of it. */ #place = "";
  /** The room that did not let me in: being called there once more would lead nowhere. */ #shut = "";
  #resumeToken = "";
  #passcode = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #patience;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #recovery;
  #recoveries = 0;
  #refusedFor = "";
  #entering = false;
  /** @type {Set<string>} Producer ids of which it was said that they cannot be received. */ #told = new Set();
  /** Whether media were lost since the last answer to a join. */ #lost = false;
  /** @type {string[]} Producer ids. */ #toConsume = [];

  /**
   * @param {object} parts
   * @param {Pick<MeetingConfig, "meetingId">} parts.config
   * @param {Store<MeetingState>} parts.store
   * @param {Signalling} parts.signalling
   * @param {MediaSession} parts.session
   * @param {LocalMedia} parts.local
   * @param {ScreenShare} parts.screenShare
   * @param {() => string} parts.attemptId  Under which the server keeps what becomes of a join.
   */
  constructor({ config, store, signalling, session, local, screenShare, attemptId }) {
    super();
    this.attemptId = attemptId;
    this.config = config;
    this.#place = config.meetingId;
    this.store = store;
    this.signalling = signalling;
    this.session = session;
    this.speaking = new Speaking((speaking) => store.set({ speaking }));
    this.quality = new ConnectionQuality((quality) => store.set({ quality }));
    this.gaps = new GapWatch({ arrivals: () => session.arrivals(), report: (gap) => signalling.tell("gap-report", gap) });
    store.watch((state) => state.phase === "joined" && state.connection === "online" && state.media === "live", (well) => {
      if (!well) return;
      this.gaps.start();
      this.gaps.over();
    });
    signalling.on("open", () => {
      // What is wrong still is told on each socket anew.
      store.set({ siteReached: null, verdicts: [], troubles: new Map() });
      void this.#enter();
    });
    signalling.on("drop", ({ refusal }) => this.#dropped(refusal));
    signalling.on("push", ({ event, data }) => this.#pushed(event, data));
    session.on("health", (media) => this.#mediaHealth(media));
    session.on("trouble", (error) => this.#trouble(error, "publish"));
    session.subscriber.on("failed", ({ producerId, code }) => {
      if (this.#told.has(producerId)) return;
      this.#told.add(producerId);
      this.emit("trouble", { code, during: "consume" });
    });
    const calm = () => {
      const { phase, connection, media } = store.state;
      return phase === "joined" && connection === "online" && media === "live" && !this.#lost;
    };
    this.missing = new MissingWatch({
      calm,
      missing: () => session.lacking(),
      ask: (producerIds) => this.#consume(producerIds),
    });
    this.keyFrames = new KeyFrameWatch({
      calm,
      pictures: () => session.pictures(),
      // What is still away then is asked for again.
      ask: (consumerId) => void signalling.request("request-key-frame", { consumerId }).catch(() => {}),
    });
    sendWhatIsOn({ local, screenShare, publisher: session.publisher, onTrouble: (error) => this.#trouble(error, "publish") });
  }

  /**
   * Joins, or joins again after a refusal or after leaving. The outcome shows in the store's `phase`.
   *
   * @param {{displayName: string, passcode?: string}} who
   */
  join({ displayName, passcode = "" }) {
    this.#passcode = passcode;
    this.store.set({ phase: "joining", connection: "connecting", displayName, refusal: null, refusalDetails: "", joinedAt: null, siteReached: null, verdicts: [] });
    this.#refusedFor = "";
    this.#patience = setTimeout(() => this.#refuse(this.#refusedFor || "CONNECTION_LOST", ""), JOIN_PATIENCE);
    if (this.signalling.isOpen) void this.#enter();
    else this.signalling.open();
  }

  /**
   * Asks the server for something that concerns people. A refusal is told as trouble.
   *
   * @param {string} event
   * @param {object} [data]
   * @returns {Promise<any>} The reply; null when it was refused or the connection broke.
   */
  async ask(event, data = {}) {
    try {
      return await this.signalling.request(event, data);
    } catch (error) {
      this.#trouble(error, event);
      return null;
    }
  }

  /**
   * Asks for the way to another room of this meeting, and goes there.
   *
   * @param {"move-to-breakout" | "leave-breakout"} event
   * @param {object} [data]
   */
  async follow(event, data = {}) {
    const way = await this.ask(event, data);
    if (way) this.#goTo(way.roomId === null ? this.config.meetingId : way.code);
  }

  /** Leaves for good and says so to the others. */
  async leave() {
    if (this.store.state.phase === "left") return;
    const told = this.signalling.isOpen ? this.signalling.request("leave-meeting", {}, { timeout: 1500 }).catch(() => {}) : null;
    this.#finish("left");
    await told;
    this.signalling.close();
  }

  /** Ends the meeting for everybody. Whoever does that is not told of it besides the answer. */
  async endForAll() {
    if (!(await this.ask("end-meeting"))) return;
    if (this.#isInRoom) this.#goTo(this.config.meetingId);
    else this.#ousted("ended");
  }

  /** The page goes away: no time for an answer. */
  leaveAtOnce() {
    if (this.store.state.phase === "joined" || this.store.state.phase === "waiting") this.signalling.tell("leave-meeting");
    this.signalling.close();
  }

  async #enter() {
    const { phase, displayName } = this.store.state;
    if (!UNDER_WAY.has(phase)) return;
    // One at a time: the answer to a second one would be older than what is begun on the answer to the first.
    if (this.#entering) return;
    clearTimeout(this.#recovery);
    this.#entering = true;
    const place = this.#place;
    try {
      const reply = await this.signalling.request("join-meeting", {
        meetingId: place,
        displayName,
        attemptId: this.attemptId(),
        ...(this.#passcode ? { passcode: this.#passcode } : {}),
        ...(this.#resumeToken ? { resumeToken: this.#resumeToken } : {}),
        ...this.session.joinFields(),
      });
      this.#entering = false;
      // Sent on meanwhile: what is answered of the place before is not even looked at.
      if (place !== this.#place) return void this.#enter();
      if ("position" in reply) this.#waits(reply);
      else await this.#entered(reply);
    } catch (error) {
      this.#entering = false;
      if (place !== this.#place) return void this.#enter();
      this.#notEntered(error);
    }
  }

  /** Goes to another room of this meeting, with all that I send. @param {string} place */
  #goTo(place) {
    if (this.store.state.phase !== "joined" || place === this.#place) return;
    this.#place = place;
    this.#resumeToken = "";
    this.session.leaveFor(place);
    this.speaking.clear();
    this.quality.clear();
    // Nobody of those here is there, but for myself.
    this.store.update((state) => ({
      ...state,
      participants: new Map([...state.participants].filter(([id]) => id === state.participantId)),
      producers: new Map(),
      troubles: new Map(),
      activeSpeaker: null,
    }));
    void this.#enter();
  }

  get #isInRoom() {
    return this.#place !== this.config.meetingId;
  }

  /** At the door: a host has to let me in, or to be there first. @param {AtTheDoor} door */
  #waits(door) {
    clearTimeout(this.#patience);
    clearTimeout(this.#recovery);
    if (UNDER_WAY.has(this.store.state.phase)) this.store.set({ phase: "waiting", connection: "online", door });
  }

  /** @param {MeetingJoined} reply */
  async #entered(reply) {
    if (!UNDER_WAY.has(this.store.state.phase)) return;
    clearTimeout(this.#patience);
    clearTimeout(this.#recovery);
    this.#lost = false;
    this.#told.clear();
    this.missing.start();
    this.keyFrames.start();
    this.#resumeToken = reply.resumeToken;
    this.store.update((state) => applySnapshot(state, reply, Date.now()));
    const { breakout } = reply;
    if (breakout?.called && breakout.room && breakout.room.roomId !== breakout.isIn && breakout.room.code !== this.#shut) {
      return this.#goTo(breakout.room.code);
    }
    try {
      await this.session.follow(reply);
      this.#recoveries = 0;
    } catch (error) {
      this.#trouble(error, "media");
      // Left, or ended, while the transports were being set up: there is nothing to get back.
      if (this.store.state.phase === "joined") this.session.lose();
    }
  }

  /** @param {unknown} error */
  #notEntered(error) {
    const code = codeOf(error);
    if (code === "CONNECTION_LOST") return;
    if (!(error instanceof SignallingError)) console.error(error);
    const { phase } = this.store.state;
    if ((phase === "joining" || phase === "waiting") && code === PASSING) {
      this.#refusedFor = code;
      this.#resumeLater();
    } else if (phase === "joined" && this.#isInRoom && FINAL.has(code) && code !== "REMOVED") {
      // The room has closed, or is not for me: in the main room I have a place.
      this.#shut = this.#place;
      this.#goTo(this.config.meetingId);
    } else if (phase === "joining" || phase === "waiting" || FINAL.has(code)) {
      if (error instanceof SignallingError && error.verdicts.length > 0) this.store.set({ verdicts: error.verdicts.map(inWords) });
      this.#refuse(code, error instanceof SignallingError ? error.details : "");
    } else if (phase === "joined") {
      // The place was kept but not given back in this moment: ask again on this socket, calmly.
      this.#resumeLater();
    }
  }

  /** Asks for my place, again with the resume token if I had one: that brings back whatever is missing, in one answer. */
  #resumeLater() {
    this.#resumeIn(reconnectDelay(2 + this.#recoveries++));
  }

  /** @param {number} milliseconds */
  #resumeIn(milliseconds) {
    clearTimeout(this.#recovery);
    this.#recovery = setTimeout(() => {
      // Without a socket there is nobody to ask; the next one resumes by itself.
      if (this.signalling.isOpen) void this.#enter();
    }, milliseconds);
  }

  /** @param {string | null} refusal */
  #dropped(refusal) {
    const { phase } = this.store.state;
    if (!UNDER_WAY.has(phase)) return;
    if (refusal) return this.#refuse(refusal, "");
    if (phase === "joined") this.gaps.trouble({ socket: true });
    this.store.set({ connection: phase === "joining" ? "connecting" : "reconnecting" });
  }

  /**
   * @param {string} event
   * @param {any} data
   */
  #pushed(event, data) {
    const { phase } = this.store.state;
    // While a join takes long, it is said what it waits for.
    if (phase === "joining" && event === "verdict") this.store.update((state) => applyPush(state, event, data));
    if (phase === "waiting") return this.#heardAtTheDoor(event, data);
    if (phase !== "joined") return;
    const { subscriber } = this.session;
    if (event === "participant-left" && data.participantId === this.store.state.participantId) return this.#ousted(data.reason);
    if (event === "meeting-ended" && this.#isInRoom) return this.#goTo(this.config.meetingId);
    this.store.update((state) => applyPush(state, event, data));
    this.emit("heard", { event, data });
    switch (event) {
      case "new-producer":
        if (data.participantId !== this.store.state.participantId) this.#consume([data.producerId]);
        break;
      case "producer-paused":
        this.#steered(data.producerId, "paused");
        break;
      case "producer-resumed":
        this.#steered(data.producerId, "resumed");
        break;
      case "producer-closed":
        subscriber.drop(data.producerId);
        this.#steered(data.producerId, "closed");
        break;
      case "transport-state":
        if (data.iceState === "closed" && this.session.uses(data.transportId)) this.#renew();
        else if (data.addressChanged) this.#moved();
        break;
      case "consumer-paused":
      case "consumer-resumed":
        subscriber.hold(data.consumerId, event === "consumer-paused");
        break;
      case "consumer-closed":
        subscriber.dropConsumer(data.consumerId);
        break;
      case "participant-left":
        this.speaking.gone(data.participantId);
        this.quality.gone(data.participantId);
        subscriber.dropWhere(({ participantId }) => participantId === data.participantId);
        break;
      case "audio-levels":
        this.speaking.levels(data);
        break;
      case "consumer-score":
        this.#scored(data);
        break;
      case "active-speaker":
        if (data.participantId) this.speaking.heard(data.participantId);
        break;
      case "media-lost":
        this.#lost = true;
        // What is there goes on; `media-restored` follows, and what the resume brings takes its place.
        if (data.moved) break;
        this.gaps.trouble({ incidentId: data.incidentId });
        this.session.lose({ gone: data.gone === true });
        break;
      case "media-restored":
        // What was lost may have been taken up by a join that was already on its way.
        if (this.#lost) this.#resumeIn(0);
        break;
      case "error":
        // All else of which nobody waits for the answer is no loss.
        if (data.event === "invite-bot") this.emit("botStaysAway", { code: data.code, details: data.details ?? "" });
        break;
      case "breakout-assigned":
        this.#shut = "";
        this.#goTo(data.roomId === null ? this.config.meetingId : data.code);
        break;
      case "meeting-ended":
        this.#ousted("ended");
        break;
      case "removed-by-host":
        this.#ousted("removed");
        break;
      default:
        break;
    }
  }

  /** @param {string} event @param {any} data */
  #heardAtTheDoor(event, data) {
    if (event === "meeting-joined") void this.#entered(data);
    else if (event === "waiting") this.#waits(data);
    else if (event === "join-denied") {
      this.store.set({ verdicts: (data.verdicts ?? []).map(inWords) });
      this.#refuse(data.code, data.details);
    }
  }

  /** Told of my own, it was not I who did it. @param {string} producerId @param {Change} change */
  #steered(producerId, change) {
    const source = this.session.publisher.told(producerId, change);
    if (source) this.emit("steered", { source, change });
  }

  #renew() {
    this.session.renew().catch((error) => {
      this.#trouble(error, "media");
      if (this.store.state.phase === "joined") this.session.lose();
    });
  }

  /** @param {{consumerId: string, score: {score: number, producerScore: number}}} data */
  #scored({ consumerId, score }) {
    const received = this.session.subscriber.all().find((one) => one.consumer.id === consumerId);
    // Of a person's streams the picture tells most; sound with DTX has no packets to judge by.
    if (received?.kind === "video") this.quality.scored(received.participantId, score);
  }

  /** My stay is over without my doing. @param {string} reason */
  #ousted(reason) {
    if (reason === "ended") {
      this.#finish("ended");
      this.signalling.close();
    } else {
      this.#refuse(reason === "removed" ? "REMOVED" : "NOT_IN_MEETING", "");
    }
  }

  /** The worker gets my media from another address than before: what it sent to the old one was lost. */
  #moved() {
    this.gaps.trouble({ moved: true });
    const { connection, media } = this.store.state;
    if (connection === "online" && media === "live") this.gaps.over();
  }

  /** @param {string[]} producerIds */
  #consume(producerIds) {
    this.#toConsume.push(...producerIds);
    if (this.#toConsume.length > producerIds.length) return;
    setTimeout(() => {
      const all = this.#toConsume.splice(0);
      this.session.subscriber.consume(all).catch((error) => this.#trouble(error, "consume"));
    }, GATHER);
  }

  /** @param {import("./media/session.js").MediaHealth} media */
  #mediaHealth(media) {
    if (media === "disturbed" || media === "lost") this.gaps.trouble({ path: true });
    // A network that is gone takes the socket along, which would show much later.
    if (media === "disturbed") this.signalling.check();
    this.store.set({ media });
    if (media === "lost") this.#resumeLater();
  }

  /**
   * @param {unknown} error
   * @param {string} during
   */
  #trouble(error, during) {
    // A transport that closed under a request is mended where it was closed.
    if (error instanceof Error && CLOSED_UNDERNEATH.has(error.name)) return;
    const code = codeOf(error);
    if (code === "CONNECTION_LOST") return;
    if (!(error instanceof SignallingError)) console.error(error);
    this.emit("trouble", { code, during });
  }

  /**
   * @param {string} code
   * @param {string} details
   */
  #refuse(code, details) {
    this.#finish("refused", { refusal: code, refusalDetails: details });
    this.signalling.close();
  }

  /**
   * @param {"left" | "ended" | "refused"} phase
   * @param {Partial<MeetingState>} [why]
   */
  #finish(phase, why = {}) {
    clearTimeout(this.#patience);
    clearTimeout(this.#recovery);
    this.#resumeToken = "";
    this.#place = this.config.meetingId;
    this.gaps.stop();
    this.missing.stop();
    this.keyFrames.stop();
    this.session.close();
    this.speaking.clear();
    this.quality.clear();
    this.store.set({
      ...why,
      phase,
      connection: "offline",
      participantId: "",
      participants: new Map(),
      producers: new Map(),
      door: null,
      breakout: NO_BREAKOUTS,
      waiting: new Map(),
      // Why somebody was refused stays to be read.
      verdicts: phase === "refused" ? this.store.state.verdicts : [],
      troubles: new Map(),
      activeSpeaker: null,
    });
  }
}
