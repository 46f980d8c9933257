/** The trace of a page: what is taken down, when it is handed on, and that nothing else has to wait for it. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { Emitter } from "../../meetings/static/meetings/js/emitter.js";
import { ownAddressesIn, pathIn } from "../../meetings/static/meetings/js/media/path-in-use.js";
import { SignallingError } from "../../meetings/static/meetings/js/signalling/error.js";
import { Store } from "../../meetings/static/meetings/js/state/store.js";
import { ArrivalSteps, streamsIn } from "../../meetings/static/meetings/js/trace/arrival-steps.js";
import { deliverTo } from "../../meetings/static/meetings/js/trace/delivery.js";
import { noteDeviceSteps } from "../../meetings/static/meetings/js/trace/device-steps.js";
import { notePathSteps } from "../../meetings/static/meetings/js/trace/path-steps.js";
import { TraceRecorder } from "../../meetings/static/meetings/js/trace/recorder.js";
import { recordingsIn, SilenceSteps } from "../../meetings/static/meetings/js/trace/sending-steps.js";
import { noteSocketSteps } from "../../meetings/static/meetings/js/trace/socket-steps.js";

beforeEach(() => mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"], now: 1_000_000 }));
afterEach(() => mock.timers.reset());

const settle = async () => { for (let turn = 0; turn < 10; turn++) await Promise.resolve(); };

async function pass(milliseconds, each = 250) {
  for (let past = 0; past < milliseconds; past += each) {
    mock.timers.tick(each);
    await settle();
  }
}

/** Steps as `name outcome`, with what stands beside them. */
function notebook() {
  const steps = [];
  const note = (step, outcome, data) => steps.push({ step, outcome, data });
  return { steps, note, words: () => steps.map(({ step, outcome }) => `${step} ${outcome}`) };
}

// The recorder

function recorderTo(answers = []) {
  const batches = [];
  let ids = 0;
  const recorder = new TraceRecorder({
    deliver: async (batch, { last }) => {
      batches.push({ ...batch, names: batch.steps.map(({ step }) => step), last, at: Date.now() });
      return answers.shift() ?? true;
    },
    newId: () => `abcd1234-0000-4000-8000-00000000000${++ids}`,
  });
  return { recorder, batches };
}

test("steps travel together, with the time at which they happened", async () => {
  const { recorder, batches } = recorderTo();
  recorder.note("page-opened", "ok", { secure: true });
  await pass(500);
  recorder.note("microphone", "failed", { reason: "denied" });
  await pass(1_250);
  assert.deepEqual(batches, []);
  await pass(250);
  assert.equal(batches.length, 1);
  assert.deepEqual(batches[0].steps, [
    { step: "page-opened", outcome: "ok", at: 1_000_000, data: { secure: true } },
    { step: "microphone", outcome: "failed", at: 1_000_500, data: { reason: "denied" } },
  ]);
  await pass(10_000);
  assert.equal(batches.length, 1, "nothing is handed on where nothing happened");
});

test("nothing goes out while a join is on its way; what came of it follows at once", async () => {
  const { recorder, batches } = recorderTo();
  recorder.note("page-opened", "ok");
  await pass(1_000);
  recorder.note("join-asked", "ok");
  recorder.hold();
  recorder.note("socket", "ok");
  await pass(4_500);
  assert.deepEqual(batches, []);
  recorder.note("joined", "ok");
  recorder.release();
  await pass(500);
  assert.deepEqual(batches.map(({ names }) => names), [["page-opened", "join-asked", "socket", "joined"]]);
  recorder.note("connection", "ok");
  await pass(500);
  assert.equal(batches.length, 2, "in the first moments steps are handed on soon");
  await pass(10_000);
  recorder.note("track", "changed");
  await pass(1_500);
  assert.equal(batches.length, 2, "later they are gathered");
  await pass(500);
  assert.equal(batches.length, 3);
});

test("a sample of quality goes at once and takes along what was gathered, but not while a join is on its way", async () => {
  const { recorder, batches } = recorderTo([true, false]);
  recorder.hold();
  recorder.note("quality", "ok");
  await pass(250);
  assert.deepEqual(batches, []);
  recorder.release();
  await pass(12_000);
  recorder.note("track", "changed");
  recorder.note("quality", "ok");
  recorder.note("connection", "ok");
  await pass(1, 1);
  assert.deepEqual(batches.map(({ names }) => names), [["quality"], ["track", "quality", "connection"]]);
  recorder.note("quality", "ok");
  await pass(1_750);
  assert.equal(batches.length, 2, "what did not get through is not tried again any sooner");
  await pass(500);
  assert.deepEqual(batches[2].names, ["track", "quality", "connection", "quality"]);
});

