/**
 * What works and what does not, as a short list of sentences. Pure.
 *
 * @import {CaptureProblem, Device} from "../devices/capture.js"
 * @import {MeetingState} from "./meeting-state.js"
 * @import {Source, Verdict} from "../contract.js"
 * @import {Sample} from "../quality/sample.js"
 */
import { t, tn } from "../i18n.js";
import { captureWording } from "../words.js";

/** Milliseconds there and back from which people notice, and from which they talk over each other. */
const NOTICED = 150;
const TOO_LONG = 300;
/** Parts of 1 from which something is heard, and from which it can hardly be understood. */
const HEARD = 0.01;
const TOO_MUCH = 0.05;

/** What somebody turns off, by what is sent from it. @type {Record<Source, string>} */
const OWN = {
  mic: t("the microphone"), camera: t("the camera"), screen: t("the shared screen"), "screen-audio": t("the sound of the shared screen"),
};

/** What is said of a device, and of what comes from it. */
const DEVICES = {
  microphone: {
    off: t("Your microphone is off."),
    notGiven: t("Your browser has not given the microphone yet."),
    mutedBySystem: t("Your system has muted the microphone: nothing of it gets to the others."),
    ready: t("Your microphone is ready."),
    sent: t("your sound"),
    notTaken: t("Your sound is not taken by the server yet."),
    nothingOut: t("Your microphone is on, and nothing of it goes out."),
    sends: t("Your browser sends your sound."),
  },
  camera: {
    off: t("Your camera is off."),
    notGiven: t("Your browser has not given the camera yet."),
    mutedBySystem: t("Your system has muted the camera: nothing of it gets to the others."),
    ready: t("Your camera is ready."),
    sent: t("your picture"),
    notTaken: t("Your picture is not taken by the server yet."),
    nothingOut: t("Your camera is on, and nothing of it goes out."),
    sends: t("Your browser sends your picture."),
  },
};

/** Between a number and its unit. */
const NBSP = "\u00a0";

/** @typedef {"good" | "bad" | "waiting" | "off"} Standing  `off`: there is nothing to judge. */
/** @typedef {"signalling" | "microphone" | "camera" | "receiving" | "path" | "rtt" | "loss"} Topic */
/** @typedef {{standing: Standing, sentence: string}} Line */

/**
 * @typedef {object} OwnDevice
 * @property {boolean} on
 * @property {boolean} there        Whether the browser has given it.
 * @property {boolean} systemMuted
 * @property {CaptureProblem | null} problem
 *
 * @typedef {{participantId: string, name: string, source: Source}} Theirs  Something of somebody else's.
 *
 * @typedef {object} ConnectionFacts
 * @property {Pick<MeetingState, "phase" | "connection" | "verdicts">} state
 * @property {{send: RTCPeerConnectionState, recv: RTCPeerConnectionState} | null} transports
 * @property {OwnDevice} microphone
 * @property {OwnDevice} camera
 * @property {Source[]} sent        What the server takes from me at present.
 * @property {number} others        How many people are here beside me.
 * @property {Theirs[]} coming      What should be coming from them.
 * @property {(Theirs & {barred: boolean})[]} paused  What is paused where it would be sent. `barred`: a host does not let it be sent.
 * @property {Theirs[]} unwanted    What this page has stopped, for it is out of view.
 * @property {Sample | null} sample The latest.
 */

/** In the order in which they are shown. @type {Record<Topic, string>} */
export const TOPICS = {
  signalling: t("Meeting"), microphone: t("Microphone"), camera: t("Camera"), receiving: t("The others"), path: t("Path"), rtt: t("Delay"), loss: t("Loss"),
};

/**
 * @param {ConnectionFacts} facts
 * @returns {Record<Topic, Line>}
 */
export function connectionLines(facts) {
  return {
    signalling: signalling(facts),
    microphone: device(facts, "microphone"),
    camera: device(facts, "camera"),
    receiving: receiving(facts),
    path: path(facts),
    rtt: delay(facts),
    loss: loss(facts),
  };
}

/**
 * All lines in one sentence, where the server has found nothing.
 *
 * @param {Record<Topic, Line>} lines
 * @returns {Line}
 */
