/**
 * The socket, each way to the media server, and the echo.
 *
 * @import {Signalling} from "../signalling/signalling.js"
 * @import {Got} from "./asking.js"
 * @import {EchoFound} from "./judging.js"
 * @import {Line, LineId, Way} from "./lines.js"
 * @import {Surroundings} from "./run.js"
 * @import {StandIn} from "./stand-ins.js"
 * @import {Telling} from "./telling.js"
 */
import { t } from "../i18n.js";
import { BrowserNotSupported } from "../media/device.js";
import { codeOf } from "../signalling/error.js";
import { echo } from "./echo.js";
import { ofEcho, ofNoMedia, ofSocket, ofUnsupportedBrowser, ofWay } from "./judging.js";
import { line, WAYS } from "./lines.js";
import { openSocket } from "./opening.js";
import { Rehearsal } from "./rehearsal.js";
import { turnServers } from "./routes.js";
import { tryWay } from "./way.js";

/** How long the echo is measured, in milliseconds. */
const ECHO = 4_000;
/** A computer with many networks has many, and a step may not grow without limit. */
const MOST_ADDRESSES = 20;
/** @type {readonly LineId[]} */
const OF_MEDIA = [...WAYS, "echo"];

/**
 * @param {Surroundings} surroundings
 * @param {Telling} telling
 * @param {Signalling} signalling
 * @param {Promise<{microphone: Got, camera: Got}>} devices
 * @param {{microphone: StandIn, camera: StandIn}} standIns
 * @returns {Promise<EchoFound | null>}
 */
export async function testConnection(surroundings, telling, signalling, devices, standIns) {
  const { show } = surroundings;
  show("socket", line("running", t("The live connection to the site is opened.")));
  const began = performance.now();
  const socket = await openSocket(signalling);
  show("socket", ofSocket(socket));
  telling.note("socket", socket ? "ok" : "failed", { ms: Math.round(socket?.openMs ?? performance.now() - began) });
  if (!socket) {
    for (const id of OF_MEDIA) show(id, line("skipped", t("Not tested: the site has to be reached first.")));
    return null;
  }
  for (const id of OF_MEDIA) show(id, line("running", t("Connecting to the media server.")));
  // The server puts down what it does for a test that it has been told of.
  telling.tell();
  const rehearsal = await begin(surroundings, telling, signalling);
  if (!rehearsal) return null;
  telling.note("transports", "ok", { turn: turnServers(rehearsal.iceServers).length > 0, policy: "all" });
  telling.tell();
  const ways = WAYS.map((way) => testWay(way, rehearsal, surroundings, telling, standIns.microphone.track));
  try {
    return await testEcho(rehearsal, surroundings, telling, devices, standIns);
  } finally {
    await Promise.all(ways);
  }
}

/**
 * @param {Surroundings} surroundings
 * @param {Telling} telling
 * @param {Signalling} signalling
 * @returns {Promise<Rehearsal | null>} Null when it cannot be; all lines say why.
 */
async function begin({ show }, telling, signalling) {
  try {
    const rehearsal = await Rehearsal.begin(signalling);
    telling.note("device-loaded", "ok");
    return rehearsal;
  } catch (error) {
    const unfit = error instanceof BrowserNotSupported;
    if (unfit) telling.note("device-loaded", "failed", { error: "not supported" });
    const why = unfit ? ofUnsupportedBrowser() : ofNoMedia(codeOf(error));
    for (const way of WAYS) show(way, line("skipped", unfit ? t("Not tested: this browser cannot do it.") : t("Not tested: the media server takes nobody in.")));
    show("echo", why);
    return null;
  }
}

/**
 * @param {Way} way
 * @param {Rehearsal} rehearsal
 * @param {Surroundings} surroundings
 * @param {Telling} telling
 * @param {MediaStreamTrack} track
 */
async function testWay(way, rehearsal, { show }, telling, track) {
  try {
    const found = await tryWay(rehearsal, way, track);
    show(way, ofWay(found));
    const { connected, ms, rtt, ports, offered, refused, relayed, errors } = found;
    for (const { url, errorCode, errorText } of errors) telling.note("turn", "failed", { url, errorCode, text: errorText });
    if (relayed) telling.note("turn", "ok", { url: [rehearsal.iceServers.at(-1)?.urls].flat()[0] ?? "" });
    if (offered) telling.note("way", connected ? "ok" : "failed", { way, ms: Math.round(ms), ...(rtt === null ? {} : { rtt }), ports, refused, relayed });
  } catch (error) {
    show(way, unasked(error));
  }
}

/**
 * @param {Rehearsal} rehearsal
 * @param {Surroundings} surroundings
 * @param {Telling} telling
 * @param {Promise<{microphone: Got, camera: Got}>} devices
 * @param {{microphone: StandIn, camera: StandIn}} standIns
 * @returns {Promise<EchoFound | null>}
 */
async function testEcho(rehearsal, { show, returnedPicture }, telling, devices, standIns) {
  show("echo", line("running", t("Waiting for microphone and camera.")));
  const { microphone, camera } = await devices;
  const sent = whatIsSent(microphone, camera);
  show("echo", line("running", sent));
  try {
    const found = await echo({
      rehearsal,
      sound: typeof microphone === "string" ? standIns.microphone.track : microphone,
      picture: typeof camera === "string" ? standIns.camera.track : camera,
      video: returnedPicture,
      duration: ECHO,
      progress: {
        connection: (direction, state) => telling.note("connection", "changed", { direction, state }),
        first: (what, ms) => telling.note(`first-${what}`, "ok", { source: what === "frame" ? "camera" : "mic", ms: Math.round(ms) }),
      },
    });
    show("echo", ofEcho(found));
    tell(telling, found);
    return found;
  } catch (error) {
    show("echo", unasked(error));
    return null;
  }
}

/** @param {Got} microphone @param {Got} camera */
function whatIsSent(microphone, camera) {
  if (typeof microphone === "string" && typeof camera === "string") return t("A tone and a drawn picture go to the media server and back, for four seconds.");
  if (typeof microphone === "string") return t("A tone and your picture go to the media server and back, for four seconds.");
  if (typeof camera === "string") return t("Your sound and a drawn picture go to the media server and back, for four seconds.");
  return t("Your sound and picture go to the media server and back, for four seconds.");
}

/** @param {Telling} telling @param {EchoFound} found */
function tell(telling, { path, parts, own }) {
  if (own.length > 0) telling.note("candidates", "ok", { direction: "send", candidates: own.slice(0, MOST_ADDRESSES) });
  const { available, ...way } = path ?? {};
  if (path) telling.note("path", "ok", { direction: "send", ...way });
  for (const { seconds, up, down } of parts) {
    telling.note("quality", "changed", {
      seconds: Math.round(seconds * 10) / 10,
      up: { kbps: up.kbps, loss: up.loss ?? 0, rtt: up.rtt ?? path?.rtt ?? 0, jitter: up.jitter ?? 0, limited: up.limited, fps: up.fps, height: up.height ?? 0, ...(available ? { available } : {}) },
      down: { kbps: down.kbps, loss: down.loss, jitter: down.jitter, freezes: 0, frozenMs: 0, streams: [] },
    });
  }
}

/** The server was asked for something and refused, or has gone. @param {unknown} error @returns {Line} */
function unasked(error) {
  const code = codeOf(error);
  if (code === "INTERNAL_ERROR") return line("bad", t("The test broke off."), t("Test again. If it stays like this, hand the report below to your administrator."), code);
  return ofNoMedia(code);
}
