/**
 * From a snapshot to the rows that are shown: only what is in open branches, and what is searched for. No DOM.
 *
 * @import {Consumer, Kind, Node, Producer, Router, Snapshot, Transport, Worker} from "./shapes.js"
 */
import { bitrate, count, farEnd, layersOf, memory, milliseconds, percent, sourceOf } from "./words.js";

/** @typedef {"ok" | "quiet" | "warn" | "bad"} Tone */

/**
 * @typedef {object} Row
 * @property {string} key          Unique, and the same for the same thing at each update.
 * @property {Kind} kind
 * @property {string} id           What acts name it by.
 * @property {string} node         The name of its node.
 * @property {string} transport    The id of the transport that a stream is on, else empty.
 * @property {number} level        From 1.
 * @property {string | null} parent
 * @property {boolean | null} open Null when there is nothing in it.
 * @property {number} place        Among its siblings, from 1.
 * @property {number} siblings
 * @property {string} name
 * @property {string} state
 * @property {Tone} tone
 * @property {string} incoming
 * @property {string} outgoing
 * @property {string} loss
 * @property {string} rtt
 * @property {string} score
 * @property {string} note
 * @property {Node | Worker | Router | Transport | Producer | Consumer} entry
 * @property {string | null} meeting  The id of the meeting that it belongs to.
 * @property {string | null} owner    The id of the participant at the far end.
 */

/**
 * @typedef {object} View
 * @property {ReadonlyMap<string, boolean>} open  What was opened and closed, by key; nodes and workers are open unless closed.
 * @property {string} query                       Part of a meeting's or a person's name, or of an id.
 */

/**
 * @param {Snapshot} snapshot
 * @param {View} view
 * @returns {{rows: Row[], opened: string[], found: number}}  `opened` are ids of routers and transports whose depth is
 *   needed; `found` counts the meetings and people's transports that match a query.
 */
export function rowsOf(snapshot, { open, query }) {
  const wanted = query.trim().toLowerCase();
  /** @type {Row[]} */ const rows = [];
  /** @type {string[]} */ const opened = [];
  let found = 0;
  const pipes = pipeEnds(snapshot);

  /** @param {string} key @param {boolean} otherwise */
  const isOpen = (key, otherwise) => open.get(key) ?? otherwise;

  snapshot.nodes.forEach((node, place) => {
    const key = `n:${node.node}`;
    const nodeOpen = isOpen(key, true) || wanted !== "";
    rows.push(nodeRow(node, key, nodeOpen, place + 1, snapshot.nodes.length));
    if (!nodeOpen) return;
    node.workers.forEach((worker, workerPlace) => {
      const workerKey = keyOf(node, worker);
      const routers = wanted ? worker.routers.filter((router) => isWanted(router, snapshot, wanted)) : worker.routers;
      const workerOpen = isOpen(workerKey, true) || (wanted !== "" && routers.length > 0);
      const above = { node: node.node, parent: key };
      rows.push(workerRow(worker, workerKey, routers.length ? workerOpen : null, workerPlace + 1, node.workers.length, above));
      if (!workerOpen) return;
      routers.forEach((router, routerPlace) => {
        const routerKey = `r:${router.id}`;
        const whole = !wanted || matches(router.meeting, snapshot.meetings, wanted);
        const transports = whole
          ? router.transports
          : router.transports.filter((transport) => matches(transport.participant, snapshot.people, wanted));
        if (wanted) found += whole ? 1 : transports.length;
        const routerOpen = isOpen(routerKey, wanted !== "");
        rows.push(
          routerRow(router, snapshot, routerKey, transports.length ? routerOpen : null, routerPlace + 1, routers.length, {
            node: node.node,
            parent: workerKey,
          }),
        );
        if (!routerOpen) return;
        opened.push(router.id);
        transports.forEach((transport, transportPlace) => {
          const transportKey = `t:${transport.id}`;
          const filled = transport.producerCount + transport.consumerCount > 0;
          const transportOpen = filled && isOpen(transportKey, false);
          const place = { node: node.node, parent: routerKey, meeting: router.meeting };
          rows.push(
            transportRow(transport, snapshot, pipes, transportKey, filled ? transportOpen : null, transportPlace + 1, transports.length, place),
          );
          if (!transportOpen) return;
          opened.push(transport.id);
          rows.push(...streamRows(transport, snapshot, { ...place, parent: transportKey }));
        });
      });
    });
  });
  return { rows, opened, found };
}

