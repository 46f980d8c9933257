/** Pictures that do not come: whose key frame is asked for, and when. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { KeyFrameWatch, picturesIn } from "../../meetings/static/meetings/js/media/key-frame-watch.js";

let pictures;
let calm;
let asked;
let second;
let watch;

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"] });
  pictures = () => [];
  calm = true;
  asked = [];
  second = 0;
  watch = new KeyFrameWatch({
    calm: () => calm,
    pictures: async () => pictures(),
    ask: (consumerId) => asked.push([second, consumerId]),
    now: () => Date.now(),
  });
  watch.start();
});

afterEach(() => {
  watch.stop();
  mock.timers.reset();
});

const picture = (frames, more = {}) => ({ consumerId: "bob", source: "camera", frames, ...more });

async function pass(seconds, eachSecond = () => {}) {
  for (let passed = 0; passed < seconds; passed++) {
    second += 1;
    eachSecond(second);
    mock.timers.tick(1_000);
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  }
}

test("a picture that never comes is asked for after two seconds, then less and less often", async () => {
  pictures = () => [picture(0)];
  await pass(140);
  // It was seen first at the end of the first second.
  assert.deepEqual(asked.map(([at]) => at - 1), [2, 6, 14, 30, 62, 94, 126]);
});

test("a picture that comes is left alone, and what had helped starts anew", async () => {
  let frames = 0;
  pictures = () => [picture(frames)];
  await pass(4);
  assert.equal(asked.length, 1);
  await pass(20, () => (frames += 25));
  assert.equal(asked.length, 1);
});

test("a camera that stands still is asked for after three seconds", async () => {
  let frames = 0;
  pictures = () => [picture(frames)];
  await pass(5, () => (frames += 25));
  await pass(2);
  assert.deepEqual(asked, []);
  await pass(1);
  assert.equal(asked.length, 1);
});

test("a screen that stands still is let alone once it was seen, and one that never came is not", async () => {
  let frames = 0;
  pictures = () => [picture(frames, { consumerId: "slides", source: "screen" }), picture(0, { consumerId: "away", source: "screen" })];
  await pass(1);
  frames = 1;
  await pass(10);
  assert.deepEqual(asked.map(([, consumerId]) => consumerId), ["away", "away"]);
});

test("a picture that is let through again has to come anew, whatever was seen before", async () => {
  let wanted = true;
  pictures = () => (wanted ? [picture(90, { source: "screen" })] : []);
  await pass(1);
  wanted = false;
  await pass(10);
  assert.deepEqual(asked, []);
  wanted = true;
  await pass(2);
  assert.deepEqual(asked, []);
  await pass(1);
  assert.deepEqual(asked, [[14, "bob"]]);
});

test("while media are disturbed nothing is asked for, and afterwards the wait begins anew", async () => {
  pictures = () => [picture(0)];
  await pass(2);
  calm = false;
  await pass(10);
  calm = true;
  await pass(2);
  assert.deepEqual(asked, []);
  await pass(1);
  assert.equal(asked.length, 1);
});

test("statistics that cannot be had, or come late, end nothing", async () => {
  let answer = () => { throw new Error("closed"); };
  pictures = () => answer();
  await pass(3);
  answer = () => new Promise(() => {});
  await pass(3);
  watch.stop();
  watch.start();
  answer = () => [picture(0)];
  await pass(2);
  assert.deepEqual(asked, []);
  await pass(1);
  assert.equal(asked.length, 1);
});

test("videos are read from what a transport's statistics say, also those that are not in them yet", () => {
  const received = [
    { participantId: "bob", source: "camera", kind: "video", consumer: { id: "1", track: { id: "v" } } },
    { participantId: "bob", source: "mic", kind: "audio", consumer: { id: "2", track: { id: "a" } } },
    { participantId: "cleo", source: "screen", kind: "video", consumer: { id: "3", track: { id: "unknown" } } },
  ];
  const stats = new Map([
    ["1", { type: "inbound-rtp", trackIdentifier: "v", framesDecoded: 7 }],
    ["2", { type: "inbound-rtp", trackIdentifier: "a", packetsReceived: 3 }],
  ]);
  assert.deepEqual(picturesIn(stats, received), [
    { consumerId: "1", source: "camera", frames: 7 },
    { consumerId: "3", source: "screen", frames: 0 },
  ]);
});
