import assert from "node:assert/strict";
import { test } from "node:test";
import { keepPrecall, takePrecall } from "../../meetings/static/meetings/js/precall.js";
import { askForDevices } from "../../meetings/static/meetings/js/test/asking.js";
import { conclude, numbersOf, ofCamera, ofEcho, ofMicrophone, ofMissingDevice, ofNoMedia, ofSocket, ofSpeaker, ofWay, reportText } from "../../meetings/static/meetings/js/test/judging.js";
import { isDone, line, LINES } from "../../meetings/static/meetings/js/test/lines.js";
import { hasRelay, lossUp, measuredDown, measuredUp, ownAddresses, pathOf } from "../../meetings/static/meetings/js/test/measures.js";
import { describeLooks, greyOf } from "../../meetings/static/meetings/js/test/pictures.js";
import { isRefused, onlyBy, portsOf, turnServers } from "../../meetings/static/meetings/js/test/routes.js";
import { reportIdOf, Telling } from "../../meetings/static/meetings/js/test/telling.js";

const well = Object.fromEntries(LINES.map((id) => [id, line(id === "turn" ? "skipped" : "good", "It works.")]));
const path = { local: "host", protocol: "udp", remote: "192.0.2.1:44444", rtt: 20, available: 1500 };
const up = { kbps: 900, loss: 0, rtt: 20, jitter: 2, fps: 15, height: 720, limited: "none" };
const down = { kbps: 880, loss: 0, jitter: 3, frames: 60, packets: 400, height: 720, sound: true };
const echo = { connected: true, path, up, down, parts: [], picture: true, sound: true, moves: true, own: [] };
const way = { way: "udp", connected: true, ms: 40, rtt: 12, ports: [44444], offered: true, refused: false, relayed: false, errors: [] };

test("a picture that is black, one that stands still and one that moves are told apart", () => {
  const look = (value) => Array.from({ length: 20 }, () => value);
  assert.deepEqual(describeLooks([]), { looks: 0, black: false, moves: false });
  assert.deepEqual(describeLooks([look(2), look(3)]), { looks: 2, black: true, moves: false });
  assert.deepEqual(describeLooks([look(90), look(95)]), { looks: 2, black: false, moves: false });
  assert.equal(describeLooks([look(90), [...look(90).slice(3), 200, 200, 200]]).moves, true);
  assert.deepEqual(greyOf([0, 0, 0, 255, 255, 255, 255, 255]), [0, 255]);
});

test("each way is tried with its own candidates, and TURN with relays alone", () => {
  const candidates = [{ protocol: "udp", port: 44444 }, { protocol: "udp", port: 44445 }, { protocol: "tcp", port: 44444 }];
  const params = { id: "1", iceCandidates: candidates };
  const servers = [{ urls: "stun:stun.example.org" }, { urls: ["turn:turn.example.org", "stun:turn.example.org"], username: "u" }];
  assert.deepEqual(turnServers(servers), [{ urls: ["turn:turn.example.org"], username: "u" }]);
  assert.deepEqual(turnServers([{ urls: "stun:stun.example.org" }]), []);
  assert.deepEqual(onlyBy("udp", params, servers), { id: "1", iceCandidates: candidates.slice(0, 2), iceServers: [] });
  assert.deepEqual(onlyBy("tcp", params, servers), { id: "1", iceCandidates: candidates.slice(2), iceServers: [] });
  const relayed = onlyBy("turn", params, servers);
  assert.equal(relayed.iceTransportPolicy, "relay");
  assert.equal(relayed.iceCandidates.length, 3);
  assert.deepEqual(portsOf(candidates, "udp"), [44444, 44445]);
  assert.ok(isRefused([{ errorCode: 701 }, { errorCode: 401 }]));
  assert.ok(!isRefused([{ errorCode: 701 }]));
});

test("the path is read from Chrome's and from Firefox's statistics", () => {
  const ends = [
    { type: "local-candidate", id: "L", candidateType: "relay", protocol: "udp", address: "192.0.2.9", port: 50000 },
    { type: "remote-candidate", id: "R", protocol: "tcp", address: "192.0.2.1", port: 44444 },
  ];
  const pair = { type: "candidate-pair", id: "P", localCandidateId: "L", remoteCandidateId: "R", currentRoundTripTime: 0.0123, availableOutgoingBitrate: 1_234_567 };
  const known = { local: "relay", protocol: "tcp", remote: "192.0.2.1:44444", rtt: 12.3, available: 1235 };
  assert.deepEqual(pathOf([...ends, { type: "transport", selectedCandidatePairId: "P" }, pair]), known);
  assert.deepEqual(pathOf([...ends, { ...pair, selected: true }]), known);
  assert.equal(pathOf([...ends, pair]), null);
  assert.ok(hasRelay(ends));
  assert.deepEqual(ownAddresses(ends), [{ type: "relay", protocol: "udp", address: "192.0.2.9", port: 50000 }]);
});