test("a join that takes longer than five seconds is told of while it waits", async () => {
  const { recorder, batches } = recorderTo();
  recorder.note("join-asked", "ok");
  recorder.hold();
  await pass(5_500);
  assert.equal(batches.length, 1);
});

test("what does not get through is kept in its order and tried again, less and less often", async () => {
  const { recorder, batches } = recorderTo([false, false, false, true]);
  recorder.note("page-opened", "ok");
  await pass(2_000);
  recorder.note("camera", "ok");
  await pass(20_000);
  assert.deepEqual(batches.map(({ at }) => (at - 1_000_000) / 1000), [2, 4, 8, 16]);
  assert.deepEqual(batches.at(-1).names, ["page-opened", "camera"]);
});

test("a batch is never larger than the server takes, nor than a browser takes along when its page goes", async () => {
  const { recorder, batches } = recorderTo();
  for (let count = 0; count < 250; count++) recorder.note("quality", "ok", { count });
  await pass(10_000);
  assert.deepEqual(batches.map(({ steps }) => steps.length), [100, 100, 50]);
  for (let count = 0; count < 30; count++) recorder.note("quality", "ok", { text: "x".repeat(4_000) });
  await pass(10_000);
  assert.ok(batches.slice(3).every(({ steps }) => JSON.stringify(steps).length < 48_500));
  assert.equal(batches.slice(3).flatMap(({ steps }) => steps).length, 30);
});

test("in a long outage the quality of long ago is forgotten, and how it began is kept", async () => {
  const { recorder, batches } = recorderTo(Array(50).fill(false));
  recorder.note("page-opened", "ok");
  recorder.note("connection", "failed");
  for (let count = 0; count < 1_000; count++) recorder.note("quality", "ok", { count });
  recorder.note("connection", "ok");
  recorder.finish();
  const names = batches.flatMap((batch) => batch.names);
  assert.equal(names.length, 400);
  assert.deepEqual([names[0], names[1], names.at(-1)], ["page-opened", "connection", "connection"]);
  await settle();
});

test("the end is told at once, and what follows belongs to another attempt", async () => {
  const { recorder, batches } = recorderTo();
  assert.equal(recorder.report, "ABCD-1234");
  const first = recorder.attemptId;
  recorder.note("page-closed", "ok");
  recorder.finish();
  assert.equal(batches.length, 1);
  assert.equal(batches[0].last, true);
  recorder.begin();
  recorder.note("page-opened", "ok");
  await pass(2_000);
  assert.equal(batches[0].attemptId, first);
  assert.equal(batches[1].attemptId, recorder.attemptId);
  assert.notEqual(first, recorder.attemptId);
});

test("whatever goes wrong with handing on hurts nobody", async () => {
  const complained = mock.method(console, "error", () => {});
  const recorder = new TraceRecorder({ deliver: async () => { throw new Error("broken"); } });
  recorder.note("page-opened", "ok");
  await pass(3_000);
  recorder.note("camera", "ok");
  recorder.finish();
  await settle();
  assert.equal(complained.mock.callCount(), 2);
  complained.mock.restore();
});

// The way to the server

const batch = { attemptId: "abc", steps: [{ step: "socket", outcome: "ok", at: 1 }] };

function delivery({ open = false, response = { ok: true, status: 200, json: async () => ({ verdicts: [{ code: "SOCKET_UNREACHABLE" }] }) }, refuse = "" } = {}) {
  const heard = { posts: [], reached: [], verdicts: [], requests: [], told: [] };
  const deliver = deliverTo({
    signalling: {
      isOpen: open,
      request: async (event, data) => { heard.requests.push([event, data]); if (refuse) throw new SignallingError(refuse, "Refused"); },
      tell: (event, data) => heard.told.push([event, data]),
    },
    csrfToken: "token",
    about: () => ({ meetingId: "standup" }),
    onReach: (reached) => heard.reached.push(reached),
    onVerdicts: (verdicts) => heard.verdicts.push(verdicts),
    post: async (where, how) => { heard.posts.push([where, how]); if (response instanceof Error) throw response; return response; },
    now: () => 77,
  });
  return { deliver, heard };
}

