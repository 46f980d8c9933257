/**
 * What is known of the selected row, and what can be done to it. Updated in place: a focused link stays focused.
 *
 * @import {Act, Consumer, Kind, Name, Node, Producer, Router, Snapshot, Transport, Worker} from "./shapes.js"
 * @import {Row} from "./rows.js"
 */
import { pauseOf, personName } from "./rows.js";
import { bitrate, duration, farEnd, layersOf, memory, milliseconds, percent, sourceOf } from "./words.js";

/** @typedef {[label: string, text: string, url?: string]} Fact */

const KINDS = { node: "Media node", worker: "Worker", router: "Room", transport: "Transport", producer: "Producer", consumer: "Consumer" };

export class Panel {
  #acts = "";
  /** @type {Map<string, {term: HTMLElement, value: HTMLElement, said: string}>} */ #facts = new Map();

  /**
   * @param {HTMLElement} element
   * @param {object} config
   * @param {string} config.actUrl
   * @param {string} config.loadUrl
   * @param {Partial<Record<Kind, Act[]>>} config.acts  Empty for those who may only look.
   * @param {() => void} config.onLeave
   */
  constructor(element, { actUrl, loadUrl, acts, onLeave }) {
    this.element = element;
    this.actUrl = actUrl;
    this.loadUrl = loadUrl;
    this.acts = acts;
    this.kind = make("p", "lm-panel-kind");
    this.title = make("h2", "lm-panel-title");
    this.gone = make("p", "lm-panel-gone");
    this.list = /** @type {HTMLDListElement} */ (make("dl", "lm-facts"));
    this.buttons = make("ul", "lm-acts");
    this.hint = make("p", "lm-hint", "Select a row to see all about it and what can be done.");
    element.replaceChildren(this.hint);
    element.addEventListener("keydown", (event) => {
      if (event.key === "Escape") onLeave();
    });
  }

  /** @param {Row} row @param {Snapshot} snapshot */
  show(row, snapshot) {
    if (!this.title.isConnected) this.element.replaceChildren(this.kind, this.title, this.gone, this.buttons, this.list);
    write(this.kind, KINDS[row.kind]);
    write(this.title, row.name);
    this.#tellGone("");
    this.#showFacts(factsOf(row, snapshot));
    this.#showActs(row);
  }

  /** What was selected is not there any more. @param {Row} row */
  lose(row) {
    this.#tellGone(`This ${KINDS[row.kind].toLowerCase()} is gone. Below is what was last known.`);
    this.#acts = "";
    this.buttons.replaceChildren();
  }

  /** The first thing that can be done, or the panel itself. */
  focus() {
    const link = this.element.querySelector("a");
    (link ?? this.element).focus();
  }

  /** @param {string} text */
  #tellGone(text) {
    this.gone.hidden = text === "";
    write(this.gone, text);
  }

  /** @param {Fact[]} facts */
  #showFacts(facts) {
    const wanted = new Set(facts.map(([label]) => label));
    for (const [label, { term, value }] of this.#facts) {
      if (wanted.has(label)) continue;
      term.remove();
      value.remove();
      this.#facts.delete(label);
    }
    const order = [...this.#facts.keys()].join();
    for (const [label, text, url] of facts) {
      const fact = this.#facts.get(label) ?? { term: make("dt", "", label), value: make("dd"), said: "" };
      const said = `${text}\n${url ?? ""}`;
      if (fact.said !== said) {
        const link = url ? document.createElement("a") : null;
        if (link && url) link.href = url;
        link?.append(text);
        fact.value.replaceChildren(link ?? text);
        fact.said = said;
      }
      this.#facts.set(label, fact);
    }
    if (order === [...wanted].join() && this.list.childElementCount) return;
    this.list.replaceChildren(...facts.flatMap(([label]) => {
      const fact = this.#facts.get(label);
      return fact ? [fact.term, fact.value] : [];
    }));
  }

  /** @param {Row} row */
  #showActs(row) {
    const acts = possible(this.acts[row.kind] ?? [], row);
    const said = JSON.stringify([row.key, acts]);
    if (said === this.#acts) return;
    this.#acts = said;
    this.buttons.replaceChildren(
      ...acts.map(({ name, label, harm }) => {
        const query = new URLSearchParams({ act: name, kind: row.kind, node: row.node, id: row.id, transport: row.transport });
        return inItem(link(`${this.actUrl}?${query}`, `${label}…`, harm ? "button lm-harm" : "button"));
      }),
      ...(row.kind === "worker" ? [inItem(link(this.loadUrl, "Load in the last hour", "button lm-look"))] : []),
    );
  }
}

/** The acts that make sense as things are. @param {Act[]} acts @param {Row} row */
function possible(acts, row) {
  const { paused, held, kind } = /** @type {Partial<Producer>} */ (row.entry);
  const direction = /** @type {Partial<Transport>} */ (row.entry).direction;
  if (/** @type {Partial<Worker>} */ (row.entry).leaving) return [];
  return acts.filter(({ name }) => {
    if (name === "pause") return !paused;
    if (name === "resume") return row.kind === "producer" ? held === true : paused === true;
    if (name === "request-key-frame") return kind === "video";
    if (name === "cap-incoming") return direction === "send";
    if (name === "cap-outgoing") return direction === "recv" || (row.kind === "transport" && direction === null);
    return true;
  });
}

