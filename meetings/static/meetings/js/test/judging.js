/**
 * Sentences for what was found, line by line: what is, and what to do.
 *
 * @import {CaptureProblem, Device} from "../devices/capture.js"
 * @import {Line, LineId, Lines, Way} from "./lines.js"
 * @import {Down, Measured, OwnAddress, Path, Up} from "./measures.js"
 * @import {Seen} from "./pictures.js"
 */
import { t } from "../i18n.js";
import { line, LINES, NAMES } from "./lines.js";

/** From here on people notice. */
const MUCH_LOSS = 0.03;
const LONG_WAY = 400;
const MUCH_JITTER = 60;
/** A small picture and sound, in kbit/s. */
const LITTLE = 250;
/** A person who speaks is louder than this (0 to 1, as the meter shows it). */
const AUDIBLE = 0.3;
/** A round trip that makes controls feel slow, in milliseconds. */
const SLOW_ANSWER = 500;

/** @type {Record<Device, string>} */
const without = {
  microphone: t("You can join without it: you will hear the others, and they will not hear you."),
  camera: t("You can join without it: you will see the others, and they will see your name."),
};

/** @typedef {CaptureProblem | "unanswered"} Problem */

/** @type {Record<Device, Record<Problem, string>>} */
const problems = {
  microphone: {
    denied: t("Your browser does not let this page use the microphone."),
    "denied-by-system": t("Your system keeps the microphone from the browser."),
    missing: t("No microphone was found."),
    busy: t("The microphone is in use by another program."),
    insecure: t("Browsers give the microphone to pages on https only."),
    unanswered: t("Your browser asked whether this page may use the microphone, and got no answer."),
    failed: t("The microphone could not be started."),
  },
  camera: {
    denied: t("Your browser does not let this page use the camera."),
    "denied-by-system": t("Your system keeps the camera from the browser."),
    missing: t("No camera was found."),
    busy: t("The camera is in use by another program."),
    insecure: t("Browsers give the camera to pages on https only."),
    unanswered: t("Your browser asked whether this page may use the camera, and got no answer."),
    failed: t("The camera could not be started."),
  },
};

/** What to do, and the cause, around the name of the device. @type {Record<Problem, [string, string]>} */
const remedies = {
  denied: [t("Allow it with the icon at the left of the address, then test again."), "*_DENIED"],
  "denied-by-system": [t("Allow it for this browser in the privacy settings of your system, then test again."), "*_DENIED"],
  missing: [t("Plug one in, then test again."), "NO_*"],
  busy: [t("Close that program, then test again."), "*_BUSY"],
  insecure: [t("Open this site with https."), "*_DENIED"],
  unanswered: [t("Test again, and choose “Allow”."), "*_DENIED"],
  failed: [t("Choose another one before you join, or test again."), "*_BUSY"],
};

/**
 * @param {Device} device
 * @param {Problem} problem
 * @returns {Line}
 */
export function ofMissingDevice(device, problem) {
  const [action, cause] = remedies[problem];
  return line("bad", problems[device][problem], `${action} ${without[device]}`, cause.replace("*", device.toUpperCase()));
}

/**
 * @param {{loudest: number, silent: boolean, muted: boolean}} heard  `silent`: not one sample was anything but zero.
 * @returns {Line}
 */
export function ofMicrophone({ loudest, silent, muted }) {
  if (muted || silent) {
    return line("bad", t("You cannot be heard: your system has muted the microphone."), t("Unmute it in the sound settings of your system, or with the key on your headset, then test again."), "MICROPHONE_MUTED_BY_SYSTEM");
  }
  if (loudest < AUDIBLE) {
    return line("notable", t("The microphone is on, and hardly anything was heard."), t("Say a few words while the test runs. If it stays like this, come closer or choose another microphone before you join."), "NOTHING_SENT");
  }
  return line("good", t("Your microphone works: it hears you."));
}

/**
 * @param {Seen} seen
 * @param {boolean} muted
 * @returns {Line}
 */
export function ofCamera({ looks, black, moves }, muted) {
  if (muted) return line("bad", t("You cannot be seen: your system has turned the camera off."), t("Turn it on in the settings of your system, or open its shutter, then test again."), "CAMERA_MUTED_BY_SYSTEM");
  if (looks === 0) return line("bad", t("The camera is on and gives no picture."), `${t("Unplug it and plug it in again, or choose another one before you join.")} ${without.camera}`, "NOTHING_SENT");
  if (black) return line("bad", t("The camera gives a black picture."), t("Open its shutter or take the cover off, then test again."), "CAMERA_MUTED_BY_SYSTEM");
  if (!moves) return line("notable", t("The picture of your camera stands still."), t("Move a little while the test runs. If it stays like this, unplug the camera and plug it in again."));
  return line("good", t("Your camera works: its picture moves."));
}

