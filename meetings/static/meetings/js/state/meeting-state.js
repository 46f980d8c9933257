/**
 * What the page knows about the meeting, and how each push of the server changes it. Pure: no sockets, no DOM.
 *
 * @import {AtTheDoor, WaitingPerson, Meeting, MeetingJoined, Participant, Sending, RemoteProducer, Verdict} from "../contract.js"
 * @import {BreakoutState} from "./breakouts.js"
 */
import { breakoutTold, NO_BREAKOUTS, withCall, withStatus } from "./breakouts.js";
import { inWords } from "./verdicts.js";

/**
 * @typedef {"prejoin" | "joining" | "waiting" | "joined" | "left" | "ended" | "refused"} Phase
 *
 * @typedef {object} Quality
 * @property {number} score          10 is perfect, 0 is nothing arriving.
 * @property {"theirs" | "mine"} side  Whose connection it is.
 *
 * @typedef {object} MeetingState
 * @property {Phase} phase
 * @property {"offline" | "connecting" | "online" | "reconnecting"} connection  The signalling socket.
 * @property {"none" | "live" | "disturbed" | "lost"} media                       The transports.
 * @property {string | null} refusal           Code, while `phase` is `refused`.
 * @property {string} refusalDetails
 * @property {string} participantId            Mine; empty before the join.
 * @property {string} displayName              Mine.
 * @property {string} role                     Mine.
 * @property {Meeting | null} meeting          As the server told last; null before the join.
 * @property {AtTheDoor | null} door           While `phase` is `waiting`: for what.
 * @property {ReadonlyMap<string, WaitingPerson>} waiting  For hosts: who waits to be let in, in the order in which they asked.
 * @property {BreakoutState} breakout          What I know of breakout rooms.
 * @property {number | null} joinedAt          Milliseconds since the epoch.
 * @property {ReadonlyMap<string, Participant>} participants  By id, me included, in order of arrival.
 * @property {ReadonlyMap<string, RemoteProducer>} producers  By id, mine included.
 * @property {ReadonlySet<string>} speaking    Participant ids.
 * @property {string | null} activeSpeaker
 * @property {boolean | null} siteReached      While there is no socket: whether other requests get to the site; null when not known.
 * @property {readonly Verdict[]} verdicts     What is wrong with my media, the worst first.
 * @property {ReadonlyMap<string, readonly Verdict[]>} troubles  For hosts: what is wrong with others', by participant id.
 * @property {ReadonlyMap<string, Quality>} quality  By participant id; only those with something wrong.
 */

/** @returns {MeetingState} */
export function initialState() {
  return {
    phase: "prejoin",
    connection: "offline",
    media: "none",
    refusal: null,
    refusalDetails: "",
    participantId: "",
    displayName: "",
    role: "",
    meeting: null,
    door: null,
    waiting: new Map(),
    breakout: NO_BREAKOUTS,
    joinedAt: null,
    participants: new Map(),
    producers: new Map(),
    speaking: new Set(),
    activeSpeaker: null,
    siteReached: null,
    verdicts: [],
    troubles: new Map(),
    quality: new Map(),
  };
}

/**
 * The state after a join or a resume was answered: the server's snapshot replaces what was known.
 *
 * @param {MeetingState} state
 * @param {MeetingJoined} reply
 * @param {number} now  Milliseconds since the epoch.
 * @returns {MeetingState}
 */
export function applySnapshot(state, reply, now) {
  const participants = new Map(reply.participants.map((one) => [one.participantId, one]));
  if (!participants.has(reply.participantId)) {
    participants.set(reply.participantId, { participantId: reply.participantId, displayName: state.displayName, role: reply.role });
  }
  return {
    ...state,
    phase: "joined",
    connection: "online",
    refusal: null,
    refusalDetails: "",
    participantId: reply.participantId,
    role: reply.role,
    meeting: reply.meeting,
    door: null,
    breakout: breakoutTold(reply.breakout, now),
    waiting: new Map((reply.waiting ?? []).map((one) => [one.participantId, one])),
    displayName: participants.get(reply.participantId)?.displayName || state.displayName,
    joinedAt: state.joinedAt ?? now,
    participants,
    producers: new Map([...reply.producers, ...(reply.state?.ownProducers ?? [])].map((one) => [one.producerId, one])),
  };
}