test("what was sent and came back is measured between two looks", () => {
  const sent = (bytes, packets, lost) => [
    { type: "outbound-rtp", id: "a", kind: "audio", bytesSent: bytes / 10, packetsSent: packets / 10 },
    { type: "outbound-rtp", id: "v", kind: "video", bytesSent: (bytes * 9) / 10, packetsSent: (packets * 9) / 10, framesPerSecond: 15, frameHeight: 720, qualityLimitationReason: "none" },
    { type: "remote-inbound-rtp", id: "rv", localId: "v", timestamp: packets, packetsLost: lost, roundTripTime: 0.02, jitter: 0.004 },
  ];
  assert.deepEqual(measuredUp([sent(1000, 100, 0), sent(501_000, 600, 9)], 4), { kbps: 1000, loss: 0.02, rtt: 20, jitter: 4, fps: 15, height: 720, limited: "none" });
  assert.equal(measuredUp([sent(0, 0, 0).slice(0, 2), sent(10, 10, 0).slice(0, 2)], 4).loss, null);
  const before = [{ type: "inbound-rtp", id: "v", kind: "video", bytesReceived: 0, packetsReceived: 0, packetsLost: 0, framesDecoded: 1 }];
  const after = [
    { type: "inbound-rtp", id: "v", kind: "video", bytesReceived: 400_000, packetsReceived: 95, packetsLost: 5, framesDecoded: 61, jitter: 0.003, frameHeight: 720 },
    { type: "inbound-rtp", id: "a", kind: "audio", bytesReceived: 0, packetsReceived: 0, jitter: 0.001, totalAudioEnergy: 0.5 },
  ];
  assert.deepEqual(measuredDown(before, after, 4), { kbps: 800, loss: 0.05, jitter: 3, frames: 60, packets: 95, height: 720, sound: true });
});

test("what is lost on the way there is counted from one report of the server to another, of what was sent for the first time", () => {
  /** Sound tells of no loss: what was sent again counts as never lost there. */
  const look = (packetsSent, retransmittedPacketsSent, at, packetsLost, fractionLost) => [
    { type: "outbound-rtp", id: "a", kind: "audio", packetsSent: 1000 },
    { type: "remote-inbound-rtp", id: "ra", localId: "a", timestamp: at, packetsLost: 500, fractionLost: 0.5 },
    { type: "outbound-rtp", id: "v", kind: "video", packetsSent, retransmittedPacketsSent },
    ...(at === null ? [] : [{ type: "remote-inbound-rtp", id: "rv", localId: "v", timestamp: at, packetsLost, fractionLost }]),
  ];
  assert.equal(lossUp([look(10, 0, null)]), null);
  assert.equal(lossUp([look(10, 0, null), look(40, 2, 1, 6, 0.125), look(80, 9, 1, 6, 0.125)]), 0.125);
  // A hundred more by the second report, and twenty of them once more; what was sent since is in no report yet.
  assert.equal(lossUp([look(20, 0, 1, 2, 0.1), look(50, 0, 1, 2, 0.1), look(140, 20, 2, 17, 0.15), look(400, 60, 2, 17, 0.15)]), 0.15);
  assert.equal(lossUp([look(20, 0, 1, 2, 0.1), look(140, 20, 2, 1, 0)]), 0);
});

test("what came a second time was lost all the same, and tries of the server are no picture", () => {
  const stream = (packetsReceived, retransmittedPacketsReceived, packetsLost) => ({ type: "inbound-rtp", id: "v", kind: "video", packetsReceived, retransmittedPacketsReceived, packetsLost, frameHeight: 720 });
  const probes = (packetsReceived) => ({ type: "inbound-rtp", id: "p", kind: "video", mid: "probator", packetsReceived, packetsLost: 0 });
  const { loss, height, packets } = measuredDown([probes(0), stream(0, 0, 0)], [probes(300), stream(100, 15, 15)], 4);
  assert.deepEqual([loss, height, packets], [0.15, 720, 100]);
});