test("steps go over the socket where it is open", async () => {
  const { deliver, heard } = delivery({ open: true });
  assert.equal(await deliver(batch, { last: false }), true);
  assert.deepEqual(heard.requests, [["trace", { ...batch, sentAt: 77 }]]);
  assert.equal(await deliver(batch, { last: true }), true);
  assert.deepEqual(heard.told, [["trace", { ...batch, sentAt: 77 }]]);
  assert.deepEqual(heard.posts, []);
});

test("a socket that goes away leaves the steps to be handed on later; a refusal does not", async () => {
  for (const [refuse, delivered] of [["CONNECTION_LOST", false], ["RATE_LIMITED", false], ["UNKNOWN_EVENT", true], ["BAD_REQUEST", true]]) {
    assert.equal(await delivery({ open: true, refuse }).deliver(batch, { last: false }), delivered, refuse);
  }
});

test("without a socket steps go by a request that outlives the page, and its answer says what is wrong", async () => {
  const { deliver, heard } = delivery();
  assert.equal(await deliver(batch, { last: false }), true);
  const [[where, { method, keepalive, headers, body }]] = heard.posts;
  assert.equal(where, "/api/meetings/attempts/abc/steps");
  assert.deepEqual({ method, keepalive, token: headers["X-CSRFToken"] }, { method: "POST", keepalive: true, token: "token" });
  assert.deepEqual(JSON.parse(body), { meetingId: "standup", sentAt: 77, steps: batch.steps });
  assert.deepEqual(heard.reached, [true]);
  assert.deepEqual(heard.verdicts, [[{ code: "SOCKET_UNREACHABLE" }]]);
});

test("a site that cannot be reached is known as such, and one that stumbles is asked again", async () => {
  const away = delivery({ response: new TypeError("no network") });
  assert.equal(await away.deliver(batch, { last: false }), false);
  assert.deepEqual(away.heard.reached, [false]);
  for (const [status, delivered] of [[503, false], [429, false], [400, true], [403, true]]) {
    const { deliver, heard } = delivery({ response: { ok: false, status } });
    assert.equal(await deliver(batch, { last: false }), delivered, status);
    assert.deepEqual(heard.reached, [true]);
  }
});

// The socket

test("a socket that opens, is long in coming, fails, and is lost", async () => {
  const { steps, note } = notebook();
  const signalling = new Emitter();
  noteSocketSteps(signalling, note);
  signalling.emit("connecting", null);
  await pass(250);
  signalling.emit("open", { reopened: false });
  await pass(10_000);
  signalling.emit("drop", { code: 1006 });
  signalling.emit("connecting", null);
  await pass(4_000);
  signalling.emit("drop", { code: 1006 });
  signalling.emit("connecting", null);
  await pass(2_000);
  signalling.emit("open", { reopened: true });
  signalling.emit("connecting", null);
  signalling.emit("closed", null);
  await pass(10_000);
  assert.deepEqual(steps, [
    { step: "socket", outcome: "ok", data: { ms: 250 } },
    { step: "socket-lost", outcome: "changed", data: { closeCode: 1006 } },
    { step: "socket", outcome: "failed", data: { ms: 4_000, closeCode: 1006 } },
    { step: "socket", outcome: "waiting", data: { seconds: 5 } },
    { step: "socket", outcome: "ok", data: { ms: 2_000 } },
  ]);
});

// Own devices

class Track extends EventTarget {
  constructor(id = "track", muted = false) {
    super();
    Object.assign(this, { id, muted, enabled: true });
  }
  happens(event) {
    this.dispatchEvent(new Event(event));
  }
}

function devices() {
  const { steps, note, words } = notebook();
  const off = { on: true, track: null, asking: false, problem: null, systemMuted: false, id: "" };
  const store = new Store({ microphone: off, camera: off });
  const screenShare = Object.assign(new Emitter(), { track: null });
  noteDeviceSteps({ local: { store }, screenShare, note });
  const set = (device, fields) => store.update((state) => ({ ...state, [device]: { ...state[device], ...fields } }));
  return { steps, words, set, screenShare };
}

