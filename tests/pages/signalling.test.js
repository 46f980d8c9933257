import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { reconnectDelay } from "../../meetings/static/meetings/js/signalling/backoff.js";
import { SignallingError } from "../../meetings/static/meetings/js/signalling/error.js";
import { Signalling } from "../../meetings/static/meetings/js/signalling/signalling.js";
import { socketUrl } from "../../meetings/static/meetings/js/signalling/socket-url.js";
import { FakeSocket } from "./fake-socket.js";

let sockets = [];
const last = () => sockets.at(-1);

beforeEach(() => {
  sockets = [];
  mock.timers.reset();
});

function make(options = {}) {
  const connect = (url, protocol) => {
    const socket = new FakeSocket(url, protocol);
    sockets.push(socket);
    return socket;
  };
  return new Signalling({ url: "ws://host/ws/signaling/", connect, delay: () => 500, ...options });
}

function opened(options) {
  const signalling = make(options);
  signalling.open();
  last().open();
  return signalling;
}

test("speaks kcs.v1 to the address it was given, and opens one socket only", () => {
  const signalling = make();
  signalling.open();
  signalling.open();
  assert.equal(sockets.length, 1);
  assert.equal(last().protocol, "kcs.v1");
  assert.equal(last().url, "ws://host/ws/signaling/");
  signalling.close();
});

test("requests go out in the order of the calls, each with an id of its own", () => {
  const signalling = opened();
  for (const event of ["join-meeting", "create-transport", "produce"]) signalling.request(event, { event }).catch(() => {});
  assert.deepEqual(last().requests.map((frame) => frame.event), ["join-meeting", "create-transport", "produce"]);
  assert.equal(new Set(last().requests.map((frame) => frame.id)).size, 3);
  assert.deepEqual(last().requests[2].data, { event: "produce" });
  signalling.close();
});

test("answers in any order reach the request they belong to", async () => {
  const signalling = opened();
  const first = signalling.request("a");
  const second = signalling.request("b");
  const [a, b] = last().requests;
  last().say({ id: b.id, event: "b-done", data: { of: "b" } });
  last().say({ id: a.id, event: "a-done", data: { of: "a" } });
  assert.deepEqual(await Promise.all([first, second]), [{ of: "a" }, { of: "b" }]);
  signalling.close();
});

test("a refusal carries code, message, details and how long to wait", async () => {
  const signalling = opened();
  const asked = signalling.request("produce");
  last().say({ id: last().requests[0].id, event: "error", data: { event: "produce", code: "RATE_LIMITED", message: "Too many requests", details: "Wait.", retryAfter: 2 } });
  await assert.rejects(asked, (error) => {
    assert.ok(error instanceof SignallingError);
    assert.deepEqual([error.code, error.summary, error.details, error.retryAfter], ["RATE_LIMITED", "Too many requests", "Wait.", 2]);
    return true;
  });
  signalling.close();
});

test("a request settles once: a second answer, and one after the time-out, change nothing", async () => {
  mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"] });
  const signalling = opened({ requestTimeout: 1000 });
  const answered = signalling.request("a");
  const { id } = last().requests[0];
  last().say({ id, event: "a-done", data: { answer: 1 } });
  last().say({ id, event: "error", data: { code: "INTERNAL_ERROR" } });
  assert.deepEqual(await answered, { answer: 1 });

  const late = signalling.request("b");
  mock.timers.tick(1000);
  last().say({ id: last().requests[1].id, event: "b-done", data: {} });
  await assert.rejects(late, { code: "TIMEOUT" });
  assert.equal(signalling.log.snapshot().requests[1].outcome, "TIMEOUT");
  signalling.close();
});

test("pushes arrive in order, apart from answers; junk is passed over", () => {
  const signalling = opened();
  const heard = [];
  signalling.on("push", ({ event, data }) => heard.push([event, data]));
  last().say({ event: "new-producer", data: { producerId: "1" } });
  last().say("not json");
  last().say("null");
  last().say({ id: 999, event: "who-asked", data: {} });
  last().say({ event: "producer-closed", data: { producerId: "1" } });
  assert.deepEqual(heard, [["new-producer", { producerId: "1" }], ["producer-closed", { producerId: "1" }]]);
  signalling.close();
});

