/** The call: what it asks for, and when, while things break and come back. Sockets and media are held by the test. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { Call } from "../../meetings/static/meetings/js/call.js";
import { Emitter } from "../../meetings/static/meetings/js/emitter.js";
import { SignallingError } from "../../meetings/static/meetings/js/signalling/error.js";
import { initialState } from "../../meetings/static/meetings/js/state/meeting-state.js";
import { Store } from "../../meetings/static/meetings/js/state/store.js";

let store;
let signalling;
let session;
let call;

class Wire extends Emitter {
  isOpen = true;
  joins = [];
  checks = 0;
  told = [];
  request(event, data) {
    return new Promise((resolve, reject) => this.joins.push({ event, data, resolve, reject }));
  }
  tell(event, data) {
    this.told.push({ event, data });
  }
  open() {}
  close() {}
  check() {
    this.checks += 1;
  }
}

class Media extends Emitter {
  followed = [];
  lost = [];
  publisher = { set: async () => {}, remove: async () => {} };
  subscriber = Object.assign(new Emitter(), { all: () => [], drop() {}, asked: [], async consume(ids) { this.asked.push(ids); } });
  lacking() { return ["a"]; }
  joinFields() { return {}; }
  async arrivals() { return []; }
  still = [];
  async pictures() { return this.still; }
  async follow(reply) {
    this.followed.push(reply);
    this.emit("health", "live");
  }
  lose(how) {
    this.lost.push(how);
    this.emit("health", "lost");
  }
  left = [];
  leaveFor(meetingId) {
    this.left.push(meetingId);
    this.emit("health", "none");
  }
  close() {}
}

const off = { track: null, on: false };
const reply = { participantId: "me", role: "attendee", participants: [], producers: [], resumeToken: "token", state: { ownProducers: [] } };
const push = (event, data = {}) => signalling.emit("push", { event, data });
const settle = async () => { for (let turn = 0; turn < 10; turn++) await Promise.resolve(); };
const joinsAsked = () => signalling.joins.filter(({ event }) => event === "join-meeting").length;

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"] });
  store = new Store(initialState());
  signalling = new Wire();
  session = new Media();
  const local = { store: new Store({ microphone: off, camera: off }), state: { microphone: off, camera: off } };
  const screenShare = Object.assign(new Emitter(), { track: null, audioTrack: null });
  call = new Call({ config: { meetingId: "standup" }, store, signalling, session, local, screenShare, attemptId: () => "attempt" });
});

afterEach(async () => {
  await Promise.race([call.leave(), settle()]);
  mock.timers.reset();
});

async function joined() {
  call.join({ displayName: "Ada" });
  signalling.joins[0].resolve(reply);
  await settle();
  assert.equal(store.state.phase, "joined");
}

test("media that were lost and restored at once are taken up once, with a single join", async () => {
  await joined();
  push("media-lost", { gone: true, incidentId: "one" });
  assert.deepEqual(session.lost, [{ gone: true }]);
  push("media-restored");
  mock.timers.tick(0);
  assert.equal(joinsAsked(), 2);
  mock.timers.tick(5_000);
  assert.equal(joinsAsked(), 2, "a second join on its way would be answered with what is old by then");
  signalling.joins[1].resolve(reply);
  await settle();
  assert.equal(session.followed.length, 2);
  mock.timers.tick(20_000);
  assert.equal(joinsAsked(), 2);
});

test("media that move to another worker go on until the resume has brought what takes their place", async () => {
  await joined();
  push("media-lost", { reason: "It moves.", moved: true });
  assert.deepEqual(session.lost, []);
  push("media-restored");
  mock.timers.tick(0);
  assert.equal(joinsAsked(), 2);
});

test("word that media are back, which comes after the answer that brought them, asks for nothing", async () => {
  await joined();
  push("media-lost", {});
  mock.timers.tick(1_000);
  assert.equal(joinsAsked(), 2);
  signalling.joins[1].resolve(reply);
  await settle();
  push("media-restored");
  mock.timers.tick(20_000);
  assert.equal(joinsAsked(), 2);
});

test("media that are lost again while they are taken up are taken up again", async () => {
  await joined();
  push("media-lost", { gone: true });
  push("media-restored");
  mock.timers.tick(0);
  signalling.joins[1].reject(new SignallingError("MEDIA_UNAVAILABLE", "Gone again"));
  await settle();
  push("media-lost", { gone: true });
  push("media-restored");
  mock.timers.tick(0);
  assert.equal(joinsAsked(), 3);
});

test("a join is asked for again while a part of the site is away, and refused with that code in the end", async () => {
  call.join({ displayName: "Ada" });
  const away = () => new SignallingError("SERVICE_UNAVAILABLE", "Away", "", 1);
  for (let asked = 0; asked < 3; asked++) {
    signalling.joins[asked].reject(away());
    await settle();
    assert.equal(store.state.phase, "joining");
    mock.timers.tick(4_000);
  }
  assert.equal(joinsAsked(), 4);
  signalling.joins[3].reject(away());
  await settle();
  mock.timers.tick(20_000);
  assert.equal(store.state.phase, "refused");
  assert.equal(store.state.refusal, "SERVICE_UNAVAILABLE");
});

test("what everybody begins to send at once is asked for in one request", async () => {
  await joined();
  for (const producerId of ["a", "b", "c"]) push("new-producer", { participantId: "bob", producerId, kind: "video", source: "camera" });
  mock.timers.tick(20);
  assert.deepEqual(session.subscriber.asked, [["a", "b", "c"]]);
  push("new-producer", { participantId: "bob", producerId: "d", kind: "audio", source: "mic" });
  mock.timers.tick(20);
  assert.deepEqual(session.subscriber.asked[1], ["d"]);
});

test("what is sent and not received is asked for again, less and less often while that does not help", async () => {
  await joined();
  const asked = [];
  for (let second = 1; second <= 60; second++) {
    const before = session.subscriber.asked.length;
    mock.timers.tick(1_000);
    mock.timers.tick(20);
    if (session.subscriber.asked.length > before) asked.push(second);
  }
  assert.deepEqual(asked, [2, 6, 14, 30]);
  assert.deepEqual(session.subscriber.asked[0], ["a"]);
});

test("while media are lost nothing is asked for that is missing", async () => {
  await joined();
  push("media-lost", { gone: true });
  for (let second = 0; second < 5; second++) mock.timers.tick(1_000);
  assert.deepEqual(session.subscriber.asked, []);
});

test("what cannot be received is told once, however often it is asked for", async () => {
  await joined();
  const told = [];
  call.on("trouble", (trouble) => told.push(trouble.code));
  for (let time = 0; time < 3; time++) session.subscriber.emit("failed", { producerId: "a", code: "CANNOT_CONSUME" });
  assert.deepEqual(told, ["CANNOT_CONSUME"]);
});

test("a disturbed path makes the socket be looked at", async () => {
  await joined();
  session.emit("health", "disturbed");
  assert.equal(signalling.checks, 1);
});

test("a picture that never comes is asked for on the socket, and a refusal troubles nobody", async () => {
  await joined();
  const told = [];
  call.on("trouble", (trouble) => told.push(trouble.code));
  session.still = [{ consumerId: "picture", source: "camera", frames: 0 }];
  for (let second = 0; second < 5; second++) {
    mock.timers.tick(1_000);
    await settle();
  }
  const asked = signalling.joins.filter(({ event }) => event === "request-key-frame");
  assert.equal(asked.length, 1);
  asked[0].reject(new SignallingError("CONSUMER_NOT_FOUND", "Gone"));
  await settle();
  assert.deepEqual(told, []);
});

test("a join says under which attempt the server keeps what becomes of it", async () => {
  await joined();
  assert.equal(signalling.joins[0].data.attemptId, "attempt");
});

test("what is wrong is known while a join is on its way and during the call, and told on each socket anew", async () => {
  const verdict = { code: "STILL_WAITING", severity: "waiting", sentence: "It takes long.", action: "", about: null };
  call.join({ displayName: "Ada" });
  push("verdict", { verdicts: [verdict], report: "ABCD-1234" });
  assert.deepEqual(store.state.verdicts, [verdict]);
  signalling.joins[0].resolve(reply);
  await settle();
  push("verdict", { verdicts: [], report: "ABCD-1234" });
  assert.deepEqual(store.state.verdicts, []);
  push("verdict", { verdicts: [verdict], report: "ABCD-1234" });
  push("participant-trouble", { participantId: "bob", verdicts: [verdict] });
  assert.deepEqual(store.state.troubles.get("bob")[0], verdict);
  signalling.emit("open", { reopened: true });
  assert.deepEqual([store.state.verdicts, store.state.troubles.size], [[], 0]);
});

test("a bot that does not come after all is told of; what was told without waiting for an answer is not", async () => {
  await joined();
  const told = [];
  call.on("trouble", ({ code, during }) => told.push([code, during]));
  call.on("botStaysAway", ({ code, details }) => told.push([code, details]));
  push("error", { event: "invite-bot", code: "MEETING_FULL", details: "Nobody fits in." });
  push("error", { event: "gap-report", code: "RATE_LIMITED" });
  assert.deepEqual(told, [["MEETING_FULL", "Nobody fits in."]]);
});

const main = { roomId: null, name: "Standup", code: "standup" };
const red = { roomId: "red-id", name: "Red", code: "red" };
const inRed = { ...reply, resumeToken: "of-red", breakout: { state: "open", closesIn: null, main, isIn: "red-id", room: red, called: true } };
const places = () => signalling.joins.filter(({ event }) => event === "join-meeting").map(({ data }) => data.meetingId);
const answerJoin = async (with_) => {
  signalling.joins.filter(({ event }) => event === "join-meeting").at(-1).resolve(with_);
  await settle();
};

test("called to a breakout room, the call goes on there on the same socket, and comes back when the room ends", async () => {
  await joined();
  push("breakout-assigned", red);
  assert.deepEqual(session.left, ["red"]);
  assert.equal(store.state.producers.size, 0);
  const { data } = signalling.joins.at(-1);
  assert.equal(data.resumeToken, undefined, "who I was in the main room I am not there");
  await answerJoin(inRed);
  assert.equal(store.state.breakout.isIn, "red-id");
  assert.equal(session.followed.length, 2);
  push("meeting-ended");
  await settle();
  assert.equal(store.state.phase, "joined");
  await answerJoin(reply);
  assert.deepEqual(places(), ["standup", "red", "standup"]);
  assert.equal(store.state.breakout.isIn, null);
});

test("a socket that breaks in a room goes on in the room", async () => {
  await joined();
  push("breakout-assigned", red);
  await answerJoin(inRed);
  signalling.emit("drop", { refusal: null });
  signalling.emit("open", { reopened: true });
  await settle();
  assert.deepEqual({ ...signalling.joins.at(-1).data, displayName: undefined, attemptId: undefined }, { meetingId: "red", resumeToken: "of-red", displayName: undefined, attemptId: undefined });
});

test("a room that closed while the socket was away leads back to the main room, and does not call again", async () => {
  await joined();
  push("breakout-assigned", red);
  signalling.joins.at(-1).reject(new SignallingError("MEETING_ENDED", "The meeting has ended", "join-meeting"));
  await settle();
  await answerJoin({ ...reply, breakout: { ...inRed.breakout, isIn: null } });
  assert.deepEqual(places(), ["standup", "red", "standup"]);
  assert.equal(store.state.phase, "joined");
});

test("whoever loads the page anew is called to their room, unless they went back by their own will", async () => {
  call.join({ displayName: "Ada" });
  await answerJoin({ ...reply, breakout: { ...inRed.breakout, isIn: null, called: true } });
  assert.deepEqual(places(), ["standup", "red"]);
  assert.equal(session.followed.length, 0, "no media are made where nobody stays");
  await answerJoin(inRed);
  const back = call.follow("leave-breakout");
  signalling.joins.at(-1).resolve(main);
  await back;
  await answerJoin({ ...reply, breakout: { ...inRed.breakout, isIn: null, called: false } });
  assert.deepEqual(places(), ["standup", "red", "standup"]);
});

test("sent on while on the way, I go where I was sent last", async () => {
  await joined();
  push("breakout-assigned", red);
  push("breakout-assigned", { roomId: "blue-id", name: "Blue", code: "blue" });
  await answerJoin(inRed);
  assert.deepEqual(places(), ["standup", "red", "blue"]);
  assert.equal(session.followed.length, 1);
});

test("the end of the meeting itself ends the call", async () => {
  await joined();
  push("meeting-ended");
  await settle();
  assert.equal(store.state.phase, "ended");
});

test("whoever ends the meeting for everybody is out of it with the answer, and stays where that is refused", async () => {
  await joined();
  void call.endForAll();
  const refused = signalling.joins.at(-1);
  assert.equal(refused.event, "end-meeting");
  refused.reject(new SignallingError("NOT_ALLOWED", "Only the host may do that."));
  await settle();
  assert.equal(store.state.phase, "joined");
  void call.endForAll();
  signalling.joins.at(-1).resolve({});
  await settle();
  assert.equal(store.state.phase, "ended");
});