test("a device that is granted, turned off and on, and muted and taken away by the system", () => {
  const { steps, set } = devices();
  const track = new Track();
  set("microphone", { asking: true });
  set("microphone", { asking: false, track });
  set("microphone", { on: false });
  set("microphone", { on: true });
  for (const event of ["mute", "unmute", "ended"]) track.happens(event);
  assert.deepEqual(steps, [
    { step: "microphone", outcome: "ok", data: { on: true } },
    { step: "microphone", outcome: "changed", data: { on: false } },
    { step: "microphone", outcome: "changed", data: { on: true } },
    { step: "track", outcome: "changed", data: { source: "mic", what: "muted" } },
    { step: "track", outcome: "changed", data: { source: "mic", what: "unmuted" } },
    { step: "track", outcome: "changed", data: { source: "mic", what: "ended" } },
  ]);
});

test("a device that is refused says why, one that is muted already says so, and a question without an answer is waited for", async () => {
  const { steps, words, set } = devices();
  const reasons = [["denied", "denied"], ["denied-by-system", "denied"], ["missing", "none"], ["busy", "busy"], ["insecure", "unknown"], ["failed", "unknown"]];
  for (const [problem, reason] of reasons) {
    set("camera", { problem, on: false });
    assert.equal(steps.at(-1).data.reason, reason, problem);
  }
  set("camera", { problem: null, on: true, track: new Track("dark", true) });
  assert.deepEqual(words().slice(-2), ["camera ok", "track changed"]);
  set("microphone", { asking: true });
  await pass(5_000);
  assert.deepEqual(steps.at(-1), { step: "microphone", outcome: "waiting", data: { seconds: 5 } });
});

test("a screen is muted by the system and ended by its owner", () => {
  const { words, screenShare } = devices();
  const track = new Track();
  screenShare.track = track;
  screenShare.emit("changed", null);
  track.happens("mute");
  track.happens("ended");
  assert.deepEqual(words(), ["track changed"]);
});

test("a microphone that is on and gives no sound at all, and then does", async () => {
  const { steps, note } = notebook();
  let recordings = [{ trackId: "a", source: "mic", count: 0.5 }];
  const silence = new SilenceSteps({ note, recordings: async () => recordings });
  silence.start();
  await pass(7_500, 2_500);
  assert.deepEqual(steps, [{ step: "silence", outcome: "failed", data: { source: "mic" } }]);
  await pass(30_000, 2_500);
  assert.equal(steps.length, 1, "it is told once");
  recordings = [{ trackId: "a", source: "mic", count: 0.6 }];
  await pass(2_500, 2_500);
  assert.deepEqual(steps[1], { step: "silence", outcome: "ok", data: { source: "mic" } });
  silence.stop();
  await pass(30_000, 2_500);
  assert.equal(steps.length, 2);
});

test("what is off, muted or paused is not expected to record", () => {
  const stats = new Map([
    ["1", { type: "media-source", kind: "audio", trackIdentifier: "a", totalAudioEnergy: 0 }],
    ["2", { type: "media-source", kind: "video", trackIdentifier: "v", frames: 9 }],
    ["3", { type: "media-source", kind: "audio", trackIdentifier: "untold" }],
  ]);
  const track = (id, more = {}) => ({ id, enabled: true, muted: false, ...more });
  const sent = [{ source: "mic", track: track("a"), paused: false }, { source: "camera", track: track("v"), paused: false }];
  assert.deepEqual(recordingsIn(stats, sent).map(({ source, count }) => [source, count]), [["mic", 0], ["camera", 9]]);
  for (const one of [
    { source: "mic", track: track("a", { enabled: false }), paused: false },
    { source: "mic", track: track("a", { muted: true }), paused: false },
    { source: "mic", track: track("a"), paused: true },
    { source: "mic", track: track("untold"), paused: false },
    { source: "screen", track: track("v"), paused: false },
    { source: "mic", track: null, paused: false },
  ]) assert.deepEqual(recordingsIn(stats, [one]), []);
});

// The transports