/**
 * The keys of everything above something, and its own: for opening the way to it.
 *
 * @param {Snapshot} snapshot
 * @param {string} id  Of a router, transport, producer or consumer; or the index of a worker.
 * @returns {string[]} Outermost first; empty when it is not there.
 */
export function wayTo(snapshot, id) {
  for (const node of snapshot.nodes) {
    const way = [`n:${node.node}`];
    if (node.node === id) return way;
    for (const worker of node.workers) {
      const toWorker = [...way, keyOf(node, worker)];
      if (String(worker.index) === id && !worker.leaving) return toWorker;
      for (const router of worker.routers) {
        const toRouter = [...toWorker, `r:${router.id}`];
        if (router.id === id) return toRouter;
        for (const transport of router.transports) {
          const toTransport = [...toRouter, `t:${transport.id}`];
          if (transport.id === id) return toTransport;
          if (transport.producers?.some((one) => one.id === id)) return [...toTransport, `p:${transport.id}:${id}`];
          if (transport.consumers?.some((one) => one.id === id)) return [...toTransport, `c:${id}`];
        }
      }
    }
  }
  return [];
}

/** @param {Node} node @param {Worker} worker */
function keyOf(node, worker) {
  return `w:${node.node}:${worker.index}${worker.leaving ? `:${worker.pid}` : ""}`;
}

/** @param {Snapshot} snapshot  Everything that is counted in it. */
export function totals({ nodes }) {
  const all = { workers: 0, up: 0, routers: 0, transports: 0, producers: 0, consumers: 0 };
  for (const node of nodes) {
    for (const worker of node.workers) {
      all.workers += 1;
      if (worker.state === "up") all.up += 1;
      const counted = countIn(worker.routers);
      all.routers += counted.routers;
      all.transports += counted.transports;
      all.producers += counted.producers;
      all.consumers += counted.consumers;
    }
  }
  return all;
}

/** @param {Router} router @param {Snapshot} snapshot @param {string} wanted */
function isWanted(router, snapshot, wanted) {
  return (
    matches(router.meeting, snapshot.meetings, wanted) ||
    router.transports.some((transport) => matches(transport.participant, snapshot.people, wanted))
  );
}

/** @param {string | null} id @param {Record<string, [string, string]>} names @param {string} wanted */
function matches(id, names, wanted) {
  if (!id) return false;
  return id.toLowerCase().includes(wanted) || (names[id]?.[0].toLowerCase().includes(wanted) ?? false);
}

/** @param {Router[]} routers */
function countIn(routers) {
  const counted = { routers: routers.length, transports: 0, producers: 0, consumers: 0 };
  for (const router of routers) {
    counted.transports += router.transports.length;
    for (const transport of router.transports) {
      counted.producers += transport.producerCount;
      counted.consumers += transport.consumerCount;
    }
  }
  return counted;
}

/** @param {(number | null)[]} values  The sum of those that are known; null when none is. */
function sum(values) {
  const known = values.filter((value) => value !== null);
  return known.length ? known.reduce((total, value) => total + value, 0) : null;
}

const BLANK = { transport: "", incoming: "", outgoing: "", loss: "", rtt: "", score: "", note: "", meeting: null, owner: null };

/** @param {Node} node @param {string} key @param {boolean} open @param {number} place @param {number} siblings @returns {Row} */
function nodeRow(node, key, open, place, siblings) {
  const up = node.workers.filter((worker) => worker.state === "up").length;
  const whole = up === node.workers.length;
  const draining = node.state === "draining";
  return {
    ...BLANK,
    key,
    kind: "node",
    id: node.node,
    node: node.node,
    level: 1,
    parent: null,
    open,
    place,
    siblings,
    name: `Media node ${node.host}`,
    state: draining ? "draining" : whole ? "up" : `${up} of ${node.workers.length} workers up`,
    tone: whole && !draining ? "ok" : up ? "warn" : "bad",
    incoming: bitrate(sum(node.workers.map((worker) => worker.bitrateIn))),
    outgoing: bitrate(sum(node.workers.map((worker) => worker.bitrateOut))),
    note: `pid ${node.pid}, ${count(node.workers.length, "worker")}`,
    entry: node,
  };
}

/** @typedef {{node: string, parent: string}} Above */