/**
 * @param {{played: boolean, own: boolean, heard: boolean | null}} speaker  `own`: it was the person's own voice; `heard` is
 *     what the person says, null until then.
 * @returns {Line}
 */
export function ofSpeaker({ played, own, heard }) {
  if (!played) return line("bad", t("The sound could not be played."), t("Choose another speaker before you join, or plug in headphones, then test again."), "NO_SPEAKER");
  if (heard === false) {
    return line("bad", t("You did not hear the sound."), t("Turn the volume up, look which speaker your system uses, or choose another one before you join; then test again."), "NO_SPEAKER");
  }
  if (heard) return line("good", own ? t("You heard yourself: speaker and microphone work.") : t("You heard the sound: your speaker works."));
  return line("good", own ? t("What you said was played back. Did you hear yourself?") : t("Two notes were played. Did you hear them?"));
}

/**
 * @param {{openMs: number, roundTrip: number} | null} socket  Milliseconds; null when it did not open.
 * @returns {Line}
 */
export function ofSocket(socket) {
  if (!socket) {
    return line("bad", t("The live connection to the site (a WebSocket) does not open."), t("A proxy or firewall may be in the way. Try another network, or ask your administrator to let WebSockets through to this site."), "SOCKET_UNREACHABLE");
  }
  if (socket.roundTrip > SLOW_ANSWER) return line("notable", t("The site answers slowly: it takes {ms} ms.", { ms: whole(socket.roundTrip) }), t("Buttons and messages will lag a little. Another network may be faster."));
  return line("good", t("The site answers within {ms} ms.", { ms: whole(socket.roundTrip) }));
}

/**
 * @typedef {object} WayFound  What became of a connection by one way.
 * @property {Way} way
 * @property {boolean} connected
 * @property {number} ms             Until it was connected, or given up.
 * @property {number | null} rtt     Milliseconds.
 * @property {number[]} ports        Where the media server listens for this way.
 * @property {boolean} offered       False when the site has nothing of the kind.
 * @property {boolean} refused       A TURN server did not take the credentials.
 * @property {boolean} relayed       A TURN server gave an address.
 * @property {{url: string, errorCode: number, errorText: string}[]} errors  What the browser complained about on the way.
 */

/**
 * @param {WayFound} found
 * @returns {Line}
 */
export function ofWay({ way, connected, ms, rtt, ports, offered, refused, relayed }) {
  const took = rtt === null ? t("connected in {ms} ms", { ms: whole(ms) }) : t("{ms} ms there and back", { ms: whole(rtt) });
  const protocol = way.toUpperCase();
  const where = ports.length === 1 ? t("{protocol} port {port}", { protocol, port: String(ports[0]) }) : t("{protocol} ports {ports}", { protocol, ports: ports.join(", ") });
  if (way === "turn") {
    if (!offered) return line("skipped", t("Not offered: this site has no TURN server for networks that let nothing else through."));
    if (connected) return line("good", t("The TURN server gets your media through: {took}.", { took }));
    if (refused) return line("bad", t("The TURN server refuses what this site tells you to say."), t("You need it only where nothing else gets through. Tell your administrator that the secrets of site and TURN server differ, or that their clocks do."), "TURN_REFUSED");
    if (relayed) return line("bad", t("The TURN server answers, and does not reach the media server."), t("You need it only where nothing else gets through. Ask your administrator to let the TURN server reach the media ports."), "TURN_UNREACHABLE");
    return line("bad", t("The TURN server cannot be reached."), t("You need it only where nothing else gets through. Your network may block it, or it may be down: ask your administrator."), "TURN_UNREACHABLE");
  }
  if (!offered) return line("skipped", t("Not offered: the media server does not listen for {protocol}.", { protocol }));
  if (connected) return line("good", t("{protocol} gets through: {took}.", { protocol, took }));
  if (way === "udp") {
    return line("bad", t("UDP does not get through to the media server."), t("Sound and picture take a detour, and may stutter. Ask your administrator to open {ports}.", { ports: where }), "MEDIA_PORT_BLOCKED");
  }
  return line("bad", t("TCP does not get through to the media server."), t("You need it only where UDP is blocked. Ask your administrator to open {ports}.", { ports: where }), "MEDIA_PORT_BLOCKED");
}

/**
 * @typedef {object} EchoFound
 * @property {boolean} connected
 * @property {Path | null} path
 * @property {Up | null} up
 * @property {Down | null} down
 * @property {Measured[]} parts    The same time in pieces, in their order.
 * @property {boolean} picture   Whether one was sent.
 * @property {boolean} sound
 * @property {boolean} moves     The picture that came back changed.
 * @property {OwnAddress[]} own  Where the browser tried it from; only known when it did not connect.
 */

/**
 * @param {EchoFound} echo
 * @returns {Line}
 */
