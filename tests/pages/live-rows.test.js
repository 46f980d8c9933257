/** Live media: which rows are shown for what is open and searched, and what they say. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { summary, table } from "../../media/static/media/js/chart.js";
import { pauseOf, rowsOf, totals, wayTo } from "../../media/static/media/js/rows.js";
import { bitrate, memory, milliseconds, percent } from "../../media/static/media/js/words.js";

const stream = { kind: "video", type: "simulcast", codec: "VP8", paused: false, bitrate: 900_000, loss: 0.02, rtt: 12.3 };

function producer(id, participant, more = {}) {
  return { ...stream, id, participant, source: "camera", spatialLayers: 3, temporalLayers: 3, score: [10, 10, 9], held: false, bitrateByLayer: {}, ...more };
}

function consumer(id, participant, more = {}) {
  return {
    ...stream, id, participant, source: "camera", producerId: "p", producerPaused: false, score: 10, producerScore: 10, priority: 1,
    layers: { spatialLayer: 1, temporalLayer: 2 }, preferredLayers: { spatialLayer: 2, temporalLayer: 2 }, ...more,
  };
}

function transport(id, participant, direction, more = {}) {
  return {
    id, participant, direction, type: "webrtc", iceState: "completed", dtlsState: "connected", bitrateIn: 1_000, bitrateOut: 2_000, lossIn: 0.01,
    lossOut: 0.02, rtt: 20, availableOut: null, capIn: null, capOut: null, producerCount: 0, consumerCount: 0,
    tuple: { protocol: "udp", localAddress: "127.0.0.1", localPort: 44444, remoteIp: "192.0.2.7", remotePort: 5000 }, ...more,
  };
}

function worker(index, routers, more = {}) {
  return {
    index, routers, leaving: false, pid: 10 + index, state: "up", trouble: "", port: 44444, cpu: 0.12, memoryBytes: 40e6, load: 0.2,
    uptimeSeconds: 60, restarts: 0, bitrateIn: 1_000, bitrateOut: 2_000, ...more,
  };
}

function snapshot() {
  const alices = transport("t1", "alice", "send", { producerCount: 1, producers: [producer("p", "alice")] });
  const bobs = transport("t2", "bob", "recv", { consumerCount: 1, consumers: [consumer("c", "alice")] });
  const carols = transport("t3", "carol", "send");
  return {
    at: 0, silent: [],
    nodes: [{ node: "n", host: "media1", pid: 9, workers: [worker(0, [{ id: "r1", meeting: "m1", transports: [alices, bobs] }]), worker(1, [{ id: "r2", meeting: "m2", transports: [carols] }])] }],
    meetings: { m1: ["Weekly", "/m1"], m2: ["Retro", "/m2"] },
    people: { alice: ["Alice", "/a"], bob: ["Bob", "/b"], carol: ["Carol", "/c"] },
  };
}

const view = (open = {}, query = "") => ({ open: new Map(Object.entries(open)), query });
const names = ({ rows }) => rows.map(({ name }) => name);

test("nodes and workers are open from the beginning, rooms are not", () => {
  const shown = rowsOf(snapshot(), view());
  assert.deepEqual(names(shown), ["Media node media1", "Worker 0", "Weekly", "Worker 1", "Retro"]);
  assert.deepEqual(shown.rows.map(({ level, open }) => [level, open]), [[1, true], [2, true], [3, false], [2, true], [3, false]]);
  assert.deepEqual(shown.opened, []);
});

test("only what is in open branches is shown, and asked for", () => {
  const shown = rowsOf(snapshot(), view({ "r:r1": true, "t:t2": true, "w:n:1": false }));
  assert.deepEqual(names(shown), ["Media node media1", "Worker 0", "Weekly", "Alice sends", "Bob receives", "Alice’s camera", "Worker 1"]);
  assert.deepEqual(shown.opened, ["r1", "t2"]);
  const [, , , alice, , hers] = shown.rows;
  assert.deepEqual([alice.place, alice.siblings, alice.parent, alice.loss], [1, 2, "r:r1", "1.0 %"]);
  assert.equal(alice.note, "ICE completed, DTLS connected, udp 192.0.2.7:5000, 1 producer");
  assert.equal(hers.note, "video, VP8, simulcast, layers 1.2 of preferred 2.2");
  assert.deepEqual([hers.outgoing, hers.rtt, hers.score, hers.transport], ["900 kbit/s", "12 ms", "10", "t2"]);
});

test("searching a person shows their transports with the way to them; searching a meeting shows all of it", () => {
  const bob = rowsOf(snapshot(), view({ "w:n:0": false }, " BOB "));
  assert.deepEqual(names(bob), ["Media node media1", "Worker 0", "Weekly", "Bob receives", "Worker 1"]);
  assert.equal(bob.found, 1);
  assert.deepEqual(names(rowsOf(snapshot(), view({}, "retro"))), ["Media node media1", "Worker 0", "Worker 1", "Retro", "Carol sends"]);
  assert.deepEqual(names(rowsOf(snapshot(), view({}, "m1"))).length, 6, "by id too");
  assert.equal(rowsOf(snapshot(), view({}, "dave")).found, 0);
});

test("states are said in words", () => {
  const states = [
    [{ iceState: "new", dtlsState: "new" }, "waits for the browser"],
    [{ iceState: "connected", dtlsState: "connecting" }, "connecting"],
    [{ iceState: "completed", dtlsState: "connected" }, "connected"],
    [{ iceState: "disconnected", dtlsState: "connected" }, "path lost"],
    [{ iceState: "connected", dtlsState: "failed" }, "DTLS failed"],
  ];
  for (const [more, said] of states) {
    const one = snapshot();
    Object.assign(one.nodes[0].workers[0].routers[0].transports[0], more);
    assert.equal(rowsOf(one, view({ "r:r1": true })).rows[3].state, said);
  }
  assert.deepEqual(
    [[true, true], [true, false], [false, true], [false, false]].map(([paused, producerPaused]) => pauseOf({ paused, producerPaused })[0]),
    ["paused by consumer and producer", "paused by consumer", "paused by producer", "flows"],
  );
});

test("a worker that is down, one that was replaced, and a node that drains say so", () => {
  const one = snapshot();
  one.nodes[0].state = "draining";
  one.nodes[0].workers = [worker(0, [], { state: "failed", trouble: "its binary is missing", pid: null, cpu: null }), worker(0, [], { leaving: true, state: "draining" })];
  const { rows } = rowsOf(one, view());
  assert.deepEqual(rows.map(({ name, state, tone }) => [name, state, tone]), [
    ["Media node media1", "draining", "bad"],
    ["Worker 0", "failed", "bad"],
    ["Worker 0, replaced", "draining", "warn"],
  ]);
  assert.equal(rows[1].note, "its binary is missing");
  assert.equal(new Set(rows.map(({ key }) => key)).size, 3);
});

test("a pipe says where it leads", () => {
  const one = snapshot();
  const end = (id, localPort, remotePort) =>
    transport(id, null, null, { type: "pipe", iceState: null, dtlsState: null, tuple: { protocol: "udp", localAddress: "127.0.0.1", localPort, remoteIp: "127.0.0.1", remotePort } });
  one.nodes[0].workers[0].routers[0].transports = [end("a", 1001, 1002), end("b", 1003, 7)];
  one.nodes[0].workers[1].routers[0].transports = [end("c", 1002, 1001)];
  const shown = rowsOf(one, view({ "r:r1": true, "r:r2": true })).rows.filter(({ kind }) => kind === "transport");
  assert.deepEqual(shown.map(({ name, state }) => [name, state]), [["Pipe to worker 1", "connected"], ["Pipe to another node", "connected"], ["Pipe to worker 0", "connected"]]);
});

test("the way to something names everything that is to be opened", () => {
  assert.deepEqual(wayTo(snapshot(), "c"), ["n:n", "w:n:0", "r:r1", "t:t2", "c:c"]);
  assert.deepEqual(wayTo(snapshot(), "1"), ["n:n", "w:n:1"]);
  assert.deepEqual(wayTo(snapshot(), "gone"), []);
  assert.deepEqual(totals(snapshot()), { workers: 2, up: 2, routers: 2, transports: 3, producers: 1, consumers: 1 });
});

test("a thousand transports in a hundred open rooms are a row each", () => {
  const routers = Array.from({ length: 100 }, (_, r) => ({
    id: `r${r}`, meeting: `m${r}`, transports: Array.from({ length: 10 }, (_, t) => transport(`t${r}-${t}`, `p${r}-${t}`, t % 2 ? "recv" : "send")),
  }));
  const many = { ...snapshot(), nodes: [{ ...snapshot().nodes[0], workers: [worker(0, routers)] }] };
  const open = Object.fromEntries(routers.map(({ id }) => [`r:${id}`, true]));
  assert.equal(rowsOf(many, view(open)).rows.length, 2 + 100 + 1000);
});

test("numbers are rounded to what helps, and unknown ones are left out", () => {
  assert.deepEqual([bitrate(null), bitrate(0), bitrate(34_600), bitrate(1_234_567), bitrate(123_000_000)], ["", "0 kbit/s", "35 kbit/s", "1.2 Mbit/s", "123 Mbit/s"]);
  assert.deepEqual([percent(null), percent(0), percent(0.004), percent(0.5)], ["", "0 %", "0.4 %", "50 %"]);
  assert.deepEqual([milliseconds(1.26), milliseconds(120.4), memory(43_500_000)], ["1.3 ms", "120 ms", "44 MB"]);
});

test("a chart says what it shows", () => {
  const now = 3_600_000;
  const chart = {
    title: "CPU", at: [now - 600_000, now - 300_000, now - 10_000, now], words: percent, least: 0.1,
    lines: [{ name: "CPU", values: [0.2, 0.4, null, 0.3] }],
  };
  assert.equal(summary(chart), "30 % now, 30 % on average, 40 % at most.");
  assert.equal(summary({ ...chart, lines: [{ name: "in", values: [] }, { name: "out", values: [null] }] }), "in: nothing known yet; out: nothing known yet.");
  assert.deepEqual(table(chart, now), [["0 to 5 minutes ago", "30 %"], ["5 to 10 minutes ago", "40 %"], ["10 to 15 minutes ago", "20 %"]]);
});
