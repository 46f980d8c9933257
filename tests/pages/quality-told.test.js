/** What of a sample is told to the server. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { toldOf } from "../../meetings/static/meetings/js/quality/told.js";

const idOf = (person) => `0c0ffee0-0000-4000-8000-${String(person).padStart(12, "0")}`;
const camera = (person, more = {}) => ({
  participantId: idOf(person), source: "camera", kbps: 640, loss: 0.001, jitter: 4, packets: 400, frames: 150, fps: 30, height: 360, layer: 1, ...more,
});
const mic = (person, more = {}) => ({ participantId: idOf(person), source: "mic", kbps: 38, loss: 0, jitter: 3, packets: 250, ...more });
const everybody = (people) => Array.from({ length: people }, (_, person) => [camera(person), mic(person)]).flat();
const path = { local: "srflx", protocol: "udp", remote: "198.51.100.9:44444", rtt: 24 };

function sampleOf(streams, more = {}) {
  const sources = { mic: { kbps: 38, loss: 0 }, camera: { kbps: 1200, loss: 0.001, fps: 30, height: 720, limited: "none" } };
  return {
    seconds: 5,
    up: { kbps: 1238, loss: 0.001, rtt: 24, jitter: 4, limited: "none", fps: 30, height: 720, sources },
    down: { kbps: 12_882, loss: 0.001, jitter: 4, freezes: 0, frozenMs: 0, streams },
    path: { send: path, recv: path },
    spoke: 0,
    ...more,
  };
}

test("of nineteen senders from whom all comes well, sums are told: a quarter of a kilobyte", () => {
  const told = toldOf(sampleOf(everybody(19)), null);
  assert.deepEqual(told, {
    seconds: 5,
    up: { kbps: 1238, loss: 0.001, rtt: 24, jitter: 4, fps: 30, height: 720, sources: { mic: { kbps: 38, loss: 0 }, camera: { kbps: 1200, loss: 0.001 } } },
    down: { kbps: 12_882, loss: 0.001, jitter: 4, height: 360, layer: 1, well: 19 },
  });
  const bytes = JSON.stringify(toldOf(sampleOf(everybody(19), { spoke: 4_800 }), null)).length;
  assert.ok(bytes <= 280, `${bytes}`);
});

for (const [what, wrong] of Object.entries({
  "loses packets": { loss: 0.03 },
  "comes late": { jitter: 60 },
  "stood still": { freezes: 1, frozenMs: 900 },
  "does not come": { packets: 0, kbps: 0, frames: 0 },
  "cannot be decoded": { frames: 0 },
})) {
  test(`a stream that ${what} is told of, with all of its sender's; so is the next sample of it`, () => {
    const bad = sampleOf([...everybody(1), camera(1, wrong), mic(1), camera(2)]);
    const told = toldOf(bad, sampleOf(everybody(3)));
    assert.deepEqual(told.down.streams.toSorted((one, other) => one.source.localeCompare(other.source)), [camera(1, wrong), mic(1)]);
    assert.equal(told.down.well, 2);
    const good = sampleOf(everybody(3));
    assert.deepEqual(toldOf(good, bad).down.streams.map(({ participantId }) => participantId), [idOf(1), idOf(1)]);
    assert.equal(toldOf(good, good).down.streams, undefined);
  });
}

test("what was held back of my own is told, and the size of each of two pictures", () => {
  const sources = { camera: { kbps: 90, loss: 0, fps: 8, height: 180, limited: "cpu" }, screen: { kbps: 300, loss: 0, fps: 5, height: 1080, limited: "none" } };
  const { up } = toldOf(sampleOf([], { up: { kbps: 390, loss: 0, jitter: 1, limited: "cpu", fps: 8, height: 180, sources } }), null);
  assert.equal(up.limited, "cpu");
  assert.deepEqual(up.sources, { camera: sources.camera, screen: { kbps: 300, loss: 0, fps: 5, height: 1080 } });
});

test("who sends nothing tells the round trip of the path they receive over", () => {
  const { up, ...rest } = sampleOf(everybody(1));
  assert.deepEqual(toldOf(rest, null).path, { send: path, recv: path });
  assert.equal(toldOf({ ...rest, up }, null).path, undefined);
});

test("a sample of a very large meeting fits into a step, with the worst of what is wrong in it", () => {
  const streams = Array.from({ length: 98 }, (_, person) => camera(person, { loss: person === 90 ? 0.4 : 0.1 }));
  const told = toldOf(sampleOf([...streams, camera(98)]), null);
  assert.ok(JSON.stringify(told).length < 4_000, `${JSON.stringify(told).length}`);
  assert.equal(told.down.streams[0].participantId, idOf(90));
  assert.equal(told.down.more, 98 - told.down.streams.length);
  assert.equal(told.down.well, 1);
});
