/**
 * What works and what does not, as a short list of sentences. Pure.
 *
 * @import {CaptureProblem, Device} from "../devices/capture.js"
 * @import {MeetingState} from "./meeting-state.js"
 * @import {Source, Verdict} from "../contract.js"
 * @import {Sample} from "../quality/sample.js"
 */
import { captureWording } from "../words.js";

/** Milliseconds there and back from which people notice, and from which they talk over each other. */
const NOTICED = 150;
const TOO_LONG = 300;
/** Parts of 1 from which something is heard, and from which it can hardly be understood. */
const HEARD = 0.01;
const TOO_MUCH = 0.05;

/** What somebody turns off, by what is sent from it. @type {Record<Source, string>} */
const OWN = { mic: "microphone", camera: "camera", screen: "shared screen", "screen-audio": "sound of the shared screen" };

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
  signalling: "Meeting", microphone: "Microphone", camera: "Camera", receiving: "The others", path: "Path", rtt: "Delay", loss: "Loss",
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
  if (standings.includes("bad")) return { standing: "bad", sentence: "Something does not work as it should." };
  if (standings.includes("waiting")) return { standing: "waiting", sentence: "Some of it is still being made ready." };
  return { standing: "good", sentence: "All is well." };
}

/** @param {ConnectionFacts} facts @returns {Line} */
function signalling({ state: { phase, connection } }) {
  if (phase === "joining") return line("waiting", "Coming in…");
  if (phase === "waiting" && connection === "online") return line("good", "You wait at the door of the meeting.");
  if (phase !== "joined" && phase !== "waiting") return line("off", "You are not in the meeting yet.");
  if (connection === "online") return line("good", "You are connected to the meeting.");
  return line("bad", "The connection to the meeting is being made again.");
}

/**
 * @param {ConnectionFacts} facts
 * @param {Device} which
 * @returns {Line}
 */
function device(facts, which) {
  const { on, there, systemMuted, problem } = facts[which];
  const thing = which === "microphone" ? "sound" : "picture";
  const source = which === "microphone" ? "mic" : "camera";
  if (problem) return line("bad", `${captureWording(which, problem).title}.`);
  const judged = facts.state.verdicts.find((one) => one.about === null && one.source === source);
  if (judged) return lineOf(judged);
  if (!on) return line("off", `Your ${which} is off.`);
  if (!there) return line("waiting", `Your browser has not given the ${which} yet.`);
  if (systemMuted) return line("bad", `Your system has muted the ${which}: nothing of it gets to the others.`);
  if (facts.state.phase !== "joined") return line("good", `Your ${which} is ready.`);
  const way = wayOf(facts, "send", `your ${thing}`);
  if (way) return way;
  if (!facts.sent.includes(source)) return line("waiting", `Your ${thing} is not taken by the server yet.`);
  const kbps = facts.sample?.up?.sources[source]?.kbps;
  if (kbps === 0) return line("bad", `Your ${which} is on, and nothing of it goes out.`);
  return line("good", kbps === undefined ? `Your browser sends your ${thing}.` : `Your browser sends it, with ${kbps}${NBSP}kbit/s.`);
}

/** @param {ConnectionFacts} facts @returns {Line} */
function receiving(facts) {
  const { state, others } = facts;
  if (state.phase !== "joined") return line("off", "You will hear and see them when you have joined.");
  if (others === 0) return line("off", "Nobody else is here.");
  const judged = state.verdicts.find(({ about, source }) => about !== null && source !== null);
  const { standing, sentence } = judged ? lineOf(judged) : arriving(facts);
  return line(standing, [sentence, ...resting(facts)].join(" "));
}