/** @param {Worker} worker @param {string} key @param {boolean | null} open @param {number} place @param {number} siblings @param {Above} above @returns {Row} */
function workerRow(worker, key, open, place, siblings, above) {
  const { routers, transports, producers, consumers } = countIn(worker.routers);
  const usage = [
    worker.load === null ? "" : `load ${percent(worker.load)}`,
    worker.cpu === null ? "" : `CPU ${percent(worker.cpu)}`,
    memory(worker.memoryBytes),
  ].filter(Boolean);
  const counts = [count(routers, "room"), count(transports, "transport"), count(producers, "producer"), count(consumers, "consumer")];
  return {
    ...BLANK,
    ...above,
    key,
    kind: "worker",
    id: String(worker.index),
    level: 2,
    open,
    place,
    siblings,
    name: worker.leaving ? `Worker ${worker.index}, replaced` : `Worker ${worker.index}`,
    state: worker.state,
    tone: worker.state === "up" ? "ok" : worker.state === "failed" ? "bad" : "warn",
    incoming: bitrate(worker.bitrateIn),
    outgoing: bitrate(worker.bitrateOut),
    note: worker.trouble || [...usage, ...counts].join(", "),
    entry: worker,
  };
}

/** @param {Router} router @param {Snapshot} snapshot @param {string} key @param {boolean | null} open @param {number} place @param {number} siblings @param {Above} above @returns {Row} */
function routerRow(router, snapshot, key, open, place, siblings, above) {
  const people = new Set(router.transports.map((transport) => transport.participant).filter(Boolean));
  const pipes = router.transports.filter((transport) => transport.type === "pipe").length;
  const { transports, producers, consumers } = countIn([router]);
  const name = router.meeting ? (snapshot.meetings[router.meeting]?.[0] ?? `Meeting ${router.meeting.slice(0, 8)}`) : "No meeting";
  const counts = [count(transports, "transport"), count(producers, "producer"), count(consumers, "consumer")];
  if (pipes) counts.push(count(pipes, "pipe"));
  return {
    ...BLANK,
    ...above,
    key,
    kind: "router",
    id: router.id,
    level: 3,
    open,
    place,
    siblings,
    name,
    state: count(people.size, "person", "people"),
    tone: "quiet",
    incoming: bitrate(sum(router.transports.map((transport) => transport.bitrateIn))),
    outgoing: bitrate(sum(router.transports.map((transport) => transport.bitrateOut))),
    note: counts.join(", "),
    entry: router,
    meeting: router.meeting,
  };
}

/** @typedef {{node: string, parent: string, meeting: string | null}} InMeeting */

/** @param {Transport} transport @param {Snapshot} snapshot @param {Map<string, string>} pipes @param {string} key @param {boolean | null} open @param {number} place @param {number} siblings @param {InMeeting} above @returns {Row} */
function transportRow(transport, snapshot, pipes, key, open, place, siblings, above) {
  const [state, tone] = transportState(transport);
  const notes = [
    transport.iceState ? `ICE ${transport.iceState}, DTLS ${transport.dtlsState}` : "",
    farEnd(transport.tuple),
    transport.capIn ? `capped to ${bitrate(transport.capIn)} in` : "",
    transport.capOut ? `capped to ${bitrate(transport.capOut)} out` : "",
    transport.producerCount ? count(transport.producerCount, "producer") : "",
    transport.consumerCount ? count(transport.consumerCount, "consumer") : "",
  ];
  const loss = transport.direction === "recv" ? transport.lossOut : transport.lossIn;
  return {
    ...BLANK,
    ...above,
    key,
    kind: "transport",
    id: transport.id,
    level: 4,
    open,
    place,
    siblings,
    name: transportName(transport, snapshot, pipes),
    state,
    tone,
    incoming: bitrate(transport.bitrateIn),
    outgoing: bitrate(transport.bitrateOut),
    loss: percent(loss),
    rtt: milliseconds(transport.rtt),
    note: notes.filter(Boolean).join(", "),
    entry: transport,
    owner: transport.participant,
  };
}

/** Where the ends of pipes are, by address and port. @param {Snapshot} snapshot @returns {Map<string, string>} */
function pipeEnds({ nodes }) {
  const ends = new Map();
  for (const node of nodes) {
    for (const worker of node.workers) {
      for (const { tuple } of worker.routers.flatMap((router) => router.transports.filter(({ type }) => type === "pipe"))) {
        const place = nodes.length > 1 ? `worker ${worker.index} of ${node.host}` : `worker ${worker.index}`;
        if (tuple) ends.set(`${tuple.localAddress}:${tuple.localPort}`, place);
      }
    }
  }
  return ends;
}

