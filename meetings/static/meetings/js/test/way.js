/**
 * Trying one way of reaching the media server: a connection of its own, over which nothing is sent.
 *
 * @import {Rehearsal} from "./rehearsal.js"
 * @import {Way} from "./lines.js"
 * @import {WayFound} from "./judging.js"
 */
import { hasRelay, pathOf } from "./measures.js";
import { connected, reportOf } from "./rehearsal.js";
import { isRefused, onlyBy, portsOf, turnServers } from "./routes.js";

/** What has not connected by then does not help anybody, in milliseconds. */
const WITHIN = 5_000;
/** For the first round trip to be measured. */
const RTT_WITHIN = 1_000;
const LOOK_EVERY = 100;

/**
 * @param {Rehearsal} rehearsal
 * @param {Way} way
 * @param {MediaStreamTrack} track  Of sound. It is not sent.
 * @returns {Promise<WayFound>} Rejects only when the server cannot be asked.
 */
export async function tryWay(rehearsal, way, track) {
  const found = { way, connected: false, ms: 0, rtt: null, ports: [], offered: true, refused: false, relayed: false, errors: [] };
  if (way === "turn" && turnServers(rehearsal.iceServers).length === 0) return { ...found, offered: false };
  const params = await rehearsal.params(way, "send");
  const ports = way === "turn" ? [] : portsOf(params.iceCandidates, way);
  if (way !== "turn" && ports.length === 0) return { ...found, offered: false };
  const began = performance.now();
  const transport = rehearsal.transport(way, "send", onlyBy(way, params, rehearsal.iceServers));
  /** @type {RTCPeerConnectionIceErrorEvent[]} */ const errors = [];
  transport.on("icecandidateerror", (error) => errors.push(error));
  // Nobody need know of it at the other end: it carries nothing.
  transport.on("produce", (_, done) => done({ id: crypto.randomUUID() }));
  try {
    const offered = transport.produce({ track, encodings: [{ active: false }], stopTracks: false });
    const well = await Promise.race([connected(transport, WITHIN), offered.then(() => new Promise(() => {}))]);
    const ms = performance.now() - began;
    if (well) return { ...found, connected: true, ms, rtt: await firstRoundTrip(transport), ports, relayed: way === "turn" };
    return { ...found, ms, ports, refused: isRefused(errors), relayed: hasRelay(await reportOf(transport)), errors };
  } finally {
    transport.close();
  }
}

/** @param {import("mediasoup-client").types.Transport} transport @returns {Promise<number | null>} Milliseconds. */
async function firstRoundTrip(transport) {
  const ends = performance.now() + RTT_WITHIN;
  for (;;) {
    const rtt = pathOf(await reportOf(transport))?.rtt ?? null;
    if (rtt !== null || performance.now() > ends) return rtt;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
  }
}