/** @param {ConnectionFacts} facts @returns {Line} */
function arriving(facts) {
  const { coming, sample } = facts;
  if (coming.length === 0) return line("off", "Nobody sends sound or picture at the moment.");
  const way = wayOf(facts, "recv", "what the others send");
  if (way) return way;
  const known = new Map((sample?.down?.streams ?? []).map((one) => [`${one.participantId} ${one.source}`, one.packets > 0]));
  const away = coming.filter(({ participantId, source }) => known.get(`${participantId} ${source}`) === false);
  if (away.length > 0) return line("bad", `Nothing arrives from ${listed(away.map(({ name }) => name))}.`);
  return line("good", `Sound and picture arrive from ${listed(coming.map(({ name }) => name))}.`);
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
      ...(byThemselves.length > 0 ? [`${listed(byThemselves)} ${new Set(byThemselves).size === 1 ? "has" : "have"} turned off the ${OWN[source]}.`] : []),
      ...(byHosts.length > 0 ? [`A host has turned off the ${OWN[source]} of ${listed(byHosts)}.`] : []),
    ];
  });
  if (unwanted.length > 0) sentences.push(`This page does not fetch the picture of ${listed(unwanted.map(({ name }) => name))}, which is out of view.`);
  return sentences;
}

/** @param {ConnectionFacts} facts @returns {Line} */
function path({ state, transports, sample }) {
  const way = sample?.path?.send ?? sample?.path?.recv;
  if (state.phase !== "joined") return line("off", "It is found when you join.");
  if (!transports || Object.values(transports).every((one) => one === "new" || one === "closed")) return line("off", "Nothing is sent or received.");
  if (!way) return line("waiting", "It is being looked for.");
  const over = way.protocol.toUpperCase();
  if (way.local === "relay") return line("good", `Through a relay, over ${over}: it works, and takes a little longer.`);
  return line("good", over === "UDP" ? "Straight to the server, over UDP." : `Straight to the server, over ${over}: it works, and stalls more easily than UDP.`);
}

/** @param {ConnectionFacts} facts @returns {Line} */
function delay({ sample }) {
  const rtt = sample?.path?.send?.rtt ?? sample?.path?.recv?.rtt ?? sample?.up?.rtt;
  if (rtt === undefined) return line("off", "Not measured yet.");
  const measured = `${rtt}${NBSP}ms to the server and back`;
  if (rtt >= TOO_LONG) return line("bad", `${measured}: expect to talk over each other.`);
  return line("good", rtt >= NOTICED ? `${measured}: you may notice it.` : `${measured}.`);
}

/** @param {ConnectionFacts} facts @returns {Line} */
function loss({ sample }) {
  if (!sample?.up && !sample?.down) return line("off", "Not measured yet.");
  const up = sample.up?.loss ?? 0;
  const down = sample.down?.loss ?? 0;
  if (up < HEARD && down < HEARD) return line("good", "Next to nothing gets lost.");
  const parts = [[up, "of what you send"], [down, "of what you receive"]].filter(([part]) => Number(part) >= HEARD);
  const measured = parts.map(([part, what]) => `${Math.round(Number(part) * 100)}${NBSP}% ${what}`).join(" and ");
  if (Math.max(up, down) >= TOO_MUCH) return line("bad", `${measured} gets lost: sound and picture break up.`);
  return line("good", `${measured} gets lost: you may hear it.`);
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
  if (state === "failed" || state === "disconnected") return line("bad", `The way for ${what} is broken, and is being made again.`);
  return line("waiting", `The way for ${what} is still being made.`);
}

/** @param {string[]} names Each may come more than once. */
function listed(names) {
  const all = [...new Set(names)];
  if (all.length <= 3) return all.join(all.length === 2 ? " and " : ", ").replace(/, ([^,]*)$/, " and $1");
  return `${all[0]}, ${all[1]} and ${all.length - 2} others`;
}

/** @param {Verdict} verdict @returns {Line} */
function lineOf({ severity, sentence }) {
  return line(severity === "waiting" ? "waiting" : "bad", sentence);
}

/** @param {Standing} standing @param {string} sentence @returns {Line} */
function line(standing, sentence) {
  return { standing, sentence };
}
