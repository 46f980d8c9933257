/**
 * Numbers out of the statistics of WebRTC: which path is used, and what went over it between two looks.
 *
 * A report is a list of plain entries, as `[...(await transport.getStats()).values()]` is.
 */

/** @typedef {Record<string, any> & {type: string}} Entry */

/**
 * @typedef {object} Path
 * @property {string} local      host, srflx, prflx or relay.
 * @property {string} protocol   udp or tcp, as the media server sees it.
 * @property {string} remote     ip:port of the media server.
 * @property {number | null} rtt Milliseconds there and back; null before it was measured.
 * @property {number | null} available  What may be sent, in kbit/s, as the browser estimates it.
 */

/**
 * @typedef {object} Up
 * @property {number} kbps
 * @property {number | null} loss   0 to 1, see `lossUp`; null when the other side has not told.
 * @property {number | null} rtt    Milliseconds.
 * @property {number | null} jitter Milliseconds, as the other side sees it.
 * @property {number} fps
 * @property {number | null} height
 * @property {string} limited       none, cpu, bandwidth or other.
 */

/**
 * @typedef {object} Down
 * @property {number} kbps
 * @property {number} loss          0 to 1: of what was sent for the first time.
 * @property {number} jitter        Milliseconds, the worse of sound and picture.
 * @property {number} frames        Decoded.
 * @property {number} packets
 * @property {number | null} height
 * @property {boolean} sound        Whether there was any to be heard.
 */

/** @typedef {{seconds: number, up: Up, down: Down}} Measured  A span of time. */

/** Below this, what is heard is the noise of coding. */
const SOUND_ENERGY = 1e-6;
const PROBATOR = "probator";

/**
 * @param {readonly Entry[]} report
 * @returns {Path | null} Null while no path is chosen.
 */
export function pathOf(report) {
  const chosen = report.find((one) => one.type === "transport" && one["selectedCandidatePairId"])?.["selectedCandidatePairId"];
  // Firefox has no transport entry; its pair says so itself.
  const pair = report.find((one) => one.type === "candidate-pair" && (chosen ? one["id"] === chosen : one["selected"] || (one["nominated"] && one["state"] === "succeeded")));
  if (!pair) return null;
  const local = report.find((one) => one["id"] === pair["localCandidateId"]);
  const remote = report.find((one) => one["id"] === pair["remoteCandidateId"]);
  return {
    local: local?.["candidateType"] ?? "host",
    protocol: remote?.["protocol"] ?? local?.["protocol"] ?? "udp",
    remote: remote ? `${remote["address"] ?? remote["ip"] ?? ""}:${remote["port"] ?? ""}` : "",
    rtt: milliseconds(pair["currentRoundTripTime"]),
    available: pair["availableOutgoingBitrate"] ? Math.round(pair["availableOutgoingBitrate"] / 1000) : null,
  };
}

/** @typedef {{type: string, protocol: string, address?: string, port?: number}} OwnAddress */

/** The addresses from which the browser tries. @param {readonly Entry[]} report @returns {OwnAddress[]} */
export function ownAddresses(report) {
  return of(report, "local-candidate").map((one) => ({
    type: one["candidateType"] ?? "host",
    protocol: one["protocol"] ?? "udp",
    ...(one["address"] ? { address: one["address"] } : {}),
    ...(one["port"] ? { port: one["port"] } : {}),
  }));
}

/** Whether the browser has got an address on a TURN server. @param {readonly Entry[]} report */
export function hasRelay(report) {
  return report.some((one) => one.type === "local-candidate" && one["candidateType"] === "relay");
}

/**
 * @param {readonly Entry[][]} looks  Reports, oldest first; two at least.
 * @param {number} seconds  Between the first and the last.
 * @returns {Up}
 */
export function measuredUp(looks, seconds) {
  const [before = [], after = []] = [looks[0], looks.at(-1)];
  const sent = of(after, "outbound-rtp");
  const told = of(after, "remote-inbound-rtp");
  const picture = sent.find((one) => one["kind"] === "video");
  return {
    kbps: kbps(grown(before, after, "outbound-rtp", "bytesSent"), seconds),
    loss: lossUp(looks),
    rtt: largest(told.map((one) => milliseconds(one["roundTripTime"]))),
    jitter: largest(told.map((one) => milliseconds(one["jitter"]))),
    fps: Math.round(picture?.["framesPerSecond"] ?? 0),
    height: picture?.["frameHeight"] ?? null,
    limited: picture?.["qualityLimitationReason"] ?? "none",
  };
}