/** @type {Record<string, (state: MeetingState, data: any) => MeetingState>} */
const changes = {
  "participant-joined": (state, data) => {
    const one = /** @type {Participant} */ (data.participant ?? data);
    return { ...state, participants: new Map(state.participants).set(one.participantId, one) };
  },
  "participant-updated": (state, data) => {
    const update = data.participant ?? data;
    const known = state.participants.get(update.participantId);
    if (!known) return state;
    const participants = new Map(state.participants).set(update.participantId, { ...known, ...update });
    const role = update.participantId === state.participantId ? (update.role ?? state.role) : state.role;
    return { ...state, participants, role };
  },
  "participant-left": (state, { participantId }) => {
    if (!state.participants.has(participantId)) return state;
    return {
      ...state,
      participants: without(state.participants, participantId),
      producers: new Map([...state.producers].filter(([, producer]) => producer.participantId !== participantId)),
      speaking: withoutMember(state.speaking, participantId),
      activeSpeaker: state.activeSpeaker === participantId ? null : state.activeSpeaker,
      quality: without(state.quality, participantId),
      troubles: without(state.troubles, participantId),
    };
  },
  verdict: (state, { verdicts }) => ({ ...state, verdicts: verdicts.map(inWords) }),
  "participant-trouble": (state, { participantId, verdicts }) => ({
    ...state,
    troubles: verdicts.length > 0 ? new Map(state.troubles).set(participantId, verdicts.map(inWords)) : without(state.troubles, participantId),
  }),
  "new-producer": (state, data) => ({
    ...state,
    producers: new Map(state.producers).set(data.producerId, { ...data, paused: data.paused === true }),
  }),
  "producer-paused": (state, { producerId }) => withPaused(state, producerId, true),
  "producer-resumed": (state, { producerId }) => withPaused(state, producerId, false),
  "producer-closed": (state, { producerId }) =>
    state.producers.has(producerId) ? { ...state, producers: without(state.producers, producerId) } : state,
  "active-speaker": (state, { participantId }) =>
    state.activeSpeaker === participantId ? state : { ...state, activeSpeaker: participantId ?? null },
  "participant-waiting": (state, one) => ({ ...state, waiting: new Map(state.waiting).set(one.participantId, one) }),
  "waiting-over": (state, { participantId }) => ({ ...state, waiting: without(state.waiting, participantId) }),
  "participant-media-updated": (state, { participantId, permissions }) => withPerson(state, participantId, { permissions }),
  "breakouts-updated": (state, status) => ({ ...state, breakout: withStatus(state.breakout, status, Date.now()) }),
  "breakout-assigned": (state, way) => ({ ...state, breakout: withCall(state.breakout, way) }),
  "hand-raised": (state, { participantId, raised }) => withHand(state, participantId, raised ? new Date() : null),
  "participant-spotlighted": (state, { participantId }) =>
    state.meeting ? { ...state, meeting: { ...state.meeting, spotlight: participantId } } : state,
  "meeting-updated": (state, meeting) => ({ ...state, meeting }),
  "meeting-ended": (state) => ({ ...state, phase: "ended" }),
};

/**
 * @param {MeetingState} state
 * @param {string} event
 * @param {any} data
 * @returns {MeetingState} The same object when the event changes nothing here.
 */
export function applyPush(state, event, data) {
  const change = changes[event];
  return change ? change(state, data) : state;
}

/**
 * @param {MeetingState} state
 * @param {string} participantId
 * @param {import("../contract.js").Source} source
 * @returns {RemoteProducer | undefined}
 */
export function producerOf(state, participantId, source) {
  for (const producer of state.producers.values()) {
    if (producer.participantId === participantId && producer.source === source) return producer;
  }
  return undefined;
}

/**
 * @param {MeetingState} state
 * @param {string} participantId
 * @param {Date | null} raisedAt
 * @returns {MeetingState}
 */
export function withHand(state, participantId, raisedAt) {
  // A hand that is up stays where it is in the order.
  if (raisedAt && state.participants.get(participantId)?.handRaisedAt) return state;
  return withPerson(state, participantId, { handRaisedAt: raisedAt?.toISOString() ?? null });
}

/**
 * Who has a hand up, in the order in which they went up.
 *
 * @param {MeetingState} state
 * @returns {Participant[]}
 */
export function raisedHands({ participants }) {
  const when = (/** @type {Participant} */ one) => Date.parse(one.handRaisedAt ?? "");
  return [...participants.values()].filter((one) => one.handRaisedAt).sort((one, other) => when(one) - when(other));
}

/**
 * Whether I may make polls, open and close them.
 *
 * @param {MeetingState} state
 */
export function runsPolls(state) {
  return presents(state);
}

/**
 * Whether I may do what presenters do.
 *
 * @param {MeetingState} state
 */
export function presents({ role }) {
  return role === "host" || role === "co_host" || role === "presenter";
}

/**
 * Whether I may write the notes.
 *
 * @param {MeetingState} state
 */
export function writesNotes(state) {
  return state.meeting?.notesBy !== "presenters" || presents(state);
}

/**
 * Whether I may do what hosts do.
 *
 * @param {MeetingState} state
 */
export function isHost({ role }) {
  return role === "host" || role === "co_host";
}

/** @type {Sending} */
const EVERYTHING = { microphone: true, camera: true, screen: true, chat: true };

/**
 * What I may send. Nothing is held back before the server has said so.
 *
 * @param {MeetingState} state
 * @returns {Sending}
 */
export function mySending({ participants, participantId }) {
  return participants.get(participantId)?.permissions ?? EVERYTHING;
}

/**
 * Whether somebody can be heard at this moment, as far as their microphone goes.
 *
 * @param {MeetingState} state
 * @param {string} participantId
 */
export function isMuted(state, participantId) {
  const microphone = producerOf(state, participantId, "mic");
  return !microphone || microphone.paused;
}

/**
 * @param {MeetingState} state
 * @param {string} participantId
 * @param {Partial<Participant>} changes
 * @returns {MeetingState}
 */
function withPerson(state, participantId, changes) {
  const known = state.participants.get(participantId);
  return known ? { ...state, participants: new Map(state.participants).set(participantId, { ...known, ...changes }) } : state;
}

/**
 * @param {MeetingState} state
 * @param {string} producerId
 * @param {boolean} paused
 * @returns {MeetingState}
 */
function withPaused(state, producerId, paused) {
  const producer = state.producers.get(producerId);
  if (!producer || producer.paused === paused) return state;
  return { ...state, producers: new Map(state.producers).set(producerId, { ...producer, paused }) };
}

/**
 * @template Value
 * @param {ReadonlyMap<string, Value>} map
 * @param {string} key
 * @returns {Map<string, Value>}
 */
function without(map, key) {
  const copy = new Map(map);
  copy.delete(key);
  return copy;
}

/**
 * @param {ReadonlySet<string>} set
 * @param {string} member
 * @returns {Set<string>}
 */
function withoutMember(set, member) {
  const copy = new Set(set);
  copy.delete(member);
  return copy;
}