export function summaryOf(lines) {
  const standings = Object.values(lines).map(({ standing }) => standing);
  if (standings.includes("bad")) return { standing: "bad", sentence: t("Something does not work as it should.") };
  if (standings.includes("waiting")) return { standing: "waiting", sentence: t("Some of it is still being made ready.") };
  return { standing: "good", sentence: t("All is well.") };
}

/** @param {ConnectionFacts} facts @returns {Line} */
function signalling({ state: { phase, connection } }) {
  if (phase === "joining") return line("waiting", t("Coming in…"));
  if (phase === "waiting" && connection === "online") return line("good", t("You wait at the door of the meeting."));
  if (phase !== "joined" && phase !== "waiting") return line("off", t("You are not in the meeting yet."));
  if (connection === "online") return line("good", t("You are connected to the meeting."));
  return line("bad", t("The connection to the meeting is being made again."));
}

/**
 * @param {ConnectionFacts} facts
 * @param {Device} which
 * @returns {Line}
 */
function device(facts, which) {
  const { on, there, systemMuted, problem } = facts[which];
  const words = DEVICES[which];
  const source = which === "microphone" ? "mic" : "camera";
  if (problem) return line("bad", `${captureWording(which, problem).title}.`);
  const judged = facts.state.verdicts.find((one) => one.about === null && one.source === source);
  if (judged) return lineOf(judged);
  if (!on) return line("off", words.off);
  if (!there) return line("waiting", words.notGiven);
  if (systemMuted) return line("bad", words.mutedBySystem);
  if (facts.state.phase !== "joined") return line("good", words.ready);
  const way = wayOf(facts, "send", words.sent);
  if (way) return way;
  if (!facts.sent.includes(source)) return line("waiting", words.notTaken);
  const kbps = facts.sample?.up?.sources[source]?.kbps;
  if (kbps === 0) return line("bad", words.nothingOut);
  return line("good", kbps === undefined ? words.sends : t("Your browser sends it, with {rate}.", { rate: `${kbps}${NBSP}kbit/s` }));
}

/** @param {ConnectionFacts} facts @returns {Line} */
function receiving(facts) {
  const { state, others } = facts;
  if (state.phase !== "joined") return line("off", t("You will hear and see them when you have joined."));
  if (others === 0) return line("off", t("Nobody else is here."));
  const judged = state.verdicts.find(({ about, source }) => about !== null && source !== null);
  const { standing, sentence } = judged ? lineOf(judged) : arriving(facts);
  return line(standing, [sentence, ...resting(facts)].join(" "));
}

/** @param {ConnectionFacts} facts @returns {Line} */
function arriving(facts) {
  const { coming, sample } = facts;
  if (coming.length === 0) return line("off", t("Nobody sends sound or picture at the moment."));
  const way = wayOf(facts, "recv", t("what the others send"));
  if (way) return way;
  const known = new Map((sample?.down?.streams ?? []).map((one) => [`${one.participantId} ${one.source}`, one.packets > 0]));
  const away = coming.filter(({ participantId, source }) => known.get(`${participantId} ${source}`) === false);
  if (away.length > 0) return line("bad", t("Nothing arrives from {names}.", { names: listed(away.map(({ name }) => name)) }));
  return line("good", t("Sound and picture arrive from {names}.", { names: listed(coming.map(({ name }) => name)) }));
}

/**
 * What does not come because somebody does not want it to, and who: that is as it should be.
 *
 * @param {ConnectionFacts} facts
 * @returns {string[]}
 */
function resting({ state, paused, unwanted }) {
  const judged = new Set(state.verdicts.map(({ about, source }) => `${about} ${source}`));
  const theirDoing = paused.filter(({ participantId, source }) => !judged.has(`${participantId} ${source}`));
  const sentences = /** @type {Source[]} */ (Object.keys(OWN)).flatMap((source) => {
    const names = (/** @type {boolean} */ barred) => theirDoing.filter((one) => one.source === source && one.barred === barred).map(({ name }) => name);
    const [byThemselves, byHosts] = [names(false), names(true)];
    return [
      ...(byThemselves.length > 0 ? [tn("{names} has turned off {thing}.", "{names} have turned off {thing}.", new Set(byThemselves).size, { names: listed(byThemselves), thing: OWN[source] })] : []),
      ...(byHosts.length > 0 ? [t("A host has turned off {thing} of {names}.", { thing: OWN[source], names: listed(byHosts) })] : []),
    ];
  });
  if (unwanted.length > 0) sentences.push(t("This page does not fetch the picture of {names}, which is out of view.", { names: listed(unwanted.map(({ name }) => name)) }));
  return sentences;
}