/** @param {Transport} transport @param {Snapshot} snapshot @param {Map<string, string>} pipes */
function transportName({ type, participant, direction, tuple }, snapshot, pipes) {
  if (type === "pipe") return `Pipe to ${(tuple && pipes.get(`${tuple.remoteIp}:${tuple.remotePort}`)) || "another node"}`;
  if (!participant) return `A ${type} transport`;
  const verb = direction === "send" ? "sends" : direction === "recv" ? "receives" : "";
  return `${personName(participant, snapshot)} ${verb}`.trim();
}

/** @param {string | null} id @param {Snapshot} snapshot */
export function personName(id, snapshot) {
  return id ? (snapshot.people[id]?.[0] ?? `Participant ${id.slice(0, 8)}`) : "nobody";
}

/** @param {Transport} transport @returns {[string, Tone]} */
function transportState({ iceState, dtlsState, tuple }) {
  if (iceState === null) return tuple && tuple.remotePort ? ["connected", "ok"] : ["open", "quiet"];
  if (dtlsState === "failed") return ["DTLS failed", "bad"];
  if (iceState === "disconnected") return ["path lost", "bad"];
  if (iceState === "new") return ["waits for the browser", "quiet"];
  if (dtlsState !== "connected") return ["connecting", "warn"];
  return ["connected", "ok"];
}

/** @param {Transport} transport @param {Snapshot} snapshot @param {InMeeting} above @returns {Row[]} */
function streamRows(transport, snapshot, above) {
  const producers = transport.producers ?? [];
  const consumers = transport.consumers ?? [];
  const siblings = producers.length + consumers.length;
  const shared = { ...BLANK, ...above, transport: transport.id, level: 5, open: null, siblings, owner: transport.participant };
  return [
    ...producers.map((one, index) => ({ ...shared, ...producerCells(one), key: `p:${transport.id}:${one.id}`, place: index + 1 })),
    ...consumers.map((one, index) => ({
      ...shared,
      ...consumerCells(one, snapshot),
      key: `c:${one.id}`,
      place: producers.length + index + 1,
    })),
  ];
}

/** @param {Producer} producer */
function producerCells(producer) {
  const { spatialLayers, temporalLayers } = producer;
  const layers = spatialLayers * temporalLayers > 1 ? `${spatialLayers} × ${temporalLayers} layers` : "";
  const best = producer.score.length ? Math.max(...producer.score) : null;
  const [state, tone] = /** @type {[string, Tone]} */ (
    producer.held ? ["paused by an administrator", "warn"] : producer.paused ? ["paused by its owner", "quiet"] : ["flows", "ok"]
  );
  return {
    kind: /** @type {const} */ ("producer"),
    id: producer.id,
    name: `sends ${sourceOf(producer)}`,
    state,
    tone: state === "flows" && best !== null && best < 5 ? /** @type {Tone} */ ("warn") : tone,
    incoming: bitrate(producer.bitrate),
    loss: percent(producer.loss),
    rtt: milliseconds(producer.rtt),
    score: producer.score.join(" "),
    note: [producer.kind, producer.codec, producer.type === "simple" ? "" : producer.type, layers].filter(Boolean).join(", "),
    entry: producer,
  };
}

/** @param {Consumer} consumer @param {Snapshot} snapshot */
function consumerCells(consumer, snapshot) {
  const layered = consumer.type === "simulcast" || consumer.type === "svc";
  const layers = layered ? `layers ${layersOf(consumer.layers)} of preferred ${layersOf(consumer.preferredLayers)}` : "";
  const [state, tone] = pauseOf(consumer);
  return {
    kind: /** @type {const} */ ("consumer"),
    id: consumer.id,
    name: `${personName(consumer.participant, snapshot)}’s ${sourceOf(consumer)}`,
    state,
    tone: state === "flows" && consumer.score < 5 ? /** @type {Tone} */ ("warn") : tone,
    outgoing: bitrate(consumer.bitrate),
    loss: percent(consumer.loss),
    rtt: milliseconds(consumer.rtt),
    score: `${consumer.score}`,
    note: [consumer.kind, consumer.codec, consumer.type === "simple" ? "" : consumer.type, layers].filter(Boolean).join(", "),
    entry: consumer,
  };
}

/** Why a consumer stands still. @param {Consumer} consumer @returns {[string, Tone]} */
export function pauseOf({ paused, producerPaused }) {
  if (paused && producerPaused) return ["paused by consumer and producer", "quiet"];
  if (paused) return ["paused by consumer", "quiet"];
  if (producerPaused) return ["paused by producer", "quiet"];
  return ["flows", "ok"];
}
