import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { applyPush, applySnapshot, initialState, isMuted, producerOf } from "../../meetings/static/meetings/js/state/meeting-state.js";
import { ConnectionQuality } from "../../meetings/static/meetings/js/state/quality.js";
import { Speaking } from "../../meetings/static/meetings/js/state/speaking.js";
import { Store } from "../../meetings/static/meetings/js/state/store.js";

const alice = { participantId: "alice", displayName: "Alice", role: "host" };
const bob = { participantId: "bob", displayName: "Bob", role: "attendee" };
const bobsMic = { participantId: "bob", producerId: "bob-mic", kind: "audio", source: "mic", paused: false };
const bobsCamera = { participantId: "bob", producerId: "bob-camera", kind: "video", source: "camera", paused: false };

function joined(more = {}) {
  const reply = {
    meeting: { id: "1", title: "Weekly", code: "abc-defg-hij", state: "live" },
    participantId: "alice", role: "host", participants: [alice, bob], producers: [bobsMic, bobsCamera],
    resumeToken: "t", state: { resumed: false, mediaResumed: false, ownProducers: [] }, ...more,
  };
  return applySnapshot({ ...initialState(), displayName: "Alice" }, reply, 1000);
}

test("a snapshot says who is there and what they send, mine included", () => {
  const mine = { participantId: "alice", producerId: "my-mic", kind: "audio", source: "mic", paused: true };
  const state = joined({ state: { resumed: true, mediaResumed: true, ownProducers: [mine] } });
  assert.equal(state.phase, "joined");
  assert.deepEqual([...state.participants.keys()], ["alice", "bob"]);
  assert.equal(producerOf(state, "alice", "mic"), mine);
  assert.equal(producerOf(state, "bob", "camera"), bobsCamera);
  assert.equal(state.joinedAt, 1000);
});

test("a resume keeps the time of the join and forgets who left meanwhile", () => {
  const again = applySnapshot(joined(), { meeting: {}, participantId: "alice", role: "host", participants: [alice], producers: [], resumeToken: "u", state: { ownProducers: [] } }, 9000);
  assert.equal(again.joinedAt, 1000);
  assert.deepEqual([...again.participants.keys()], ["alice"]);
  assert.equal(again.producers.size, 0);
});

test("nobody changes a state in place", () => {
  const state = joined();
  const before = JSON.stringify([...state.producers.values()]);
  for (const [event, data] of [["producer-paused", { producerId: "bob-mic" }], ["producer-closed", { producerId: "bob-camera" }], ["participant-left", { participantId: "bob" }]]) {
    assert.notEqual(applyPush(state, event, data), state, event);
  }
  assert.equal(JSON.stringify([...state.producers.values()]), before);
  assert.ok(state.participants.has("bob"));
});

test("muted and unmuted, also twice", () => {
  let state = joined();
  assert.equal(isMuted(state, "bob"), false);
  state = applyPush(state, "producer-paused", { participantId: "bob", producerId: "bob-mic" });
  assert.equal(isMuted(state, "bob"), true);
  assert.equal(applyPush(state, "producer-paused", { participantId: "bob", producerId: "bob-mic" }), state);
  state = applyPush(state, "producer-resumed", { participantId: "bob", producerId: "bob-mic" });
  assert.equal(isMuted(state, "bob"), false);
  state = applyPush(state, "producer-closed", { participantId: "bob", producerId: "bob-mic" });
  assert.equal(isMuted(state, "bob"), true);
});

test("somebody who leaves takes everything of theirs along", () => {
  let state = applyPush(joined(), "active-speaker", { participantId: "bob" });
  state = { ...state, speaking: new Set(["bob"]), quality: new Map([["bob", { score: 2, side: "theirs" }]]) };
  state = applyPush(state, "participant-left", { participantId: "bob", reason: "left" });
  assert.deepEqual([state.participants.size, state.producers.size, state.speaking.size, state.quality.size, state.activeSpeaker], [1, 0, 0, 0, null]);
  assert.equal(applyPush(state, "participant-left", { participantId: "bob" }), state);
});

test("an arrival, an update of a name and role, and an event nobody knows", () => {
  const carol = { participantId: "carol", displayName: "Carol", role: "attendee" };
  let state = applyPush(joined(), "participant-joined", carol);
  assert.deepEqual([...state.participants.keys()], ["alice", "bob", "carol"]);
  state = applyPush(state, "participant-updated", { ...alice, role: "attendee" });
  assert.equal(state.role, "attendee");
  assert.equal(applyPush(state, "participant-updated", { participantId: "nobody" }), state);
  assert.equal(applyPush(state, "something-new", {}), state);
});

test("a watcher hears of what it watches, with what was before, until it stops", () => {
  const store = new Store({ a: 1, b: 1 });
  const heard = [];
  const stop = store.watch((state) => state.a, (now, before) => heard.push([now, before]));
  store.set({ b: 2 });
  store.set({ a: 2 });
  store.update((state) => state);
  stop();
  store.set({ a: 3 });
  assert.deepEqual(heard, [[1, undefined], [2, 1]]);
});

test("a watcher may change the store while it is told", () => {
  const store = new Store({ phase: "a", seen: 0 });
  store.watch((state) => state.phase, (phase) => {
    if (phase === "b") store.set({ phase: "c" });
  });
  const heard = [];
  store.watch((state) => state.phase, (phase) => heard.push(phase));
  store.set({ phase: "b" });
  assert.equal(store.state.phase, "c");
  assert.deepEqual(heard, ["a", "c"]);
});

test("speaking lasts over the pauses between words, and background noise is not speech", () => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
  const heard = [];
  const speaking = new Speaking((who) => heard.push([...who].sort().join()));
  speaking.levels({ levels: [{ participantId: "bob", volume: -30 }, { participantId: "alice", volume: -90 }] });
  mock.timers.tick(800);
  speaking.levels({ levels: [{ participantId: "bob", volume: -35 }] });
  mock.timers.tick(800);
  assert.deepEqual(heard, ["bob"], "told once");
  mock.timers.tick(1200);
  assert.deepEqual(heard, ["bob", ""]);
  speaking.clear();
  mock.timers.reset();
});

test("a weak connection is told by its side, once it has lasted, and only while it is weak", () => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
  const heard = [];
  const quality = new ConnectionQuality((poor) => heard.push([...poor].map(([id, { side }]) => `${id} ${side}`).join()));
  quality.scored("bob", { score: 10, producerScore: 10 });
  quality.scored("bob", { score: 0, producerScore: 0 });
  mock.timers.tick(5000);
  assert.deepEqual(heard, [], "neither a good connection nor a paused camera is news");
  quality.scored("bob", { score: 3, producerScore: 3 });
  mock.timers.tick(2000);
  quality.scored("bob", { score: 9, producerScore: 9 });
  mock.timers.tick(5000);
  assert.deepEqual(heard, [], "a stumble is no news");
  quality.scored("bob", { score: 3, producerScore: 3 });
  mock.timers.tick(2000);
  quality.scored("bob", { score: 2, producerScore: 2 });
  mock.timers.tick(1000);
  quality.scored("carol", { score: 4, producerScore: 10 });
  mock.timers.tick(3000);
  quality.scored("bob", { score: 10, producerScore: 10 });
  quality.gone("carol");
  assert.deepEqual(heard, ["bob theirs", "bob theirs,carol mine", "carol mine", ""]);
  mock.timers.reset();
});
