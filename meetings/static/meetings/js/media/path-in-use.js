/**
 * Which way media go, from a transport's statistics.
 *
 * @typedef {object} Path
 * @property {string} local      Type of the own address in use: `host`, `srflx`, `prflx` or `relay`.
 * @property {string} protocol   `udp` or `tcp`; of a relay, how it is reached.
 * @property {string} remote     Where they go to, as `ip:port`.
 * @property {number} [rtt]      Milliseconds there and back.
 *
 * @typedef {Pick<RTCStatsReport, "get" | "values">} Stats
 *
 * @typedef {object} OwnAddress
 * @property {string} type
 * @property {string} protocol
 * @property {string} [address]  Not told by browsers that hide it.
 * @property {number} [port]
 */

/** A page may have very many addresses. */
const MOST_ADDRESSES = 20;

/** @param {Stats} stats @returns {Path | null} Null while there is none. */
export function pathIn(stats) {
  const all = [...stats.values()];
  const chosen = all.find(({ type, selectedCandidatePairId }) => type === "transport" && selectedCandidatePairId)?.selectedCandidatePairId;
  const pair = chosen ? stats.get(chosen) : all.find(({ type, selected }) => type === "candidate-pair" && selected);
  const local = pair && stats.get(pair.localCandidateId);
  const remote = pair && stats.get(pair.remoteCandidateId);
  if (!local || !remote) return null;
  const rtt = pair.currentRoundTripTime === undefined ? {} : { rtt: Math.round(pair.currentRoundTripTime * 1000) };
  return {
    local: local.candidateType,
    protocol: local.candidateType === "relay" ? (local.relayProtocol ?? local.protocol) : local.protocol,
    remote: withPort(remote.address ?? remote.ip ?? "", remote.port),
    ...rtt,
  };
}

/** @param {Stats} stats @returns {OwnAddress[]} */
export function ownAddressesIn(stats) {
  return [...stats.values()]
    .filter(({ type }) => type === "local-candidate")
    .slice(0, MOST_ADDRESSES)
    .map(({ candidateType, protocol, address, ip, port }) => ({
      type: candidateType,
      protocol,
      ...((address ?? ip) ? { address: address ?? ip } : {}),
      ...(port ? { port } : {}),
    }));
}

/** @param {Stats} stats @returns {string[]} The TURN servers that gave an address. */
export function relaysIn(stats) {
  const urls = [...stats.values()].filter(({ type, candidateType }) => type === "local-candidate" && candidateType === "relay").map(({ url }) => url ?? "");
  return [...new Set(urls)];
}

/** @param {string} address @param {number} port */
function withPort(address, port) {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}