const udpPath = [
  ["t", { type: "transport", selectedCandidatePairId: "p" }],
  ["p", { type: "candidate-pair", localCandidateId: "l", remoteCandidateId: "r", currentRoundTripTime: 0.0123 }],
  ["l", { type: "local-candidate", candidateType: "srflx", protocol: "udp", address: "192.0.2.7", port: 5000 }],
  ["r", { type: "remote-candidate", address: "198.51.100.9", port: 44444 }],
];
const relayPath = [
  ["p", { type: "candidate-pair", selected: true, localCandidateId: "l", remoteCandidateId: "r" }],
  ["l", { type: "local-candidate", candidateType: "relay", protocol: "udp", relayProtocol: "tcp", address: "203.0.113.1", port: 6000, url: "turn:turn.example:3478" }],
  ["r", { type: "remote-candidate", address: "2001:db8::1", port: 44444 }],
];

test("the path in use is read from statistics, of browsers that name it and of those that mark it", () => {
  assert.deepEqual(pathIn(new Map(udpPath)), { local: "srflx", protocol: "udp", remote: "198.51.100.9:44444", rtt: 12 });
  assert.deepEqual(pathIn(new Map(relayPath)), { local: "relay", protocol: "tcp", remote: "[2001:db8::1]:44444" });
  assert.equal(pathIn(new Map(udpPath.slice(0, 1))), null);
  assert.deepEqual(ownAddressesIn(new Map(relayPath)), [{ type: "relay", protocol: "udp", address: "203.0.113.1", port: 6000 }]);
});

function transport() {
  const one = Object.assign(new Emitter(), { closed: false, stats: new Map(), observer: new Emitter() });
  return Object.assign(one, { getStats: async () => one.stats });
}

test("a path from its first address to its change", async () => {
  const { steps, note, words } = notebook();
  const session = new Emitter();
  const { look } = notePathSteps(session, note);
  const [send, recv] = [transport(), transport()];
  session.emit("transports", { transports: { send, recv }, turn: true, policy: "all" });
  send.emit("connectionstatechange", "connecting");
  send.stats = new Map(udpPath);
  send.emit("icegatheringstatechange", "complete");
  await settle();
  send.emit("connectionstatechange", "connected");
  await settle();
  look("send", send.stats);
  assert.deepEqual(words(), ["transports ok", "connection changed", "candidates ok", "connection ok", "path ok"]);
  assert.deepEqual(steps[0].data, { turn: true, policy: "all" });
  assert.deepEqual(steps.at(-1).data, { direction: "send", local: "srflx", protocol: "udp", remote: "198.51.100.9:44444", rtt: 12 });
  look("send", new Map(relayPath));
  assert.deepEqual(words().slice(5), ["path changed"]);
});

test("a path that does not come about: waited for, TURN refused once for each reason, failed", async () => {
  const { steps, note, words } = notebook();
  const session = new Emitter();
  notePathSteps(session, note);
  const [send, recv] = [transport(), transport()];
  session.emit("transports", { transports: { send, recv }, turn: true, policy: "all" });
  recv.emit("connectionstatechange", "connecting");
  for (let address = 0; address < 3; address++) recv.emit("icecandidateerror", { url: "turn:turn.example:3478?transport=udp", errorCode: 401, errorText: "Unauthorized\u0000" });
  recv.emit("icecandidateerror", { url: "stun:stun.example", errorCode: 701 });
  recv.stats = new Map(relayPath);
  await pass(5_000);
  recv.emit("connectionstatechange", "failed");
  await settle();
  assert.deepEqual(words(), ["transports ok", "connection changed", "turn failed", "connection waiting", "candidates ok", "turn ok", "connection failed"]);
  assert.deepEqual(steps[2].data, { url: "turn:turn.example:3478?transport=udp", errorCode: 401, text: "Unauthorized " });
  assert.deepEqual(steps[3].data, { direction: "recv", state: "connecting", seconds: 5 });
  send.emit("connectionstatechange", "connecting");
  send.closed = true;
  send.observer.emit("close");
  await pass(10_000);
  assert.equal(words().filter((word) => word === "connection waiting").length, 1);
});

// What arrives

const stream = (participantId, source, more = {}) => ({
  consumerId: `${participantId}-${source}`, participantId, source, kind: source === "mic" ? "audio" : "video", packets: 0, frames: 0, keyFrames: 0, energy: 0, ...more,
});

function arrivals() {
  const book = notebook();
  const scene = { calm: true, streams: [] };
  const steps = new ArrivalSteps({ note: book.note, calm: () => scene.calm, streams: async () => scene.streams });
  steps.asked();
  return { ...book, scene, arrival: steps };
}

