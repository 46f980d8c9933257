/** What the page knows of breakout rooms. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { breakoutTold, countdown, isDivided, NO_BREAKOUTS, roomToGoTo, withCall, withStatus } from "../../meetings/static/meetings/js/state/breakouts.js";

const main = { roomId: null, name: "Class", code: "aaa-aaaa-aaa" };
const red = { roomId: "red", name: "Red", code: "bbb-bbbb-bbb" };
const NOW = 1_000_000;

test("a meeting that is not divided has nothing to go to", () => {
  assert.equal(breakoutTold(null, NOW), NO_BREAKOUTS);
  assert.equal(breakoutTold(undefined, NOW), NO_BREAKOUTS);
  assert.equal(roomToGoTo(NO_BREAKOUTS), null);
});

test("in the main room there is a way to mine, while rooms are open", () => {
  const open = breakoutTold({ state: "open", closesIn: null, main, isIn: null, room: red, called: false }, NOW);
  assert.equal(roomToGoTo(open), red);
  assert.equal(roomToGoTo({ ...open, isIn: "red" }), null);
  assert.equal(isDivided(open), true);
  assert.equal(isDivided({ ...NO_BREAKOUTS, state: "prepared" }), false);
  assert.equal(roomToGoTo(withStatus(open, { state: "closing", closesIn: 30 }, NOW)), red);
  const closed = withStatus(open, { state: "closed", closesIn: null }, NOW);
  assert.equal(roomToGoTo(closed), null);
  assert.equal(roomToGoTo(withStatus(closed, { state: "open", closesIn: null }, NOW)), null, "the next rooms are others");
});

test("who is called belongs there from then on, and nowhere when called back", () => {
  const called = withCall({ ...NO_BREAKOUTS, state: "open" }, red);
  assert.equal(roomToGoTo(called), red);
  assert.equal(withCall(called, main).room, null);
});

test("the countdown goes by this computer's clock, up to the second that has begun", () => {
  const { closesAt } = withStatus(NO_BREAKOUTS, { state: "closing", closesIn: 61.4 }, NOW);
  assert.equal(countdown(closesAt, NOW), "1:02");
  assert.equal(countdown(closesAt, NOW + 60_400), "0:01");
  assert.equal(countdown(closesAt, NOW + 99_000), "0:00");
  assert.equal(countdown(null, NOW), "");
});
