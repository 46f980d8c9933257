/** What people are told of their connection: the lines of the panel, and what a join waits for. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { connectionLines, summaryOf, TOPICS } from "../../meetings/static/meetings/js/state/connection-lines.js";
import { foremost } from "../../meetings/static/meetings/js/state/verdicts.js";
import { whatAJoinWaitsFor } from "../../meetings/static/meetings/js/state/waiting.js";
import { offlineWords } from "../../meetings/static/meetings/js/words.js";

const fine = { on: true, there: true, systemMuted: false, problem: null };
const udp = { local: "host", protocol: "udp", remote: "192.0.2.1:44444", rtt: 24 };

function facts(more = {}) {
  const coming = ["mic", "camera"].map((source) => ({ participantId: "bob", name: "Bob", source }));
  return {
    state: { phase: "joined", connection: "online", verdicts: [] },
    transports: { send: "connected", recv: "connected" },
    microphone: fine,
    camera: fine,
    sent: ["mic", "camera"],
    others: 1,
    coming,
    paused: [],
    unwanted: [],
    sample: {
      up: { loss: 0, sources: { mic: { kbps: 32 }, camera: { kbps: 900 } } },
      down: { loss: 0, streams: coming.map(({ participantId, source }) => ({ participantId, source, packets: 90 })) },
      path: { send: udp, recv: udp },
    },
    ...more,
  };
}

const said = (more, topic) => {
  const { standing, sentence } = connectionLines(facts(more))[topic];
  return `${standing}: ${sentence.replaceAll("\u00a0", " ")}`;
};
const sampled = (fields) => ({ sample: { ...facts().sample, ...fields } });

test("a call in which all is well says so in each line", () => {
  const lines = connectionLines(facts());
  assert.deepEqual(Object.keys(lines), Object.keys(TOPICS));
  assert.ok(Object.values(lines).every(({ standing }) => standing === "good"), JSON.stringify(lines));
  assert.deepEqual(summaryOf(lines), { standing: "good", sentence: "All is well." });
});

test("every line is one plain sentence", () => {
  const scenes = [
    facts(),
    facts({ state: { phase: "prejoin", connection: "offline", verdicts: [] }, transports: null, sample: null, sent: [], coming: [], others: 0 }),
    facts({ state: { phase: "joined", connection: "reconnecting", verdicts: [] }, transports: { send: "failed", recv: "connecting" }, sample: null }),
    facts({ microphone: { ...fine, problem: "denied", on: false }, camera: { ...fine, systemMuted: true } }),
    facts(sampled({ up: { loss: 0.06, sources: {} }, path: { send: { ...udp, local: "relay", protocol: "tls", rtt: 400 } } })),
  ];
  for (const scene of scenes) {
    for (const { sentence } of Object.values(connectionLines(scene))) {
      assert.match(sentence, /^[A-Z0-9].*[.…]$/);
      assert.doesNotMatch(sentence, /undefined|null|NaN|ICE|DTLS|RTP|producer|consumer|transport\b/, sentence);
    }
  }
});

test("own devices: refused, off, muted by the system, on their way, and sent", () => {
  assert.equal(said({ microphone: { ...fine, on: false, problem: "denied" } }, "microphone"), "bad: The microphone is not allowed.");
  assert.equal(said({ camera: { ...fine, on: false } }, "camera"), "off: Your camera is off.");
  assert.equal(said({ camera: { ...fine, there: false } }, "camera"), "waiting: Your browser has not given the camera yet.");
  assert.equal(said({ microphone: { ...fine, systemMuted: true } }, "microphone"), "bad: Your system has muted the microphone: nothing of it gets to the others.");
  assert.equal(said({ transports: { send: "connecting", recv: "new" } }, "microphone"), "waiting: The way for your sound is still being made.");
  assert.equal(said({ transports: { send: "failed", recv: "connected" } }, "camera"), "bad: The way for your picture is broken, and is being made again.");
  assert.equal(said({ sent: ["mic"] }, "camera"), "waiting: Your picture is not taken by the server yet.");
  assert.equal(said(sampled({ up: { loss: 0, sources: { camera: { kbps: 0 } } } }), "camera"), "bad: Your camera is on, and nothing of it goes out.");
  assert.equal(said({ sample: null }, "microphone"), "good: Your browser sends your sound.");
  assert.equal(said({ state: { phase: "prejoin", connection: "offline", verdicts: [] } }, "camera"), "good: Your camera is ready.");
});

test("the others: nobody, silent, on their way, away", () => {
  assert.equal(said({ others: 0, coming: [] }, "receiving"), "off: Nobody else is here.");
  assert.equal(said({ coming: [] }, "receiving"), "off: Nobody sends sound or picture at the moment.");
  assert.equal(said({ transports: { send: "connected", recv: "connecting" } }, "receiving"), "waiting: The way for what the others send is still being made.");
  const away = { down: { loss: 0, streams: [{ participantId: "bob", source: "camera", packets: 0 }, { participantId: "bob", source: "mic", packets: 50 }] } };
  assert.equal(said(sampled(away), "receiving"), "bad: Nothing arrives from Bob.");
  const coming = ["Ada", "Bob", "Cleo", "Dan", "Eve"].map((name) => ({ participantId: name, name, source: "mic" }));
  assert.equal(said({ coming: coming.slice(0, 2) }, "receiving"), "good: Sound and picture arrive from Ada and Bob.");
  assert.equal(said({ coming: coming.slice(0, 3) }, "receiving"), "good: Sound and picture arrive from Ada, Bob and Cleo.");
  assert.equal(said({ coming }, "receiving"), "good: Sound and picture arrive from Ada, Bob and 3 others.");
});

test("a line says what the server has found of just that", () => {
  const verdict = { code: "NOTHING_SENT", severity: "failing", sentence: "You cannot be heard: nothing has come.", action: "", about: null, source: "mic" };
  const judged = (verdicts) => ({ state: { ...facts().state, verdicts } });
  assert.equal(said(judged([verdict]), "microphone"), "bad: You cannot be heard: nothing has come.");
  assert.equal(said(judged([verdict]), "camera"), said({}, "camera"));
  const off = { ...fine, on: false };
  assert.equal(said({ microphone: off, ...judged([{ ...verdict, sentence: "An administrator has paused it." }]) }, "microphone"), "bad: An administrator has paused it.");
  const theirs = { ...verdict, about: "bob", source: "camera", severity: "waiting", sentence: "The picture of Bob is still to come." };
  assert.equal(said(judged([theirs]), "receiving"), "waiting: The picture of Bob is still to come.");
  assert.equal(said(judged([theirs]), "camera"), said({}, "camera"));
});

test("what somebody wants to be off is said, by whom, and is no fault", () => {
  const mic = (name) => ({ participantId: name.toLowerCase(), name, source: "mic", barred: false });
  const well = "good: Sound and picture arrive from Bob.";
  assert.equal(said({ paused: [mic("Cleo")] }, "receiving"), `${well} Cleo has turned off the microphone.`);
  const several = [mic("Cleo"), mic("Dan"), { ...mic("Cleo"), source: "camera" }];
  assert.equal(said({ paused: several }, "receiving"), `${well} Cleo and Dan have turned off the microphone. Cleo has turned off the camera.`);
  const barred = [mic("Cleo"), { ...mic("Dan"), barred: true }];
  assert.equal(said({ paused: barred }, "receiving"), `${well} Cleo has turned off the microphone. A host has turned off the microphone of Dan.`);
  const unwanted = [{ ...mic("Eve"), source: "camera" }];
  assert.equal(said({ unwanted }, "receiving"), `${well} This page does not fetch the picture of Eve, which is out of view.`);
  const sentence = "The sound of Cleo does not come: an administrator has paused it.";
  const verdicts = [{ code: "PAUSED_BY_ADMINISTRATOR", severity: "impaired", sentence, action: "", about: "cleo", source: "mic" }];
  assert.equal(said({ paused: [mic("Cleo")], state: { ...facts().state, verdicts } }, "receiving"), `bad: ${sentence}`, "it was not Cleo");
});

test("path, delay and loss say what they mean for me", () => {
  const way = (path) => said(sampled({ path: { send: { ...udp, ...path } } }), "path");
  assert.equal(way({}), "good: Straight to the server, over UDP.");
  assert.equal(way({ protocol: "tcp" }), "good: Straight to the server, over TCP: it works, and stalls more easily than UDP.");
  assert.equal(way({ local: "relay", protocol: "udp" }), "good: Through a relay, over UDP: it works, and takes a little longer.");
  assert.equal(said({ sample: null }, "path"), "waiting: It is being looked for.");
  assert.equal(said({ sample: null, transports: { send: "new", recv: "new" } }, "path"), "off: Nothing is sent or received.");
  const delay = (rtt) => said(sampled({ path: { send: { ...udp, rtt } } }), "rtt");
  assert.equal(delay(24), "good: 24 ms to the server and back.");
  assert.equal(delay(200), "good: 200 ms to the server and back: you may notice it.");
  assert.equal(delay(412), "bad: 412 ms to the server and back: expect to talk over each other.");
  const loss = (up, down) => said(sampled({ up: { loss: up, sources: {} }, down: { loss: down, streams: [] } }), "loss");
  assert.equal(loss(0.004, 0), "good: Next to nothing gets lost.");
  assert.equal(loss(0.02, 0), "good: 2 % of what you send gets lost: you may hear it.");
  assert.equal(loss(0.02, 0.11), "bad: 2 % of what you send and 11 % of what you receive gets lost: sound and picture break up.");
});

test("the summary is as bad as the worst line", () => {
  const of = (more) => summaryOf(connectionLines(facts(more))).sentence;
  assert.equal(of({ transports: { send: "connecting", recv: "connecting" } }), "Some of it is still being made ready.");
  assert.equal(of({ state: { phase: "joined", connection: "reconnecting", verdicts: [] } }), "Something does not work as it should.");
});

// What a join waits for

const page = { prepared: true, socketOpen: false, words: offlineWords };
const nothing = { siteReached: null, verdicts: [] };
const verdict = (code, sentence) => ({ code, severity: "failing", sentence, action: "", about: null });

test("a join waits for the browser, the site, the socket, or the server's answer", () => {
  const waits = (state, more = {}) => whatAJoinWaitsFor({ ...nothing, ...state }, { ...page, ...more }).sentence;
  assert.match(waits({}, { prepared: false }), /Your browser is still getting ready/);
  assert.match(waits({}), /has not been reached yet/);
  assert.equal(waits({ siteReached: false }), offlineWords.SITE_UNREACHABLE.sentence);
  assert.equal(waits({ siteReached: true }), offlineWords.SOCKET_UNREACHABLE.sentence);
  assert.match(waits({}, { socketOpen: true }), /has not answered yet/);
});

test("what the server says of a wait counts, but for devices, which no join waits for", () => {
  const verdicts = [verdict("MICROPHONE_DENIED", "The microphone is not allowed."), verdict("SOCKET_UNREACHABLE", "The live connection does not come about.")];
  assert.equal(whatAJoinWaitsFor({ siteReached: true, verdicts }, page).sentence, "The live connection does not come about.");
  assert.equal(whatAJoinWaitsFor({ siteReached: false, verdicts }, page).sentence, offlineWords.SITE_UNREACHABLE.sentence);
});

// Where it is said

test("what fails is said first, then what is waited for on my side; what only stumbles has marks of its own", () => {
  const of = (severity, about = null) => ({ ...verdict(severity.toUpperCase(), ""), severity, about });
  const [failing, waiting, waitingForBob, impaired] = [of("failing", "bob"), of("waiting"), of("waiting", "bob"), of("impaired")];
  assert.equal(foremost([failing, impaired, waiting]), failing);
  assert.equal(foremost([impaired, waitingForBob, waiting]), waiting);
  assert.equal(foremost([impaired, waitingForBob]), undefined);
});
