/**
 * Steps of the two transports: made, own addresses, TURN, connection states, and the way that media take.
 *
 * @import {types} from "mediasoup-client"
 * @import {Direction} from "../contract.js"
 * @import {Stats} from "../media/path-in-use.js"
 * @import {MediaSession} from "../media/session.js"
 * @import {Note} from "./recorder.js"
 */
import { ownAddressesIn, pathIn, relaysIn } from "../media/path-in-use.js";

/** From here on people wonder. */
const LONG = 5_000;
/** @type {Direction[]} */
const DIRECTIONS = ["send", "recv"];
const FAILED = new Set(["failed", "disconnected"]);
const UNPRINTABLE = /[^\x20-\x7e\u00a0-\uffff]/g;

/**
 * @param {Pick<MediaSession, "on">} session
 * @param {Note} note
 * @returns {{look: (direction: Direction, stats: Stats) => void}}  To be called with statistics that were had
 *     for something else: another path than before is a step.
 */
export function notePathSteps(session, note) {
  /** @type {Map<Direction, string>} */ const paths = new Map();

  /** @param {Direction} direction @param {Stats} stats */
  const look = (direction, stats) => {
    const path = pathIn(stats);
    if (!path) return;
    const way = [path.local, path.protocol, path.remote].join();
    const before = paths.get(direction);
    if (way === before) return;
    paths.set(direction, way);
    note("path", before === undefined ? "ok" : "changed", { direction, ...path });
  };

  session.on("transports", ({ transports, turn, policy }) => {
    paths.clear();
    note("transports", "ok", { turn, policy });
    for (const direction of DIRECTIONS) watch(transports[direction], direction, note, look);
  });
  return { look };
}

/**
 * @param {types.Transport} transport
 * @param {Direction} direction
 * @param {Note} note
 * @param {(direction: Direction, stats: Stats) => void} look
 */
function watch(transport, direction, note, look) {
  /** @type {Set<string>} */ const refused = new Set();
  let addresses = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */ let long;

  const stats = async () => {
    if (transport.closed) return null;
    return transport.getStats().catch(() => null);
  };
  const noteAddresses = async () => {
    const report = await stats();
    const candidates = report ? ownAddressesIn(report) : [];
    const seen = JSON.stringify(candidates);
    if (!report || candidates.length === 0 || seen === addresses) return;
    addresses = seen;
    note("candidates", "ok", { direction, candidates });
    for (const url of relaysIn(report)) note("turn", "ok", { url });
  };

  transport.on("icegatheringstatechange", (state) => {
    if (state === "complete") void noteAddresses();
  });
  transport.on("icecandidateerror", ({ url = "", errorCode, errorText = "" }) => {
    // One comes for each of a machine's addresses.
    const kind = `${url} ${errorCode}`;
    if (!/^turns?:/.test(url) || refused.has(kind)) return;
    refused.add(kind);
    note("turn", "failed", { url, errorCode, text: errorText.replace(UNPRINTABLE, " ").slice(0, 200) });
  });
  transport.on("connectionstatechange", (state) => {
    clearTimeout(long);
    note("connection", state === "connected" ? "ok" : FAILED.has(state) ? "failed" : "changed", { direction, state });
    if (state === "connecting") {
      long = setTimeout(() => {
        if (transport.closed) return;
        note("connection", "waiting", { direction, state, seconds: LONG / 1000 });
        // Gathering ends late where a TURN server does not answer.
        void noteAddresses();
      }, LONG);
    } else if (state === "failed") {
      void noteAddresses();
    } else if (state === "connected") {
      void stats().then((report) => report && look(direction, report));
    }
  });
  transport.observer.on("close", () => clearTimeout(long));
}
