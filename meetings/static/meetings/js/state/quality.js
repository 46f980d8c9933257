/**
 * Whose connection is in trouble, from the scores which the server sends for what I receive. Pure.
 *
 * @import {MeetingState, Quality} from "./meeting-state.js"
 */

/** Scores run from 0 to 10; from here down somebody notices. */
const POOR = 5;

/**
 * @param {MeetingState} state
 * @param {{consumerId: string, score: {score: number, producerScore: number}}} data
 * @param {readonly {participantId: string, consumer: {id: string}, wanted: boolean}[]} received
 * @returns {MeetingState} The same object when nothing that is shown changes.
 */
export function qualityAfter(state, { consumerId, score }, received) {
  const one = received.find((candidate) => candidate.consumer.id === consumerId);
  if (!one || !score) return state;
  const quality = judge(score);
  const before = state.quality.get(one.participantId);
  if (before?.side === quality?.side) return state;
  const next = new Map(state.quality);
  if (quality) next.set(one.participantId, quality);
  else next.delete(one.participantId);
  return { ...state, quality: next };
}

/**
 * @param {{score: number, producerScore: number}} score
 * @returns {Quality | null}
 */
function judge({ score, producerScore }) {
  // A producer that sends nothing (paused, or still starting) scores 0 and is no news about the connection.
  if (producerScore === 0) return null;
  if (producerScore <= POOR) return { score: producerScore, side: "theirs" };
  if (score > 0 && score <= POOR) return { score, side: "mine" };
  return null;
}