test("a microphone is told to be muted by the system, hardly heard, or working", () => {
  assert.equal(ofMicrophone({ loudest: 0, silent: true, muted: false }).code, "MICROPHONE_MUTED_BY_SYSTEM");
  assert.equal(ofMicrophone({ loudest: 0.5, silent: false, muted: true }).code, "MICROPHONE_MUTED_BY_SYSTEM");
  assert.equal(ofMicrophone({ loudest: 0.1, silent: false, muted: false }).state, "notable");
  assert.equal(ofMicrophone({ loudest: 0.5, silent: false, muted: false }).state, "good");
});

test("a camera is told to give nothing, black, a still, or a picture that moves", () => {
  const seen = (more) => ofCamera({ looks: 10, black: false, moves: true, ...more }, false);
  assert.equal(seen({ looks: 0 }).state, "bad");
  assert.equal(seen({ black: true }).code, "CAMERA_MUTED_BY_SYSTEM");
  assert.equal(seen({ moves: false }).state, "notable");
  assert.equal(seen({}).state, "good");
});

test("every sentence about something that is wrong comes with something to do", () => {
  const wrong = [
    ...["denied", "denied-by-system", "missing", "busy", "insecure", "failed", "unanswered"].flatMap((problem) => [ofMissingDevice("microphone", problem), ofMissingDevice("camera", problem)]),
    ofMicrophone({ loudest: 0, silent: true, muted: false }),
    ofCamera({ looks: 0, black: false, moves: false }, false),
    ofSpeaker({ played: false, own: true, heard: null }),
    ofSpeaker({ played: true, own: true, heard: false }),
    ofSocket(null),
    ofSocket({ openMs: 10, roundTrip: 900 }),
    ofWay({ ...way, connected: false }),
    ofWay({ ...way, way: "tcp", connected: false }),
    ofWay({ ...way, way: "turn", connected: false }),
    ofWay({ ...way, way: "turn", connected: false, refused: true }),
    ofWay({ ...way, way: "turn", connected: false, relayed: true }),
    ofEcho({ ...echo, connected: false }),
    ofEcho({ ...echo, down: { ...down, packets: 0 } }),
    ofEcho({ ...echo, down: { ...down, frames: 0 } }),
    ofEcho({ ...echo, down: { ...down, loss: 0.2 } }),
    ofEcho({ ...echo, up: { ...up, loss: 0.2 } }),
    ofEcho({ ...echo, up: { ...up, limited: "cpu" } }),
    ofEcho({ ...echo, path: { ...path, rtt: 900 } }),
    ofEcho({ ...echo, path: { ...path, available: 100 } }),
    ofEcho({ ...echo, down: { ...down, jitter: 100 } }),
    ofEcho({ ...echo, moves: false }),
    ...["MEDIA_UNAVAILABLE", "MEDIA_OVERLOADED", "CONNECTION_LOST", "RATE_LIMITED"].map(ofNoMedia),
  ];
  for (const { state, sentence, action } of wrong) {
    assert.ok(["bad", "notable", "skipped"].includes(state), sentence);
    assert.match(sentence, /^[A-Z].*\.$/);
    assert.match(action, /^[A-Z].*\.$/, sentence);
    assert.doesNotMatch(sentence + action, /[A-Z]+_[A-Z]+/);
  }
});

test("loss is told on the side where it happens", () => {
  assert.equal(ofEcho({ ...echo, up: { ...up, loss: 0.2 } }).code, "UPLINK_LOSS");
  assert.equal(ofEcho({ ...echo, down: { ...down, loss: 0.2 } }).code, "DOWNLINK_LOSS");
  assert.match(ofEcho({ ...echo, up: { ...up, loss: 0.2 } }).sentence, /20 % of it is lost on the way to/);
});

test("what is not offered is not a fault", () => {
  const none = ofWay({ ...way, way: "turn", offered: false, connected: false });
  assert.equal(none.state, "skipped");
  assert.match(none.sentence, /Not offered/);
  assert.ok(isDone(none));
});

test("one is ready when everything works, and told what is worst otherwise", () => {
  assert.equal(conclude(well, []).outcome, "ready");
  const deaf = { ...well, microphone: ofMissingDevice("microphone", "denied") };
  assert.deepEqual([conclude(deaf, []).outcome, conclude(deaf, []).code], ["limited", "MICROPHONE_DENIED"]);
  const cut = { ...deaf, udp: ofWay({ ...way, connected: false }), echo: ofEcho({ ...echo, connected: false }) };
  assert.deepEqual([conclude(cut, []).outcome, conclude(cut, []).code], ["not-ready", "MEDIA_PORT_BLOCKED"]);
  assert.equal(conclude({ ...well, socket: ofSocket(null), echo: line("skipped", "") }, []).code, "SOCKET_UNREACHABLE");
  assert.equal(conclude({ ...well, tcp: ofWay({ ...way, way: "tcp", connected: false }) }, []).outcome, "ready");
});