test("a listener that throws does not keep the others from hearing", () => {
  const error = mock.method(console, "error", () => {});
  const signalling = opened();
  const heard = [];
  signalling.on("push", () => {
    throw new Error("broken");
  });
  signalling.on("push", ({ event }) => heard.push(event));
  last().say({ event: "active-speaker", data: {} });
  assert.deepEqual(heard, ["active-speaker"]);
  assert.equal(error.mock.callCount(), 1);
  error.mock.restore();
  signalling.close();
});

test("without a socket a request is refused at once and never sent later", async () => {
  const signalling = make();
  await assert.rejects(signalling.request("produce"), { code: "CONNECTION_LOST" });
  signalling.open();
  await assert.rejects(signalling.request("produce"), { code: "CONNECTION_LOST" });
  last().open();
  assert.deepEqual(last().requests, []);
  signalling.close();
});

test("a dropped socket fails what was waiting, once, and a new one is opened after the delay", async () => {
  mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"] });
  const delays = [];
  const signalling = opened({ delay: (attempt) => (delays.push(attempt), 500) });
  const events = [];
  signalling.on("drop", ({ refusal }) => events.push(`drop ${refusal}`));
  signalling.on("open", ({ reopened }) => events.push(`open ${reopened}`));
  const waiting = signalling.request("produce");
  last().drop();
  await assert.rejects(waiting, { code: "CONNECTION_LOST" });
  assert.equal(sockets.length, 1);
  mock.timers.tick(500);
  assert.equal(sockets.length, 2);
  last().drop();
  mock.timers.tick(500);
  last().open();
  assert.deepEqual(delays, [0, 1]);
  assert.deepEqual(events, ["drop null", "drop null", "open true"]);
  last().drop();
  assert.equal(delays.at(-1), 2, "a socket that opened and said nothing has not helped");
  mock.timers.tick(500);
  last().open();
  last().say({ event: "active-speaker", data: {} });
  last().drop();
  assert.equal(delays.at(-1), 0, "after one that spoke the wait starts small again");
  signalling.close();
});

test("who resumes as soon as the socket opens is first on the wire", () => {
  mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"] });
  const signalling = opened();
  signalling.on("open", () => void signalling.request("join-meeting", { resumeToken: "t" }).catch(() => {}));
  last().drop();
  mock.timers.tick(500);
  signalling.request("pause-producer").catch(() => {});
  last().open();
  signalling.request("resume-producer").catch(() => {});
  assert.deepEqual(last().requests.map((frame) => frame.event), ["join-meeting", "resume-producer"]);
  signalling.close();
});

test("what an old socket still says or does is of no interest", () => {
  mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"] });
  const signalling = opened();
  const old = last();
  const { onmessage, onclose } = old;
  old.drop();
  mock.timers.tick(500);
  last().open();
  const heard = [];
  signalling.on("push", ({ event }) => heard.push(event));
  onmessage({ data: JSON.stringify({ event: "late", data: {} }) });
  onclose({ code: 1006, reason: "" });
  assert.deepEqual(heard, []);
  assert.equal(signalling.isOpen, true);
  signalling.close();
});

test("a final close code ends the attempts", () => {
  mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"] });
  const signalling = opened();
  const drops = [];
  signalling.on("drop", (drop) => drops.push(drop));
  last().drop(4409);
  mock.timers.tick(60_000);
  assert.equal(sockets.length, 1);
  assert.deepEqual(drops, [{ code: 4409, reason: "", refusal: "TAKEN_OVER" }]);
});