/** @param {Row} row @param {Snapshot} snapshot @returns {Fact[]} */
function factsOf(row, snapshot) {
  const facts = (() => {
    switch (row.kind) {
      case "node":
        return ofNode(/** @type {Node} */ (row.entry));
      case "worker":
        return ofWorker(/** @type {Worker} */ (row.entry));
      case "router":
        return ofRouter(/** @type {Router} */ (row.entry));
      case "transport":
        return ofTransport(/** @type {Transport} */ (row.entry));
      case "producer":
        return ofProducer(/** @type {Producer} */ (row.entry));
      case "consumer":
        return ofConsumer(/** @type {Consumer} */ (row.entry), snapshot);
    }
  })();
  const meeting = row.meeting ? snapshot.meetings[row.meeting] : undefined;
  const owner = row.owner ? snapshot.people[row.owner] : undefined;
  /** @type {Fact[]} */
  const belonging = [
    ["Meeting", meeting?.[0] ?? row.meeting ?? "", meeting?.[1]],
    ["Participant", row.owner ? (owner?.[0] ?? row.owner) : "", owner?.[1]],
  ];
  return [...belonging, ["State", row.state], ...facts].filter(/** @returns {fact is Fact} */ (fact) => fact[1] !== "" && fact[1] !== undefined);
}

/** @param {Node} node @returns {Fact[]} */
function ofNode(node) {
  return [["Host", node.host], ["Process", `${node.pid}`], ["Name", node.node]];
}

/** @param {Worker} worker @returns {Fact[]} */
function ofWorker(worker) {
  return [
    ["Trouble", worker.trouble],
    ["Process", worker.pid === null ? "" : `${worker.pid}`],
    ["Port", worker.port === null ? "" : `${worker.port}`],
    ["Load", percent(worker.load)],
    ["CPU of one core", percent(worker.cpu)],
    ["Memory", memory(worker.memoryBytes)],
    ["Receives", bitrate(worker.bitrateIn)],
    ["Sends", bitrate(worker.bitrateOut)],
    ["Up for", worker.uptimeSeconds === null ? "" : duration(worker.uptimeSeconds)],
    ["Restarts", `${worker.restarts}`],
  ];
}

/** @param {Router} router @returns {Fact[]} */
function ofRouter(router) {
  return [["Router", router.id]];
}

/** @param {Transport} transport @returns {Fact[]} */
function ofTransport(transport) {
  const { tuple } = transport;
  return [
    ["Type", transport.type],
    ["Direction", transport.direction === "send" ? "from the browser" : transport.direction === "recv" ? "to the browser" : ""],
    ["ICE state", transport.iceState ?? ""],
    ["DTLS state", transport.dtlsState ?? ""],
    ["Far end", farEnd(tuple)],
    ["Here", tuple ? `${tuple.protocol} ${tuple.localAddress}:${tuple.localPort}` : ""],
    ["Receives", bitrate(transport.bitrateIn)],
    ["Sends", bitrate(transport.bitrateOut)],
    ["Could send", bitrate(transport.availableOut)],
    ["Loss to here", percent(transport.lossIn)],
    ["Loss from here", percent(transport.lossOut)],
    ["Round trip", milliseconds(transport.rtt)],
    ["Cap on what it receives", bitrate(transport.capIn)],
    ["Cap on what it sends", bitrate(transport.capOut)],
    ["Transport", transport.id],
  ];
}

/** @param {Producer} producer @returns {Fact[]} */
function ofProducer(producer) {
  const byLayer = Object.entries(producer.bitrateByLayer).sort(([one], [other]) => one.localeCompare(other));
  return [
    ["Source", sourceOf(producer)],
    ["Kind", producer.kind],
    ["Codec", producer.codec],
    ["Type", producer.type],
    ["Layers", producer.kind === "video" ? `${producer.spatialLayers} spatial × ${producer.temporalLayers} temporal` : ""],
    ["Score of each stream", producer.score.join(", ")],
    ["Bitrate", bitrate(producer.bitrate)],
    ["Bitrate by layer", byLayer.map(([layer, bits]) => `${layer}: ${bitrate(bits)}`).join(", ")],
    ["Loss", percent(producer.loss)],
    ["Round trip", milliseconds(producer.rtt)],
    ["Producer", producer.id],
  ];
}

/** @param {Consumer} consumer @param {Snapshot} snapshot @returns {Fact[]} */
function ofConsumer(consumer, snapshot) {
  const layered = consumer.type === "simulcast" || consumer.type === "svc";
  const sender = consumer.participant ? snapshot.people[consumer.participant] : undefined;
  return [
    ["Sender", personName(consumer.participant, snapshot), sender?.[1]],
    ["Source", sourceOf(consumer)],
    ["Kind", consumer.kind],
    ["Codec", consumer.codec],
    ["Type", consumer.type],
    ["Layers now", layered ? layersOf(consumer.layers) : ""],
    ["Layers preferred", layered ? layersOf(consumer.preferredLayers) : ""],
    ["Paused", pauseOf(consumer)[0] === "flows" ? "no" : pauseOf(consumer)[0].replace("paused ", "")],
    ["Score", `${consumer.score} (of the sender: ${consumer.producerScore})`],
    ["Priority", `${consumer.priority}`],
    ["Bitrate", bitrate(consumer.bitrate)],
    ["Loss", percent(consumer.loss)],
    ["Round trip", milliseconds(consumer.rtt)],
    ["Consumer", consumer.id],
    ["Producer", consumer.producerId],
  ];
}

/** @param {string} tag @param {string} [className] @param {string} [text] */
function make(tag, className = "", text = "") {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

/** @param {string} href @param {string} text @param {string} className */
function link(href, text, className) {
  const element = document.createElement("a");
  element.href = href;
  element.className = className;
  element.textContent = text;
  return element;
}

/** @param {HTMLElement} child */
function inItem(child) {
  const item = document.createElement("li");
  item.append(child);
  return item;
}

/** @param {HTMLElement} element @param {string} text */
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