test("the server's rules have the last word on what they know better", () => {
  const verdict = (code, severity) => ({ code, severity, sentence: `${code} it is.`, action: "Do that." });
  const deaf = { ...well, microphone: ofMissingDevice("microphone", "denied") };
  assert.equal(conclude(deaf, [verdict("MICROPHONE_DENIED", "failing")]).sentence, "MICROPHONE_DENIED it is.");
  const cut = { ...well, echo: ofEcho({ ...echo, connected: false }) };
  assert.equal(conclude(cut, [verdict("WRONG_ANNOUNCED_ADDRESS", "failing")]).code, "WRONG_ANNOUNCED_ADDRESS");
  assert.equal(conclude(well, [verdict("CLOCK_OFF", "impaired")]).outcome, "limited");
  assert.equal(conclude(well, [verdict("STILL_WAITING", "waiting")]).outcome, "ready");
  assert.equal(conclude(cut, [verdict("MEDIA_PORT_BLOCKED", "notice")]).sentence, cut.echo.sentence);
});

test("what one does not need here is told to those who are ready, and holds nobody up", () => {
  const notice = { code: "TURN_REFUSED", severity: "notice", sentence: "It refused.", action: "Tell them." };
  const lines = { ...well, turn: ofWay({ ...way, way: "turn", connected: false, refused: true }) };
  const { outcome, title, sentence, action, code } = conclude(lines, [notice]);
  assert.deepEqual([outcome, title, action, code], ["ready", "You are ready", "Tell them.", "TURN_REFUSED"]);
  assert.match(sentence, /connection work\. It refused\.$/);
  assert.match(conclude(lines, []).sentence, /connection work\. The TURN server refuses/);
  assert.equal(conclude({ ...lines, speaker: ofSpeaker({ played: true, own: true, heard: false }) }, [notice]).code, "NO_SPEAKER");
});

test("the numbers are the same ones whether they are known or not", () => {
  const names = (of) => numbersOf(of).map(([name]) => name);
  assert.deepEqual(names(echo), names(null));
  assert.deepEqual(numbersOf(echo).map(([, value]) => value), ["900 kbit/s", "880 kbit/s", "at least 1.5 Mbit/s", "0 %, 0 %", "20 ms", "3 ms"]);
  assert.ok(numbersOf(null).every(([, value]) => value === "–"));
});

test("the report holds everything that somebody else needs", () => {
  const lines = { ...well, microphone: ofMissingDevice("microphone", "denied") };
  const text = reportText({ report: "ABCD-1234", conclusion: conclude(lines, []), lines, numbers: numbersOf(echo), browser: "Browser/1", when: "2026-11-27T09:00:00Z" });
  for (const part of ["ABCD-1234", "MICROPHONE_DENIED", "UDP to the media server: It works.", "Round trip: 20 ms", "Browser/1", "2026-11-27"]) assert.ok(text.includes(part), part);
});

test("a report id is what the server writes", () => {
  assert.equal(reportIdOf("ab12cd34-0000-4000-8000-000000000000"), "AB12-CD34");
});

test("steps go over the socket while it is open, and over HTTP otherwise", async () => {
  const told = [];
  const signalling = { isOpen: true, tell: (event, data) => told.push([event, data]), request: async (event) => (told.push([event]), { verdicts: [{ code: "A", sentence: "It is broken.", action: "" }] }) };
  const posted = [];
  const send = async (url, how) => (posted.push([url, JSON.parse(how.body), how.headers]), { ok: true, json: async () => ({ verdicts: [{ code: "B", sentence: "It is gone.", action: "" }] }) });
  const telling = new Telling({ attemptId: "an-id", signalling, stepsUrl: "/steps", csrfToken: "token", offline: [], send });
  telling.note("page-opened", "ok");
  telling.tell();
  telling.tell();
  telling.note("socket", "ok", { ms: 3 });
  assert.deepEqual(await telling.conclude(), [{ code: "A", sentence: "It is broken.", action: "" }]);
  assert.deepEqual(told.map(([event, data]) => [event, data?.attemptId, data?.purpose, data?.steps.map(({ step }) => step)]), [
    ["trace", "an-id", "test", ["page-opened"]],
    ["trace", "an-id", "test", ["socket"]],
    ["test-end", undefined, undefined, undefined],
  ]);
  signalling.isOpen = false;
  telling.note("socket", "failed", { ms: 5000 });
  telling.tell();
  assert.deepEqual(await telling.conclude(), [{ code: "B", sentence: "It is gone.", action: "" }]);
  assert.deepEqual([posted[0][0], posted[0][1].purpose, posted[0][1].steps[0].outcome, posted[0][2]["X-CSRFToken"]], ["/steps", "test", "failed", "token"]);
});