test("closing is final, idempotent, and fails what was waiting", async () => {
  mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"] });
  const signalling = opened();
  const waiting = signalling.request("produce");
  signalling.close();
  signalling.close();
  await assert.rejects(waiting, { code: "CONNECTION_LOST" });
  assert.deepEqual(last().closedWith, { code: 1000, reason: "left" });
  mock.timers.tick(60_000);
  assert.equal(sockets.length, 1);
  signalling.open();
  assert.equal(sockets.length, 2, "and it can be opened again");
  signalling.close();
});

test("the network coming back cuts the wait short", () => {
  mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"] });
  const signalling = opened({ delay: () => 8000 });
  last().drop();
  signalling.retryNow();
  signalling.retryNow();
  assert.equal(sockets.length, 2);
  mock.timers.tick(7999);
  assert.equal(sockets.length, 2, "the attempt that was planned is not made as well");
  signalling.close();
});

test("a socket that never opens gives way to the next attempt", () => {
  mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"] });
  const signalling = make();
  signalling.open();
  mock.timers.tick(8000);
  assert.equal(sockets[0].closedWith.code, 4000);
  mock.timers.tick(500);
  assert.equal(sockets.length, 2);
  signalling.close();
});

test("a socket that has gone silent is given up; one that talks is not", async () => {
  mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"] });
  const signalling = opened();
  const drops = [];
  signalling.on("drop", ({ reason }) => drops.push(reason));
  mock.timers.tick(10_000);
  assert.equal(last().sent.at(-1).event, "ping");
  mock.timers.tick(2_000);
  last().say({ event: "active-speaker", data: {} });
  mock.timers.tick(3_000);
  await settled();
  assert.deepEqual(drops, [], "the pong is late, but the server is alive");
  mock.timers.tick(5_000);
  mock.timers.tick(5_000);
  await settled();
  assert.deepEqual(drops, ["silent"]);
  signalling.close();
});

test("a last word goes out without waiting for an answer", () => {
  const signalling = opened();
  signalling.tell("leave-meeting");
  assert.deepEqual(last().requests, [{ event: "leave-meeting", data: {} }]);
  signalling.close();
});

test("the wire log tells when what was asked and answered, and holds no payloads", async () => {
  const signalling = opened();
  const asked = signalling.request("join-meeting", { passcode: "secret" });
  last().say({ id: last().requests[0].id, event: "meeting-joined", data: {} });
  await asked;
  const { opens, requests } = signalling.log.snapshot();
  assert.equal(opens.length, 1);
  assert.equal(requests.length, 1);
  assert.deepEqual(Object.keys(requests[0]).sort(), ["event", "id", "outcome", "sentAt", "settledAt"]);
  assert.equal(requests[0].outcome, "ok");
  assert.ok(requests[0].settledAt >= requests[0].sentAt && requests[0].sentAt >= opens[0]);
  signalling.close();
});

test("waits grow from a blink to eight seconds and are spread", () => {
  assert.ok(reconnectDelay(0, () => 0) >= 100 && reconnectDelay(0, () => 0.99) <= 250);
  for (let attempt = 0; attempt < 12; attempt++) {
    assert.ok(reconnectDelay(attempt, () => 0) < reconnectDelay(attempt, () => 0.99));
    assert.ok(reconnectDelay(attempt, () => 0.99) <= 8000);
    assert.ok(reconnectDelay(attempt + 1, () => 0.5) >= reconnectDelay(attempt, () => 0.5));
  }
});

test("the socket's address follows the page and takes a ticket along", () => {
  const page = (href) => ({ href, hash: new URL(href).hash });
  assert.equal(socketUrl("/ws/signaling/", page("http://localhost:8000/m/abc-defg-hij/")), "ws://localhost:8000/ws/signaling/");
  assert.equal(socketUrl("/ws/signaling/", page("https://meet.example/m/x/?join=now#ticket=a%2Bb")), "wss://meet.example/ws/signaling/?ticket=a%2Bb");
  assert.equal(socketUrl("wss://edge.example/ws/", page("https://meet.example/m/x/")), "wss://edge.example/ws/");
});

function settled() {
  return new Promise((resolve) => setImmediate(resolve));
}