export function ofEcho({ connected, path, up, down, picture, sound, moves }) {
  if (!connected) {
    return line("bad", t("Neither sound nor picture can reach the media server."), t("Try another network, or switch a VPN off. If it stays like this, ask your administrator to open the media ports."), "MEDIA_PORT_BLOCKED");
  }
  if (!up || !down || down.packets === 0) {
    return line("bad", t("The media server is reached, and nothing comes back from it."), t("Test again. If it stays like this, hand the report below to your administrator."), "NOTHING_ARRIVES");
  }
  if (picture && down.frames === 0) {
    return line("bad", t("Your picture comes back, and your browser cannot show it."), t("Update your browser, or use another one, then test again."), "NO_FRAME_DECODED");
  }
  const there = picture && sound ? t("Sound and picture come back") : picture ? t("The picture comes back") : t("The sound comes back");
  if (down.loss > MUCH_LOSS || (up.loss ?? 0) > MUCH_LOSS) {
    const uplink = (up.loss ?? 0) >= down.loss;
    const values = { there, loss: percent(Math.max(up.loss ?? 0, down.loss)) };
    const lost = uplink ? t("{there}, but {loss} of it is lost on the way to the media server.", values) : t("{there}, but {loss} of it is lost on the way from the media server.", values);
    return line("notable", lost, t("Go closer to your Wi-Fi, use a cable, or stop downloads; calls will stutter otherwise."), uplink ? "UPLINK_LOSS" : "DOWNLINK_LOSS");
  }
  if (up.limited === "cpu") return line("notable", t("{there}, but your computer is too busy to send a full picture.", { there }), t("Close other programs and tabs, then test again."), "SENDER_CPU");
  if ((path?.rtt ?? 0) > LONG_WAY) return line("notable", t("{there}, but late: the way there and back takes {ms} ms.", { there, ms: whole(path?.rtt ?? 0) }), t("People will talk over each other a little. Another network may be faster."));
  if (down.jitter > MUCH_JITTER) return line("notable", t("{there}, but unevenly: packets are {ms} ms apart from their time.", { there, ms: whole(down.jitter) }), t("Use a cable or go closer to your Wi-Fi; sound may crackle otherwise."));
  if (picture && (path?.available ?? Infinity) < LITTLE) return line("notable", t("{there}, but there is room for {rate} only.", { there, rate: rate(path?.available ?? 0) }), t("Stop downloads, or turn your camera off in the call; pictures will be coarse otherwise."));
  if (picture && !moves) return line("notable", t("The picture that comes back stands still."), t("Test again. If it stays like this, hand the report below to your administrator."));
  if (!path) return line("good", t("{there}, as in a call.", { there }));
  if (path.local === "relay") return line("good", t("{there} through a TURN server, as in a call.", { there }));
  return line("good", t("{there} over {protocol}, as in a call.", { there, protocol: path.protocol.toUpperCase() }));
}

/**
 * Nothing can be tried, for the media server takes nobody in.
 *
 * @param {string} code  Why `test-begin` was refused.
 * @returns {Line}
 */
export function ofNoMedia(code) {
  if (code === "MEDIA_OVERLOADED") return line("bad", t("The media server is at its limit and takes nobody in at the moment."), t("Test again in a few minutes."), "WORKER_OVERLOADED");
  if (code === "RATE_LIMITED") return line("skipped", t("You have tested often in a short time."), t("Wait a minute, then test again."));
  if (code === "CONNECTION_LOST" || code === "TIMEOUT") return line("bad", t("The connection to the site was lost while testing."), t("Check your network, then test again."), "SOCKET_UNREACHABLE");
  return line("bad", t("The part of the server that carries sound and video is not running."), t("There is nothing you can do but wait: test again in a minute, or tell your administrator."), "NO_WORKER");
}

/** A browser without WebRTC, or with none that fits. @returns {Line} */
export function ofUnsupportedBrowser() {
  return line("bad", t("This browser cannot take part in a call."), t("Use a recent version of Chrome, Edge, Firefox or Safari."), "CODEC_MISMATCH");
}

/**
 * @typedef {object} Verdict  As the server's rules give it.
 * @property {string} code
 * @property {string} severity  failing, impaired, notice or waiting.
 * @property {string} sentence
 * @property {string} action
 * @property {import("../contract.js").Verdict["words"]} [words]
 */

/**
 * @typedef {object} Conclusion
 * @property {"ready" | "limited" | "not-ready"} outcome
 * @property {string} title
 * @property {string} sentence
 * @property {string} action
 * @property {string} code
 */

/** Without these nobody is in a call. @type {readonly LineId[]} */
const VITAL = ["socket", "echo"];
/** Without these a call goes on with less. @type {readonly LineId[]} */
const WANTED = ["microphone", "camera", "speaker", "udp"];
/** These are needed where something better does not work. @type {readonly LineId[]} */
const SPARE = ["turn", "tcp"];