test("what the person says after the test is told one after the other, and what cannot be told changes nothing", async () => {
  const answers = [async () => ({ ok: true, json: async () => ({ verdicts: [{ code: "A", sentence: "It is broken.", action: "" }] }) }), async () => ({ ok: false }), () => Promise.reject(new Error("offline")), async () => ({ ok: true, json: async () => ({ verdicts: [] }) })];
  const posted = [];
  let under = 0;
  const send = async (url, how) => {
    assert.equal((under += 1), 1);
    assert.ok(how.keepalive);
    posted.push(JSON.parse(how.body).steps.map(({ outcome }) => outcome));
    await new Promise((resolve) => setImmediate(resolve));
    under -= 1;
    return answers[posted.length - 1]();
  };
  const telling = new Telling({ attemptId: "an-id", signalling: { isOpen: false }, stepsUrl: "/steps", csrfToken: "", offline: [{ code: "SITE_UNREACHABLE" }], send });
  const told = ["failed", "ok", "failed", "ok"].map((outcome) => {
    telling.note("speaker", outcome);
    return telling.amend();
  });
  assert.deepEqual(await Promise.all(told), [[{ code: "A", sentence: "It is broken.", action: "" }], null, null, []]);
  assert.deepEqual(posted.flat(), ["failed", "ok", "failed", "ok"]);
});

test("a site that cannot be reached at all is named without asking it", async () => {
  const unreachable = { code: "SITE_UNREACHABLE", severity: "failing", sentence: "It cannot be reached.", action: "Wait." };
  const signalling = { isOpen: false };
  const telling = new Telling({ attemptId: "an-id", signalling, stepsUrl: "/steps", csrfToken: "", offline: [unreachable], send: () => Promise.reject(new Error("offline")) });
  const verdicts = await telling.conclude();
  assert.deepEqual(verdicts, [unreachable]);
  assert.equal(conclude({ ...well, socket: ofSocket(null), echo: line("skipped", "") }, verdicts).code, "SITE_UNREACHABLE");
});

test("what was found is told once, and while it is news", () => {
  const kept = new Map();
  const storage = { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value), removeItem: (key) => kept.delete(key) };
  const found = { at: "2026-11-27T09:00:00.000Z", attempt: "ABCD-1234", code: "", outcome: "ready", lines: {}, measured: {} };
  const then = Date.parse(found.at);
  keepPrecall(found, storage);
  assert.deepEqual(takePrecall(storage, then + 60_000), found);
  assert.equal(takePrecall(storage, then + 60_000), null);
  keepPrecall(found, storage);
  assert.equal(takePrecall(storage, then + 3 * 3_600_000), null);
  const off = { getItem() { throw new Error("off"); }, setItem() { throw new Error("off"); }, removeItem() {} };
  keepPrecall(found, off);
  assert.equal(takePrecall(off, then), null);
});

test("nobody waits for a question that is not answered, and what comes too late is let go of", async () => {
  let answer = () => {};
  const question = new Promise((resolve) => (answer = resolve));
  const native = Object.getOwnPropertyDescriptor(globalThis, "navigator");
  Object.defineProperty(globalThis, "navigator", { value: { mediaDevices: { getUserMedia: () => question } }, configurable: true });
  try {
    const got = await askForDevices({ microphone: "", camera: "" }, 20);
    assert.deepEqual(got, { microphone: "unanswered", camera: "unanswered" });
    const stopped = [];
    const track = (kind) => ({ stop: () => stopped.push(kind) });
    answer({ getAudioTracks: () => [track("audio")], getVideoTracks: () => [track("video")] });
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(stopped, ["audio", "video"]);
  } finally {
    if (native) Object.defineProperty(globalThis, "navigator", native);
    else delete globalThis.navigator;
  }
});
