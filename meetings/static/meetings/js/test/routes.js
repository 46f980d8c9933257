/**
 * What makes a connection take one way only.
 *
 * @import {types} from "mediasoup-client"
 * @import {TransportParams} from "../contract.js"
 * @import {Way} from "./lines.js"
 */

/**
 * @param {readonly RTCIceServer[]} servers
 * @returns {RTCIceServer[]} Those that relay.
 */
export function turnServers(servers) {
  return servers
    .map((server) => ({ ...server, urls: [server.urls].flat().filter((url) => /^turns?:/.test(url)) }))
    .filter((server) => server.urls.length > 0);
}

/**
 * The settings of a transport that can be reached in one way only. Over UDP and TCP no relay may help out; through a
 * TURN server, all that the media server listens on is as good.
 *
 * @param {Way} way
 * @param {TransportParams} params
 * @param {readonly RTCIceServer[]} servers
 * @returns {types.TransportOptions}
 */
export function onlyBy(way, params, servers) {
  if (way === "turn") return { ...params, iceServers: turnServers(servers), iceTransportPolicy: "relay" };
  return { ...params, iceCandidates: params.iceCandidates.filter(({ protocol }) => protocol === way), iceServers: [] };
}

/**
 * @param {readonly types.IceCandidate[]} candidates
 * @param {Way} way
 * @returns {number[]} Where the media server listens for it, each once.
 */
export function portsOf(candidates, way) {
  return [...new Set(candidates.filter(({ protocol }) => protocol === way).map(({ port }) => port))];
}

/** A TURN server that answers, and does not take what it is told. @param {readonly {errorCode: number}[]} errors */
export function isRefused(errors) {
  return errors.some(({ errorCode }) => errorCode === 401 || errorCode === 403 || errorCode === 438);
}
