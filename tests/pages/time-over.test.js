import assert from "node:assert/strict";
import test from "node:test";
import { timeOver } from "../../meetings/static/meetings/js/state/time-over.js";

const ENDS = Date.parse("2026-12-07T09:00:00Z");
const meeting = { endsAt: "2026-12-07T09:00:00Z", closes: false };
const minutes = 60_000;

test("long before its end it is silent, and looks again five minutes before", () => {
  assert.deepEqual(timeOver(meeting, ENDS - 65 * minutes), { says: "nothing", minutes: 0, again: 60 * minutes });
});

test("five minutes before it says so, and looks again at the end", () => {
  assert.deepEqual(timeOver(meeting, ENDS - 5 * minutes), { says: "soon", minutes: 5, again: 5 * minutes });
  assert.equal(timeOver(meeting, ENDS - 30_000).minutes, 1);
});

test("past its end it says so once", () => {
  assert.deepEqual(timeOver(meeting, ENDS), { says: "over", minutes: 0, again: null });
  assert.equal(timeOver({ ...meeting, closes: true }, ENDS).says, "nothing");
});

test("without an end there is nothing to say", () => {
  for (const endsAt of [null, "soon"]) assert.deepEqual(timeOver({ endsAt, closes: true }, ENDS), { says: "nothing", minutes: 0, again: null });
});

test("a year ahead no timer wraps around", () => {
  assert.ok((timeOver(meeting, ENDS - 365 * 24 * 60 * minutes).again ?? 0) < 2 ** 31);
});