/**
 * What the media server missed of the picture, of the packets that were sent for the first time.
 *
 * It tells so about once a second, so what was sent is counted from one of its reports to another, and not from look to
 * look. Of sound it tells something else: packets that were sent again come in the same stream there, and count as
 * never lost; and where others miss more than it does itself, it tells how much they miss.
 *
 * @param {readonly Entry[][]} looks  Reports, oldest first, at most a few tenths of a second apart.
 * @returns {number | null} 0 to 1; null while it has told nothing.
 */
export function lossUp(looks) {
  const told = looks.flatMap((report) => {
    const sent = of(report, "outbound-rtp").find((one) => one["kind"] === "video");
    const heard = sent && of(report, "remote-inbound-rtp").find((one) => one["localId"] === sent["id"]);
    return sent && heard ? [{ at: heard["timestamp"], lost: heard["packetsLost"] ?? 0, part: heard["fractionLost"] ?? 0, sent: sentOnce(sent) }] : [];
  });
  const reports = told.filter(({ at }, place) => at !== told[place - 1]?.at);
  const [first, last] = [reports[0], reports.at(-1)];
  if (!first || !last) return null;
  // The first one that there is tells of all before it by itself.
  return first === last ? share(first.part, 1) : share(Math.max(0, last.lost - first.lost), last.sent - first.sent);
}

/**
 * @param {readonly Entry[]} before
 * @param {readonly Entry[]} after
 * @param {number} seconds  Between the two.
 * @returns {Down}
 */
export function measuredDown(before, after, seconds) {
  const received = of(after, "inbound-rtp");
  const again = grown(before, after, "inbound-rtp", "retransmittedPacketsReceived");
  const packets = grown(before, after, "inbound-rtp", "packetsReceived");
  const lost = grown(before, after, "inbound-rtp", "packetsLost");
  return {
    kbps: kbps(grown(before, after, "inbound-rtp", "bytesReceived"), seconds),
    loss: share(lost, packets - again + lost),
    jitter: largest(received.map((one) => milliseconds(one["jitter"]))) ?? 0,
    frames: grown(before, after, "inbound-rtp", "framesDecoded"),
    packets,
    height: received.find((one) => one["kind"] === "video")?.["frameHeight"] ?? null,
    sound: received.some((one) => one["kind"] === "audio" && (one["totalAudioEnergy"] ?? 0) > SOUND_ENERGY),
  };
}

/** Without the stream in which the media server sends nothing but tries of how much gets through. @param {readonly Entry[]} report @param {string} type */
function of(report, type) {
  return report.filter((one) => one.type === type && one["mid"] !== PROBATOR);
}

/** @param {Entry} stream */
function sentOnce(stream) {
  return (stream["packetsSent"] ?? 0) - (stream["retransmittedPacketsSent"] ?? 0);
}

/**
 * By how much a counter has grown, all entries of a type together. A stream that began in between counts from nothing.
 *
 * @param {readonly Entry[]} before
 * @param {readonly Entry[]} after
 * @param {string} type
 * @param {string} field
 */
function grown(before, after, type, field) {
  const start = new Map(of(before, type).map((one) => [one["id"], one[field] ?? 0]));
  return of(after, type).reduce((sum, one) => sum + Math.max(0, (one[field] ?? 0) - (start.get(one["id"]) ?? 0)), 0);
}

/** @param {number} bytes @param {number} seconds */
function kbps(bytes, seconds) {
  return Math.round((bytes * 8) / 1000 / Math.max(0.001, seconds));
}

/** @param {number} part @param {number} whole */
function share(part, whole) {
  return whole > 0 ? Math.min(1, Math.round((part / whole) * 1000) / 1000) : 0;
}

/** @param {unknown} seconds @returns {number | null} */
function milliseconds(seconds) {
  return typeof seconds === "number" && Number.isFinite(seconds) ? Math.round(seconds * 10_000) / 10 : null;
}

/** @param {(number | null)[]} values @returns {number | null} */
function largest(values) {
  const known = values.filter((value) => value !== null);
  return known.length > 0 ? Math.max(...known) : null;
}
