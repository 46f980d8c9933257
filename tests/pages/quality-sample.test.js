/** How well it goes, from two looks at the statistics. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { countIn, sampleBetween } from "../../meetings/static/meetings/js/quality/sample.js";
import { QualitySampler } from "../../meetings/static/meetings/js/quality/sampler.js";

const of = (...reports) => new Map(reports.map((report) => [report.id, report]));
const path = [
  { id: "t", type: "transport", selectedCandidatePairId: "p" },
  { id: "p", type: "candidate-pair", localCandidateId: "l", remoteCandidateId: "r", currentRoundTripTime: 0.02 },
  { id: "l", type: "local-candidate", candidateType: "host", protocol: "udp" },
  { id: "r", type: "remote-candidate", address: "192.0.2.1", port: 44444 },
];
const sent = [{ source: "mic", mid: "0" }, { source: "camera", mid: "1" }];
const received = [
  { participantId: "bob", source: "camera", type: "simulcast", layer: 2, consumer: { id: "c", track: { id: "v" } } },
  { participantId: "bob", source: "mic", type: "simple", layer: 2, consumer: { id: "m", track: { id: "a" } } },
];

function sending({ bytes, packets, lost, limited = "none", upper = {} }) {
  return of(
    ...path,
    { id: "o0", type: "outbound-rtp", mid: "0", bytesSent: bytes / 10, packetsSent: packets / 10 },
    { id: "o1", type: "outbound-rtp", mid: "1", bytesSent: bytes, packetsSent: packets, framesEncoded: packets, frameHeight: 180, framesPerSecond: 15.2, qualityLimitationReason: limited },
    { id: "o2", type: "outbound-rtp", mid: "1", bytesSent: bytes, packetsSent: packets, framesEncoded: packets, frameHeight: 720, framesPerSecond: 29.6, qualityLimitationReason: limited, ...upper },
    { id: "i2", type: "remote-inbound-rtp", localId: "o2", packetsLost: lost, jitter: 0.004, roundTripTime: 0.03 },
  );
}

function receiving({ bytes, packets, lost, frames, freezes = 0, frozen = 0 }) {
  return of(
    ...path,
    { id: "iv", type: "inbound-rtp", trackIdentifier: "v", bytesReceived: bytes, packetsReceived: packets, packetsLost: lost, framesDecoded: frames, jitter: 0.007, framesPerSecond: 25, frameHeight: 720, freezeCount: freezes, totalFreezesDuration: frozen },
    { id: "ia", type: "inbound-rtp", trackIdentifier: "a", bytesReceived: 10_000, packetsReceived: 250, packetsLost: 0, jitter: 0.002 },
  );
}

const counted = (at, send, recv, what = { sent, received }) => countIn({ send, recv }, { ...what, at });

test("a call in which all is well", () => {
  const before = counted(0, sending({ bytes: 0, packets: 0, lost: 0 }), receiving({ bytes: 0, packets: 0, lost: 0, frames: 0 }));
  const now = counted(5_000, sending({ bytes: 500_000, packets: 500, lost: 0 }), receiving({ bytes: 625_000, packets: 600, lost: 0, frames: 125 }));
  const sample = sampleBetween(before, now, 1_200);
  assert.deepEqual(sample, {
    seconds: 5,
    up: {
      kbps: 1680, loss: 0, rtt: 20, jitter: 4, limited: "none", fps: 30, height: 720,
      sources: { mic: { kbps: 80, loss: 0 }, camera: { kbps: 1600, loss: 0, fps: 30, height: 720, limited: "none" } },
    },
    down: {
      kbps: 1000, loss: 0, jitter: 7, freezes: 0, frozenMs: 0,
      streams: [
        { participantId: "bob", source: "camera", kbps: 1000, loss: 0, jitter: 7, packets: 600, frames: 125, fps: 25, height: 720, layer: 2 },
        { participantId: "bob", source: "mic", kbps: 0, loss: 0, jitter: 2, packets: 0 },
      ],
    },
    path: { send: { local: "host", protocol: "udp", remote: "192.0.2.1:44444", rtt: 20 }, recv: { local: "host", protocol: "udp", remote: "192.0.2.1:44444", rtt: 20 } },
    spoke: 1_200,
  });
});

test("loss, freezes and limits are of the time in between, and layers that are switched off do not count", () => {
  const before = counted(0, sending({ bytes: 0, packets: 1_000, lost: 40 }), receiving({ bytes: 0, packets: 1_000, lost: 90, frames: 50, freezes: 2, frozen: 1 }));
  const off = { active: false, qualityLimitationReason: "bandwidth" };
  const now = counted(5_000, sending({ bytes: 1_000, packets: 1_100, lost: 60, limited: "cpu", upper: off }), receiving({ bytes: 1_000, packets: 1_090, lost: 100, frames: 60, freezes: 3, frozen: 1.75 }));
  const { up, down } = sampleBetween(before, now, 0);
  assert.equal(up.limited, "cpu");
  assert.equal(up.height, 180);
  assert.equal(down.loss, 0.1);
  assert.deepEqual([down.freezes, down.frozenMs], [1, 750]);
  assert.deepEqual([down.streams[0].freezes, down.streams[0].frozenMs], [1, 750]);
  const all = counted(5_000, sending({ bytes: 1_000, packets: 1_100, lost: 60 }), receiving({ bytes: 1, packets: 1, lost: 0, frames: 1 }));
  assert.equal(sampleBetween(before, all, 0).up.sources.camera.loss, 0.1);
});

// Two layers of a camera of fifteen frames a second: what a sample of five seconds says of it.
function encoding({ captured = 75, encoded = 75, took = 0.75, source = "camera", ...upper }) {
  const layer = (id, frames, seconds, more = {}) => ({
    id, type: "outbound-rtp", mid: "1", mediaSourceId: "s", bytesSent: 1_000 * frames, packetsSent: frames, frameHeight: 360,
    qualityLimitationReason: "bandwidth", framesEncoded: frames, totalEncodeTime: seconds, ...more,
  });
  const stats = (frames, given, seconds) => of(
    { id: "s", type: "media-source", kind: "video", frames: given },
    layer("o1", frames, seconds, upper),
    layer("o2", Math.floor(frames / 2), seconds / 2, { frameHeight: 720, ...upper }),
  );
  const what = { sent: [{ source, mid: "1" }], received: [] };
  return sampleBetween(counted(0, stats(30, 30, 1), of(), what), counted(5_000, stats(30 + encoded, 30 + captured, 1 + took), of(), what), 0).up;
}

test("an encoder that leaves out what it has no time for is limited by the CPU, whatever the browser calls it", () => {
  const up = encoding({ captured: 70, encoded: 40, took: 4 });
  assert.equal(up.limited, "cpu");
  assert.deepEqual(up.sources.camera, { kbps: 96, loss: 0, height: 720, limited: "cpu", captured: 14, encoded: 8, encodeMs: 100 });
});

test("what is left out for another reason, or late and left out nowhere, is not for want of CPU", () => {
  const limits = (what) => encoding(what).limited;
  assert.equal(limits({}), "bandwidth", "all is encoded, in time");
  assert.equal(limits({ encoded: 30, took: 0.3 }), "bandwidth", "left out where there was time: too few bits");
  assert.equal(limits({ encoded: 74, took: 4.9 }), "bandwidth", "a slow encoder that does it all");
  assert.equal(limits({ captured: 15, encoded: 5, took: 2 }), "bandwidth", "too few to tell, as of a picture that is muted");
  assert.equal(limits({ captured: 0, encoded: 0, took: 0 }), "bandwidth", "no picture at all");
  assert.equal(limits({ encoded: 40, took: 4, powerEfficientEncoder: true }), "bandwidth", "hardware, which works on several at a time");
  assert.equal(limits({ encoded: 40, took: 4, source: "screen" }), "bandwidth", "a screen, whose frames are left out by intent");
  assert.equal(limits({ encoded: 40, took: undefined, totalEncodeTime: undefined }), "bandwidth", "a browser that does not tell");
});

test("late packets make no negative loss, and what has just begun says nothing of itself yet", () => {
  const before = counted(0, of(), receiving({ bytes: 0, packets: 100, lost: 10, frames: 1 }), { sent: [], received: received.slice(0, 1) });
  const now = counted(5_000, of(), receiving({ bytes: 100, packets: 200, lost: 5, frames: 9 }), { sent: [], received });
  const { up, down } = sampleBetween(before, now, 0);
  assert.equal(up, undefined);
  assert.equal(down.loss, 0);
  assert.deepEqual(down.streams.map(({ source }) => source), ["camera"]);
});

test("alone, with nothing sent, there is nothing to say", () => {
  const nothing = (at) => counted(at, of(), of(), { sent: [], received: [] });
  assert.deepEqual(sampleBetween(nothing(0), nothing(5_000), 0), { seconds: 5, spoke: 0 });
});

// The sampler

beforeEach(() => mock.timers.enable({ apis: ["setTimeout", "Date"] }));
afterEach(() => mock.timers.reset());

const settle = async () => { for (let turn = 0; turn < 10; turn++) await Promise.resolve(); };

async function pass(seconds) {
  for (let past = 0; past < seconds; past++) {
    mock.timers.tick(1_000);
    await settle();
  }
}

test("a sample every five seconds while I am in a meeting, with how long I spoke", async () => {
  const samples = [];
  let stats = { send: of(), recv: of() };
  const sampler = new QualitySampler({ statistics: async () => stats, coming: () => [], publisher: { sent: () => [] } });
  sampler.on("sample", (sample) => samples.push(sample));
  sampler.start();
  sampler.start();
  await settle();
  await pass(3);
  sampler.speaking(true);
  await pass(8);
  sampler.speaking(false);
  await pass(1);
  assert.deepEqual(samples.map(({ seconds, spoke }) => [seconds, spoke]), [[2, 0], [5, 4_000], [5, 4_000]]);
  stats = null;
  await pass(5);
  stats = { send: of(), recv: of() };
  await pass(5);
  assert.equal(samples.length, 3, "after media were away a sample needs two looks again");
  await pass(5);
  assert.equal(samples.length, 4);
  sampler.stop();
  await pass(20);
  assert.equal(samples.length, 4);
});

test("what others miss of my sound is no loss of mine, as long as my picture tells better", () => {
  const missed = { id: "i0", type: "remote-inbound-rtp", localId: "o0" };
  const look = (packets, lost) => of(...sending({ bytes: packets * 100, packets, lost: 0 }).values(), { ...missed, packetsLost: lost });
  const nothing = receiving({ bytes: 0, packets: 0, lost: 0, frames: 0 });
  const { up } = sampleBetween(counted(0, look(1_000, 0), nothing), counted(5_000, look(2_000, 30), nothing), 0);
  assert.equal(up.loss, 0);
  assert.equal(up.sources.mic.loss, 0.3);
  const soundOnly = (packets, lost) => of(...path, { id: "o0", type: "outbound-rtp", mid: "0", bytesSent: packets, packetsSent: packets }, { ...missed, packetsLost: lost });
  const alone = sampleBetween(counted(0, soundOnly(100, 0), nothing), counted(5_000, soundOnly(200, 30), nothing), 0);
  assert.equal(alone.up.loss, 0.3, "there is nothing better to go by");
});