/** @param {ConnectionFacts} facts @returns {Line} */
function path({ state, transports, sample }) {
  const way = sample?.path?.send ?? sample?.path?.recv;
  if (state.phase !== "joined") return line("off", t("It is found when you join."));
  if (!transports || Object.values(transports).every((one) => one === "new" || one === "closed")) return line("off", t("Nothing is sent or received."));
  if (!way) return line("waiting", t("It is being looked for."));
  const over = way.protocol.toUpperCase();
  if (way.local === "relay") return line("good", t("Through a relay, over {protocol}: it works, and takes a little longer.", { protocol: over }));
  return line("good", over === "UDP" ? t("Straight to the server, over UDP.") : t("Straight to the server, over {protocol}: it works, and stalls more easily than UDP.", { protocol: over }));
}

/** @param {ConnectionFacts} facts @returns {Line} */
function delay({ sample }) {
  const rtt = sample?.path?.send?.rtt ?? sample?.path?.recv?.rtt ?? sample?.up?.rtt;
  if (rtt === undefined) return line("off", t("Not measured yet."));
  const time = `${rtt}${NBSP}ms`;
  if (rtt >= TOO_LONG) return line("bad", t("{time} to the server and back: expect to talk over each other.", { time }));
  return line("good", rtt >= NOTICED ? t("{time} to the server and back: you may notice it.", { time }) : t("{time} to the server and back.", { time }));
}

/** @param {ConnectionFacts} facts @returns {Line} */
function loss({ sample }) {
  if (!sample?.up && !sample?.down) return line("off", t("Not measured yet."));
  const up = sample.up?.loss ?? 0;
  const down = sample.down?.loss ?? 0;
  if (up < HEARD && down < HEARD) return line("good", t("Next to nothing gets lost."));
  const percent = (/** @type {number} */ part) => ({ percent: `${Math.round(part * 100)}${NBSP}%` });
  const parts = [...(up >= HEARD ? [t("{percent} of what you send", percent(up))] : []), ...(down >= HEARD ? [t("{percent} of what you receive", percent(down))] : [])];
  const lost = listed(parts);
  if (Math.max(up, down) >= TOO_MUCH) return line("bad", t("{lost} gets lost: sound and picture break up.", { lost }));
  return line("good", t("{lost} gets lost: you may hear it.", { lost }));
}

/**
 * Why the way itself carries nothing yet, or null when it does.
 *
 * @param {ConnectionFacts} facts
 * @param {"send" | "recv"} direction
 * @param {string} what
 * @returns {Line | null}
 */
function wayOf({ transports }, direction, what) {
  const state = transports?.[direction];
  if (state === "connected") return null;
  if (state === "failed" || state === "disconnected") return line("bad", t("The way for {what} is broken, and is being made again.", { what }));
  return line("waiting", t("The way for {what} is still being made.", { what }));
}

/** @param {string[]} names Each may come more than once. */
function listed(names) {
  const all = [...new Set(names)];
  const [one = "", two = "", three = ""] = all;
  if (all.length <= 1) return one;
  if (all.length === 2) return t("{one} and {other}", { one, other: two });
  if (all.length === 3) return t("{one}, {two} and {three}", { one, two, three });
  return tn("{one}, {two} and {count} other", "{one}, {two} and {count} others", all.length - 2, { one, two });
}

/** @param {Verdict} verdict @returns {Line} */
function lineOf({ severity, sentence }) {
  return line(severity === "waiting" ? "waiting" : "bad", sentence);
}

/** @param {Standing} standing @param {string} sentence @returns {Line} */
function line(standing, sentence) {
  return { standing, sentence };
}