/**
 * The one thing to say in the end, and about what is worst. Where the server's rules have a verdict on the same trace,
 * theirs are the words.
 *
 * @param {Lines} lines  All done.
 * @param {readonly Verdict[]} verdicts  Worst first.
 * @returns {Conclusion}
 */
export function conclude(lines, verdicts) {
  const vital = VITAL.find((id) => lines[id].state !== "good" && lines[id].state !== "notable");
  if (vital) return concluded("not-ready", t("You are not ready yet"), lines[vital], verdicts);
  const wanted = WANTED.find((id) => lines[id].state === "bad") ?? LINES.find((id) => lines[id].state === "notable");
  if (wanted) return concluded("limited", t("You can join, but look at this first"), lines[wanted], verdicts);
  const worst = verdicts.find(({ severity }) => severity === "failing" || severity === "impaired");
  if (worst) return { outcome: "limited", title: t("You can join, but look at this first"), ...pick(worst) };
  const well = { outcome: /** @type {const} */ ("ready"), title: t("You are ready"), sentence: t("Microphone, camera, speaker and connection work."), action: "", code: "" };
  const spare = SPARE.find((id) => lines[id].state === "bad");
  const noticed = verdicts.find(({ severity }) => severity === "notice") ?? (spare && lines[spare]);
  return noticed ? { ...well, ...pick(noticed), sentence: `${well.sentence} ${noticed.sentence}` } : well;
}

/**
 * @param {"limited" | "not-ready"} outcome
 * @param {string} title
 * @param {Line} worst
 * @param {readonly Verdict[]} verdicts
 * @returns {Conclusion}
 */
function concluded(outcome, title, worst, verdicts) {
  const same = verdicts.find(({ code, severity }) => code === worst.code && severity !== "notice");
  // Of what never got through, the rules know why.
  const closer = ["MEDIA_PORT_BLOCKED", "SOCKET_UNREACHABLE"].includes(worst.code) ? verdicts.find(({ severity }) => severity === "failing") : undefined;
  return { outcome, title, ...pick(same ?? closer ?? worst) };
}

/** @param {{sentence: string, action: string, code: string}} of */
function pick({ sentence, action, code }) {
  return { sentence, action, code };
}

/**
 * The whole report as text, to be handed on.
 *
 * @param {object} parts
 * @param {string} parts.report      Like ABCD-1234.
 * @param {Conclusion} parts.conclusion
 * @param {Lines} parts.lines
 * @param {readonly [string, string][]} parts.numbers
 * @param {string} parts.browser
 * @param {string} parts.when
 */
export function reportText({ report, conclusion, lines, numbers, browser, when }) {
  return [
    t("Test of devices and connection, report {report}", { report }),
    when,
    `${conclusion.title}: ${[conclusion.sentence, conclusion.action].filter(Boolean).join(" ")}${conclusion.code ? ` (${conclusion.code})` : ""}`,
    "",
    ...LINES.map((id) => `${NAMES[id]}: ${[lines[id].sentence, lines[id].action].filter(Boolean).join(" ")}${lines[id].code ? ` (${lines[id].code})` : ""}`),
    "",
    ...numbers.map(([name, value]) => `${name}: ${value}`),
    browser,
  ].join("\n");
}

const UNKNOWN = "–";

/**
 * The numbers of an echo, for people: always the same ones, in the same order.
 *
 * @param {Pick<EchoFound, "path" | "up" | "down"> | null} echo
 * @returns {[string, string][]}  Name and value.
 */
export function numbersOf(echo) {
  const { path = null, up = null, down = null } = echo ?? {};
  return [
    [t("Sent"), up ? rate(up.kbps) : UNKNOWN],
    [t("Received"), down ? rate(down.kbps) : UNKNOWN],
    [t("Room to send"), path?.available ? t("at least {rate}", { rate: rate(path.available) }) : UNKNOWN],
    [t("Lost there, and back"), down ? `${typeof up?.loss === "number" ? percent(up.loss) : UNKNOWN}, ${percent(down.loss)}` : UNKNOWN],
    [t("Round trip"), typeof path?.rtt === "number" ? `${whole(path.rtt)} ms` : UNKNOWN],
    [t("Jitter"), down ? `${whole(down.jitter)} ms` : UNKNOWN],
  ];
}

/** @param {number} value */
function whole(value) {
  return String(Math.max(1, Math.round(value)));
}

/** @param {number} share */
function percent(share) {
  const value = share * 100;
  return `${value > 0 && value < 10 ? value.toFixed(1) : Math.round(value)} %`;
}

/** @param {number} kbps */
function rate(kbps) {
  return kbps < 1000 ? `${kbps} kbit/s` : `${(kbps / 1000).toFixed(1)} Mbit/s`;
}
