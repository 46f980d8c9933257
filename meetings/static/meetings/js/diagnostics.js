/**
 * `window.kcsMeet`: what this page knows about its own call, to be read by support and by tests. Reading changes nothing.
 *
 *     kcsMeet.participantId        my id, empty outside a meeting
 *     kcsMeet.report               what an administrator finds this call by
 *     kcsMeet.phase                prejoin, joining, waiting, joined, left, ended, refused
 *     kcsMeet.connection           the signalling socket: offline, connecting, online, reconnecting
 *     kcsMeet.media                none, live, disturbed, lost
 *     kcsMeet.transports           {send, recv} connection states, or null
 *     kcsMeet.wire                 {opens: [ms], requests: [{id, event, sentAt, settledAt, outcome}]}, on performance.now()
 *     kcsMeet.firstRemoteFrameAt   ms on performance.now(), or null
 *     kcsMeet.consumers            {participantId: [{id, producerId, kind, source, wanted, layer}]}
 *     await kcsMeet.stats()        [{participantId, kind, source, framesDecoded, frameWidth, frameHeight, totalAudioEnergy, bytesReceived, packetsLost}]
 *
 * @import {Call} from "./call.js"
 */

/**
 * @param {Call} call
 * @param {() => string} report
 * @returns {{markFirstRemoteFrame: () => void}}
 */
export function exposeDiagnostics(call, report) {
  const { store, signalling, session } = call;
  const { subscriber } = session;
  /** @type {number | null} */ let firstRemoteFrameAt = null;

  const diagnostics = {
    get participantId() { return store.state.participantId; },
    get report() { return report(); },
    get phase() { return store.state.phase; },
    get connection() { return store.state.connection; },
    get media() { return store.state.media; },
    get transports() { return session.connectionStates; },
    get wire() { return signalling.log.snapshot(); },
    get firstRemoteFrameAt() { return firstRemoteFrameAt; },
    get consumers() {
      /** @type {Record<string, object[]>} */ const byParticipant = {};
      for (const { participantId, producerId, kind, source, wanted, layer, consumer } of subscriber.all()) {
        (byParticipant[participantId] ??= []).push({ id: consumer.id, producerId, kind, source, wanted, layer });
      }
      return byParticipant;
    },
    async stats() {
      return Promise.all(subscriber.all().map(async ({ participantId, kind, source, consumer }) => {
        const report = await consumer.getStats();
        const inbound = [...report.values()].find((entry) => entry.type === "inbound-rtp") ?? {};
        const { framesDecoded, frameWidth, frameHeight, totalAudioEnergy, bytesReceived, packetsLost } = inbound;
        return { participantId, kind, source, framesDecoded, frameWidth, frameHeight, totalAudioEnergy, bytesReceived, packetsLost };
      }));
    },
  };
  Object.defineProperty(window, "kcsMeet", { value: Object.freeze(diagnostics), enumerable: true });
  return {
    markFirstRemoteFrame() {
      firstRemoteFrameAt ??= performance.now();
    },
  };
}
