/** Requests that are asked again while a part of the site is away. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { SignallingError } from "../../meetings/static/meetings/js/signalling/error.js";
import { persistent } from "../../meetings/static/meetings/js/signalling/persistent.js";

const away = () => new SignallingError("SERVICE_UNAVAILABLE", "Away", "", 0.01);

test("asks again while a part is away, as long as the refusal says, and gives the answer", async () => {
  let asked = 0;
  const request = persistent(async (event, data) => {
    if (++asked < 4) throw away();
    return { event, data };
  });
  assert.deepEqual(await request("produce", { kind: "audio" }), { event: "produce", data: { kind: "audio" } });
  assert.equal(asked, 4);
});

test("any other refusal is given on at once", async () => {
  let asked = 0;
  const request = persistent(async () => {
    asked++;
    throw new SignallingError("NOT_ALLOWED", "No");
  });
  await assert.rejects(request("produce"), { code: "NOT_ALLOWED" });
  assert.equal(asked, 1);
});

test("patience ends", async () => {
  const request = persistent(async () => { throw away(); }, { patience: 30 });
  await assert.rejects(request("produce"), { code: "SERVICE_UNAVAILABLE" });
});
