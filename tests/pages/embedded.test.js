/** In a frame: what the page around it is told, and whom the meeting listens to. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { mountEmbedded } from "../../meetings/static/meetings/js/embedded.js";
import { initialState } from "../../meetings/static/meetings/js/state/meeting-state.js";
import { Store } from "../../meetings/static/meetings/js/state/store.js";

const COURSE = "https://course.example";
const ELSEWHERE = "https://elsewhere.example";

let told;
let asked;
let store;
let local;
let frame;

beforeEach(() => {
  told = [];
  asked = [];
  store = new Store(initialState());
  const devices = new Store({ microphone: { on: true } });
  local = {
    store: devices,
    get state() {
      return devices.state;
    },
    turn: (source, on) => {
      asked.push([source, on]);
      devices.set({ microphone: { on } });
    },
  };
  const parent = { postMessage: (message, origin) => told.push([message, origin]) };
  frame = { parent, addEventListener: (_, heard) => (frame.heard = heard), heard: () => {} };
});

function mount(origins = [COURSE]) {
  mountEmbedded({ origins, store, local, leave: () => asked.push("leave"), frame });
}

const say = (kcsMeet, origin = COURSE, source = frame.parent) => frame.heard({ source, origin, data: { kcsMeet } });
const words = () => told.map(([message]) => message.kcsMeet);
const join = (...people) =>
  store.set({ phase: "joined", participantId: "1", displayName: "Ada", participants: new Map(people.map((one) => [one, {}])) });

test("nothing is told before the page says hello, and then what is so by then", () => {
  mount();
  join("1", "2");
  assert.deepEqual(told, []);
  say("hello");
  assert.deepEqual(told, [
    [{ kcsMeet: "ready" }, COURSE],
    [{ kcsMeet: "joined", participantId: "1", displayName: "Ada" }, COURSE],
    [{ kcsMeet: "participants", count: 2 }, COURSE],
    [{ kcsMeet: "microphone", on: true }, COURSE],
  ]);
});

test("from joining to the end", () => {
  mount();
  say("hello");
  told.length = 0;
  join("1");
  store.set({ participants: new Map([["1", {}], ["2", {}]]) });
  say("toggle-microphone");
  store.set({ phase: "ended" });
  assert.deepEqual(words(), ["joined", "participants", "participants", "microphone", "ended"]);
  assert.deepEqual(asked, [["microphone", false]]);
});

test("who leaves, and who is not let in", () => {
  mount();
  say("hello");
  say("leave");
  assert.deepEqual(asked, [], "there is nothing to leave yet");
  join("1");
  say("leave");
  assert.deepEqual(asked, ["leave"]);
  told.length = 0;
  store.set({ phase: "left" });
  store.set({ phase: "refused", refusal: "REMOVED" });
  assert.deepEqual(told.map(([message]) => message), [
    { kcsMeet: "left", reason: "left" },
    { kcsMeet: "left", reason: "refused", code: "REMOVED" },
  ]);
});

test("nobody else is told or heard", () => {
  mount();
  join("1");
  say("hello", ELSEWHERE);
  say("hello", COURSE, {});
  say("leave", ELSEWHERE);
  say("toggle-microphone", "null");
  assert.deepEqual([told, asked], [[], []]);
  say("hello");
  told.length = 0;
  store.set({ phase: "left" });
  assert.deepEqual(told.map(([, origin]) => origin), [COURSE], "to that origin and no other");
});

test("what makes no sense is nothing", () => {
  mount();
  for (const data of [null, undefined, 5, "leave", {}, { kcsMeet: 5 }, { kcsMeet: "constructor" }, { kcsMeet: "__proto__" }]) {
    frame.heard({ source: frame.parent, origin: COURSE, data });
  }
  assert.deepEqual([told, asked], [[], []]);
});

test("where no origin is named, and in a window of its own, nobody listens", () => {
  mount([]);
  say("hello");
  frame.parent = frame;
  mount();
  assert.deepEqual(told, []);
});
