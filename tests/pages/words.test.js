import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { problemOf } from "../../meetings/static/meetings/js/devices/capture.js";
import { parseMeetingCode } from "../../meetings/static/meetings/js/meeting-code.js";
import { refusalOfClose } from "../../meetings/static/meetings/js/signalling/close-codes.js";
import { initialsOf } from "../../meetings/static/meetings/js/ui/initials.js";
import { captureWording, refusals, wordingOf } from "../../meetings/static/meetings/js/words.js";

/** Every code of the contract, whether this server version gives it or not. */
const CONTRACT = `BAD_REQUEST UNKNOWN_EVENT NOT_AUTHENTICATED NOT_ALLOWED NOT_IN_MEETING RATE_LIMITED INTERNAL_ERROR
  SERVICE_UNAVAILABLE ACCOUNT_REQUIRED
  MEETING_NOT_FOUND MEETING_ENDED MEETING_CANCELLED WRONG_STATE NOT_FOUND CHANGED_MEANWHILE KEY_REUSED MEETING_FULL MEETING_LOCKED MEETING_NOT_STARTED WRONG_PASSCODE JOIN_DENIED REMOVED
  MEDIA_UNAVAILABLE MEDIA_OVERLOADED ROUTER_NOT_FOUND TRANSPORT_CREATION_FAILED TRANSPORT_NOT_FOUND
  TRANSPORT_CONNECT_FAILED PRODUCE_FAILED PRODUCER_NOT_FOUND CONSUME_FAILED CANNOT_CONSUME CONSUMER_NOT_FOUND MESSAGE_NOT_FOUND
  POLL_NOT_FOUND POLL_STATE QUESTION_NOT_FOUND NOTES_MOVED_ON NOTES_FULL FILE_NOT_FOUND FILE_TOO_LARGE FILE_KIND FILE_INFECTED SCAN_FAILED TOO_MANY_FILES`.split(/\s+/);
const OWN = ["CONNECTION_LOST", "TIMEOUT", "TAKEN_OVER", "BROWSER_NOT_SUPPORTED", "CANNOT_PRODUCE"];

test("every code of the contract has its own sentences, and no others do", () => {
  assert.deepEqual(Object.keys(refusals).sort(), [...CONTRACT, ...OWN].sort());
  assert.equal(new Set(Object.values(refusals).map(({ title }) => title)).size, CONTRACT.length + OWN.length);
});

test("every code that the server gives has its sentences", async () => {
  const server = await readFile(new URL("../../meetings/protocol/codes.py", import.meta.url), "utf8");
  const codes = [...server.matchAll(/^ {4}"([A-Z_]+)":/gm)].map((match) => match[1]);
  assert.ok(codes.length > 20);
  for (const code of codes) assert.ok(code in refusals, code);
});

test("sentences are sentences: no codes, no jargon, a full stop at the end", () => {
  for (const [code, { title, meaning, next }] of Object.entries(refusals)) {
    assert.match(title, /^[A-Z][^_]*[^.]$/, code);
    assert.match(meaning, /^[A-Z][^_]*\.$/, code);
    assert.doesNotMatch(`${title} ${meaning}`, /producer|consumer|transport|router|RTP|DTLS|[A-Z]{2,}_/, code);
    assert.ok(["again", "start"].includes(next), code);
  }
});

test("a code that nobody knows gets the sentence for a fault of ours", () => {
  assert.equal(wordingOf("NEVER_HEARD_OF"), refusals.INTERNAL_ERROR);
});

test("every way in which a device can be refused says what to do, in each browser", () => {
  const agents = ["Chrome/140.0 Safari/537", "Firefox/140.0", "Version/18 Safari/605", "something else"];
  for (const device of ["microphone", "camera"]) {
    for (const problem of ["denied", "denied-by-system", "missing", "busy", "insecure", "failed"]) {
      for (const agent of agents) {
        const { title, meaning } = captureWording(device, problem, agent);
        assert.match(title, new RegExp(device), `${device} ${problem}`);
        assert.match(meaning, /You can join without it/);
      }
    }
    const denied = agents.map((agent) => captureWording(device, "denied", agent).meaning);
    assert.equal(new Set(denied).size, agents.length, "each browser has its own way");
  }
});

test("what browsers throw is told apart", () => {
  const thrown = (name, message = "") => ({ name, message });
  assert.equal(problemOf(thrown("NotAllowedError", "Permission denied")), "denied");
  assert.equal(problemOf(thrown("NotAllowedError", "Permission denied by system")), "denied-by-system");
  assert.equal(problemOf(thrown("NotFoundError")), "missing");
  assert.equal(problemOf(thrown("NotReadableError")), "busy");
  assert.equal(problemOf(thrown("TypeError")), "failed");
  assert.equal(problemOf(undefined), "failed");
});

test("a final close of the socket turns into a refusal with sentences", () => {
  const refused = Array.from({ length: 100 }, (_, index) => refusalOfClose(4400 + index)).filter((code) => code !== null);
  assert.deepEqual(refused, ["NOT_ALLOWED", "TAKEN_OVER"]);
  for (const code of refused) assert.ok(code in refusals, code);
  for (const passing of [1000, 1001, 1006, 1011, 4000, 4408]) assert.equal(refusalOfClose(passing), null);
});

test("a code is read however it is written", () => {
  for (const text of ["abc-defg-hij", " ABC-DEFG-HIJ ", "abcdefghij", "abc defg hij", "https://meet.example/m/abc-defg-hij/", "meet.example/m/abc-defg-hij?join=now#x"]) {
    assert.equal(parseMeetingCode(text), "abc-defg-hij", text);
  }
  for (const text of ["", "abc", "abc-defg-hijk", "123-4567-890", "https://meet.example/", "https://meet.example/m/"]) {
    assert.equal(parseMeetingCode(text), null, text);
  }
});

test("initials of names of any kind", () => {
  assert.equal(initialsOf("Ada Lovelace"), "AL");
  assert.equal(initialsOf("  plato "), "P");
  assert.equal(initialsOf("Jean-Luc van den Berg"), "JB");
  assert.equal(initialsOf("Ælfred Þór"), "ÆÞ");
  assert.equal(initialsOf("😀 smile"), "😀S");
  assert.equal(initialsOf("   "), "?");
});