test("first packets, picture and sound are told once for each source, with the time since the join was asked for", async () => {
  const { steps, words, scene, arrival } = arrivals();
  scene.streams = [stream("bob", "camera"), stream("bob", "mic")];
  arrival.start();
  await pass(500);
  scene.streams = [stream("bob", "camera", { packets: 9 }), stream("bob", "mic", { packets: 1 })];
  await pass(500);
  scene.streams = [stream("bob", "camera", { packets: 30, frames: 1 }), stream("bob", "mic", { packets: 9, energy: 0.1 })];
  await pass(500);
  assert.deepEqual(words(), ["first-packet ok", "first-packet ok", "first-frame ok", "first-sound ok"]);
  assert.deepEqual(steps.map(({ data }) => [data.source, data.ms]), [["camera", 750], ["mic", 750], ["camera", 1250], ["mic", 1250]]);
  arrival.stop();
});

test("with many people the first four tell enough", async () => {
  const { steps, scene, arrival } = arrivals();
  scene.streams = Array.from({ length: 9 }, (_, index) => stream(`p${index}`, "camera", { packets: 5, frames: 2 }));
  arrival.start();
  await pass(500);
  assert.equal(new Set(steps.map(({ data }) => data.participantId)).size, 4);
  arrival.stop();
});

test("what does not come is waited for after five seconds, and its coming is told", async () => {
  const { steps, scene, arrival } = arrivals();
  scene.streams = [stream("bob", "camera"), stream("bob", "mic")];
  arrival.start();
  await pass(4_750);
  assert.deepEqual(steps, []);
  scene.streams = [stream("bob", "camera", { packets: 40 }), stream("bob", "mic")];
  await pass(750);
  const waiting = steps.filter(({ outcome }) => outcome === "waiting");
  assert.deepEqual(waiting.map(({ data: { source, seconds, packets, frames } }) => ({ source, seconds, packets, frames })), [
    { source: "camera", seconds: 5, packets: 40, frames: 0 },
    { source: "mic", seconds: 5, packets: 0, frames: 0 },
  ]);
  await pass(20_000);
  scene.streams = [stream("bob", "camera", { packets: 80, frames: 3 }), stream("bob", "mic")];
  await pass(1_000);
  const over = steps.filter(({ step, outcome }) => step === "no-media" && outcome === "ok");
  assert.equal(over.length, 1);
  assert.equal(over[0].data.source, "camera");
  scene.streams = [];
  await pass(1_000);
  assert.deepEqual(steps.at(-1).data, { participantId: "bob", source: "mic", consumerId: "bob-mic", expected: false });
  arrival.stop();
});

test("a camera that stops is waited for, a screen that nobody touches is not", async () => {
  const { words, scene, arrival } = arrivals();
  scene.streams = [stream("bob", "camera"), stream("bob", "screen")];
  arrival.start();
  await pass(250);
  scene.streams = [stream("bob", "camera", { packets: 50, frames: 9 }), stream("bob", "screen", { packets: 50, frames: 9 })];
  await pass(30_000);
  assert.deepEqual(words().filter((word) => word.startsWith("no-media")), ["no-media waiting"]);
  arrival.stop();
});

test("while media are away nothing is waited for", async () => {
  const { steps, scene, arrival } = arrivals();
  scene.streams = [stream("bob", "camera")];
  arrival.start();
  await pass(3_000);
  scene.calm = false;
  await pass(30_000);
  scene.calm = true;
  await pass(4_000);
  assert.deepEqual(steps, []);
  arrival.stop();
});

test("streams are read from what a transport's statistics say", () => {
  const received = [{ participantId: "bob", source: "camera", kind: "video", consumer: { id: "1", track: { id: "v" } } }, { participantId: "bob", source: "mic", kind: "audio", consumer: { id: "2", track: { id: "a" } } }];
  const stats = new Map([["1", { type: "inbound-rtp", trackIdentifier: "v", packetsReceived: 8, framesDecoded: 3, keyFramesDecoded: 1 }]]);
  assert.deepEqual(streamsIn(stats, received), [
    { consumerId: "1", participantId: "bob", source: "camera", kind: "video", packets: 8, frames: 3, keyFrames: 1, energy: 0 },
    { consumerId: "2", participantId: "bob", source: "mic", kind: "audio", packets: 0, frames: 0, keyFrames: 0, energy: 0 },
  ]);
});
