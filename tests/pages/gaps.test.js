/** How long pictures stood still: measured on a clock of the test's own. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { arrivalsIn, GapWatch } from "../../meetings/static/meetings/js/media/gaps.js";

let arrivals;
let reports;
let watch;

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"] });
  arrivals = [];
  reports = [];
  watch = new GapWatch({ arrivals: async () => arrivals, report: (report) => reports.push(report), now: () => Date.now() });
});

afterEach(() => mock.timers.reset());

const stream = (participantId, trackId, count, more = {}) => ({ participantId, source: "camera", kind: "video", trackId, count, age: 20, frozen: 0, ...more });

async function pass(milliseconds) {
  for (let past = 0; past < milliseconds; past += 50) {
    mock.timers.tick(50);
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  }
}

test("a gap lasts from the last packet before to the first frame after, on whatever track that comes", async () => {
  arrivals = [stream("bob", "old", 90, { age: 300 }), stream("cleo", "old-too", 80, { age: 280 })];
  watch.trouble({ incidentId: "one" });
  await pass(500);
  arrivals = [];
  watch.over();
  await pass(100);
  arrivals = [stream("bob", "new", 1)];
  await pass(200);
  assert.deepEqual(reports, []);
  arrivals = [stream("bob", "new", 4), stream("cleo", "new-too", 1)];
  await pass(200);
  assert.equal(reports.length, 1);
  const [{ cause, gapMs, agoMs, incidentId }] = reports;
  assert.deepEqual({ cause, incidentId }, { cause: "media-lost", incidentId: "one" });
  assert.ok(Math.abs(gapMs - 1130) <= 120, `${gapMs}`);
  assert.ok(Math.abs(agoMs - gapMs) <= 120, `${agoMs}`);
});

test("a socket that was away while media went on is reported with next to no gap", async () => {
  let count = 0;
  watch.arrivals = async () => [stream("bob", "same", (count += 1))];
  watch.trouble({ socket: true });
  await pass(5000);
  watch.over();
  await pass(200);
  assert.equal(reports.length, 1);
  assert.equal(reports[0].cause, "socket-lost");
  assert.ok(reports[0].gapMs <= 170, `${reports[0].gapMs}`);
});

test("socket and path together are the network", async () => {
  arrivals = [stream("bob", "same", 5)];
  watch.trouble({ path: true });
  watch.trouble({ socket: true });
  await pass(15000);
  watch.over();
  arrivals = [stream("bob", "same", 6)];
  await pass(200);
  assert.equal(reports[0].cause, "network-lost");
  assert.ok(reports[0].gapMs > 14900 && reports[0].gapMs < 15300, `${reports[0].gapMs}`);
});

test("a moment of calm between two troubles is no end", async () => {
  arrivals = [stream("bob", "old", 5)];
  watch.trouble({ incidentId: "one" });
  watch.over();
  await pass(50);
  watch.trouble({ path: true });
  arrivals = [stream("bob", "new", 1)];
  await pass(300);
  assert.deepEqual(reports, []);
  watch.over();
  arrivals = [stream("bob", "newer", 1)];
  await pass(200);
  assert.equal(reports.length, 1);
});

test("sound counts where there is no picture, and what had stopped before does not count", async () => {
  arrivals = [stream("bob", "a", 5, { kind: "audio", source: "mic" })];
  watch.trouble({ path: true });
  await pass(100);
  watch.over();
  arrivals = [stream("bob", "a", 6, { kind: "audio", source: "mic" })];
  await pass(200);
  assert.equal(reports.length, 1);

  arrivals = [stream("bob", "v", 5), stream("cleo", "w", 5, { age: 30_000 }), stream("dan", "x", 5, { kind: "audio", source: "mic" })];
  watch.trouble({ path: true });
  await pass(100);
  watch.over();
  arrivals = [stream("bob", "v", 6)];
  await pass(200);
  assert.equal(reports.length, 2);
});

test("who never comes back holds the report up for a while, and with nobody back there is none", async () => {
  arrivals = [stream("bob", "v", 5), stream("cleo", "w", 5)];
  watch.trouble({ path: true });
  await pass(100);
  watch.over();
  arrivals = [stream("bob", "v", 6)];
  await pass(16_000);
  assert.equal(reports.length, 1);
  assert.ok(reports[0].gapMs < 500);

  arrivals = [stream("bob", "v", 6)];
  watch.trouble({ path: true });
  await pass(100);
  watch.over();
  await pass(16_000);
  assert.equal(reports.length, 1);
});

test("a standstill that nothing announces is noticed, one stream that ends is none", async () => {
  watch.start();
  arrivals = [stream("bob", "v", 5), stream("cleo", "w", 5)];
  await pass(2000);
  arrivals = [stream("bob", "v", 5, { age: 5_000 }), stream("cleo", "w", 9)];
  await pass(3000);
  assert.deepEqual(reports, []);
  arrivals = [stream("bob", "v", 5), stream("cleo", "w", 9)];
  await pass(1000);
  arrivals = [stream("bob", "v", 5, { age: 1_500 }), stream("cleo", "w", 9, { age: 1_400 })];
  await pass(1000);
  arrivals = [stream("bob", "v", 6), stream("cleo", "w", 10)];
  await pass(300);
  assert.equal(reports.length, 1);
  assert.equal(reports[0].cause, "path-lost");
  assert.ok(reports[0].gapMs > 1400 && reports[0].gapMs < 2800, `${reports[0].gapMs}`);
});

test("an address that changed is told of after it did, and what froze meanwhile counts", async () => {
  watch.start();
  arrivals = [stream("bob", "v", 5, { frozen: 200 })];
  await pass(1000);
  arrivals = [stream("bob", "v", 8, { frozen: 1_100 })];
  watch.trouble({ moved: true });
  watch.over();
  await pass(50);
  arrivals = [stream("bob", "v", 9, { frozen: 1_100 })];
  await pass(200);
  assert.equal(reports.length, 1);
  assert.equal(reports[0].cause, "address-changed");
  assert.equal(reports[0].gapMs, 900);
});

test("a call that ends is watched no more, and statistics that fail end nothing", async () => {
  arrivals = [stream("bob", "v", 5)];
  watch.trouble({ path: true });
  watch.arrivals = async () => { throw new Error("closed"); };
  await pass(200);
  watch.stop();
  watch.over();
  watch.arrivals = async () => [stream("bob", "v", 9)];
  await pass(500);
  assert.deepEqual(reports, []);
});

test("arrivals are read from what a transport's statistics say", () => {
  const received = [
    { participantId: "bob", source: "camera", kind: "video", consumer: { track: { id: "v" } } },
    { participantId: "bob", source: "mic", kind: "audio", consumer: { track: { id: "a" } } },
    { participantId: "cleo", source: "camera", kind: "video", consumer: { track: { id: "unknown" } } },
  ];
  const stats = new Map([
    ["1", { type: "inbound-rtp", trackIdentifier: "v", timestamp: 5000, lastPacketReceivedTimestamp: 4960, framesDecoded: 7, totalFreezesDuration: 1.5 }],
    ["2", { type: "inbound-rtp", trackIdentifier: "a", timestamp: 5000, packetsReceived: 3 }],
    ["3", { type: "outbound-rtp", trackIdentifier: "unknown" }],
  ]);
  assert.deepEqual(arrivalsIn(stats, received), [
    { participantId: "bob", source: "camera", kind: "video", trackId: "v", count: 7, age: 40, frozen: 1500 },
    { participantId: "bob", source: "mic", kind: "audio", trackId: "a", count: 3, age: Infinity, frozen: 0 },
  ]);
});
