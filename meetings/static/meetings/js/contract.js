/**
 * The shapes of the signalling contract (kcs.v1) and of what the server writes into the page, as types only.
 *
 * @import {types} from "mediasoup-client"
 * @import {Wording} from "./i18n.js"
 */

/** @typedef {"mic" | "camera" | "screen" | "screen-audio"} Source What a producer carries. */
/** @typedef {"audio" | "video"} Kind */
/** @typedef {"send" | "recv"} Direction */

/**
 * @typedef {object} MeetingConfig  What the meeting page carries in `#meeting-config`.
 * @property {string} meetingId
 * @property {string} code            Like `abc-defg-hij`.
 * @property {string} title
 * @property {string} joinUrl         Absolute link to hand to others.
 * @property {string} socketUrl       Path or absolute URL of the signalling socket.
 * @property {string} displayName     The name to start with; empty when nothing is known.
 * @property {boolean} isHost
 * @property {types.RtpCapabilities | null} rtpCapabilities  Of the media node's routers; null while media is away.
 * @property {boolean} needsPasscode
 * @property {string} csrfToken
 * @property {boolean} mediaAvailable
 * @property {string} version         Of this site, as the page was made.
 * @property {string[]} embedOrigins  Of pages that may have this one in a frame.
 * @property {number} fileMegabytes   How large a file in the chat may be; 0 where there are none.
 * @property {boolean} canInviteBot   Whether somebody who is alone may call the bot.
 * @property {{[code: string]: Saying}} offlineVerdicts  What only the page can find out, in the words of this site.
 */

/** @typedef {{sentence: string, action: string}} Saying  What is wrong, and what to do, in English. */

/**
 * @typedef {object} Verdict  Something that is wrong, as the server judges it from the traces of both sides.
 * @property {string} code
 * @property {"failing" | "impaired" | "notice" | "waiting"} severity
 * @property {string} sentence      What is wrong, for whom it was sent to; in English as it comes from the server.
 * @property {string} action        What to do; may be empty.
 * @property {string | null} about  Whom I do not see or hear; null when it is about me.
 * @property {Source | null} source  What of theirs, or of mine, it is about; null when it is about nothing single.
 * @property {{sentence?: Wording, action?: Wording}} [words]  What they are made of, where there are values in them.
 */

/**
 * @typedef {object} StartConfig  What the start page carries in `#start-config`.
 * @property {string} api           Path of the meetings API, with a trailing slash.
 * @property {string} csrfToken
 * @property {string} mediaHealth   Path of the media health check.
 */

/**
 * @typedef {object} Participant
 * @property {string} participantId
 * @property {string} displayName
 * @property {string} [role]         `host`, `co_host`, `presenter`, `attendee` or `guest`.
 * @property {string} [userId]
 * @property {Sending} [permissions]
 * @property {string | null} [handRaisedAt]  ISO 8601.
 */

/** @typedef {{microphone: boolean, camera: boolean, screen: boolean, chat: boolean}} Sending  What may be sent. */

/**
 * @typedef {object} Meeting  A meeting as the server tells it.
 * @property {string} id
 * @property {string} title
 * @property {string} code
 * @property {"open" | "live" | "ended"} state
 * @property {boolean} locked
 * @property {number} capacity
 * @property {"nobody" | "guests" | "everybody"} waitingRoom
 * @property {Sending} permissions    Of everybody who is no host, co-host or presenter.
 * @property {string | null} spotlight  A participant's id.
 * @property {string | null} startedAt
 * @property {string | null} endsAt   When its planned time is over; ISO 8601.
 * @property {boolean} closes         Whether it ends by itself then.
 * @property {"everybody" | "presenters"} notesBy  Who writes the notes.
 */

/**
 * @typedef {object} WaitingPerson  Somebody at the door; hosts know of them.
 * @property {string} participantId
 * @property {string} displayName
 * @property {string} askedAt        ISO 8601.
 * @property {"admission" | "host"} for  Whether a host has to decide, or only to be there.
 */

/** @typedef {{meetingId: string, position: number, for: "admission" | "host"}} AtTheDoor  An answer to `join-meeting`. */

/** @typedef {"all" | "host" | "private"} RecipientType */

/**
 * @typedef {object} SharedFile
 * @property {string} id
 * @property {string} name
 * @property {number} size    In bytes.
 * @property {string} type    Like `image/png`, as the server found out.
 * @property {boolean} gone   Whether its time is over, and nobody can get it any more.
 */

/**
 * @typedef {object} ChatMessage
 * @property {string} messageId
 * @property {string | null} participantId  Its author's; null when their stay is forgotten.
 * @property {string} displayName           Its author's, also after they left.
 * @property {boolean} mine                 Whether I wrote it, here or in another window.
 * @property {RecipientType} recipientType
 * @property {string | null} [recipientId]
 * @property {string} [recipientName]
 * @property {string} message               Empty once it is deleted.
 * @property {SharedFile} [file]            What it carries.
 * @property {string} sentAt                ISO 8601.
 * @property {string | null} editedAt
 * @property {string | null} deletedAt
 */

/**
 * @typedef {object} Poll
 * @property {string} pollId
 * @property {string} question
 * @property {string[]} options
 * @property {"single" | "multiple"} kind
 * @property {boolean} anonymous
 * @property {"everybody" | "hosts"} resultsFor
 * @property {"draft" | "open" | "closed"} state
 * @property {number} version              Counts the changes.
 * @property {PollResults | null} results  Null while they are not for me.
 * @property {number[]} [mine]             What I voted for, by the places of options; told to me alone.
 * @property {string} createdAt            ISO 8601.
 */

/** @typedef {{voters: number, votes: number[]}} PollResults  How many voted, and how many votes each option has. */

/**
 * @typedef {object} AskedQuestion
 * @property {string} questionId
 * @property {string | null} participantId  Whoever asked it; null when their stay is forgotten.
 * @property {string} displayName
 * @property {string} question
 * @property {"open" | "answered"} state
 * @property {number} votes                 How many want it answered.
 * @property {number} version               Counts the changes.
 * @property {boolean} [mine]               Whether I asked it, here or in another window; told to me alone.
 * @property {boolean} [voted]              Whether I want it answered; told to me alone.
 * @property {string} askedAt               ISO 8601.
 */

/**
 * @typedef {object} RemoteProducer  Something that somebody sends.
 * @property {string} participantId
 * @property {string} producerId
 * @property {Kind} kind
 * @property {Source} source
 * @property {boolean} paused
 */

/**
 * @typedef {object} TransportParams
 * @property {string} id
 * @property {types.IceParameters} iceParameters
 * @property {types.IceCandidate[]} iceCandidates
 * @property {types.DtlsParameters} dtlsParameters
 * @property {boolean} [connected]   True when the DTLS parameters sent with the join were applied already.
 */

/**
 * @typedef {object} ConsumerParams
 * @property {string} id
 * @property {string} producerId
 * @property {string} participantId
 * @property {Kind} kind
 * @property {Source} source
 * @property {string} type           `simple`, `simulcast`, `svc` or `pipe`.
 * @property {types.RtpParameters} rtpParameters
 * @property {boolean} producerPaused
 */

/** @typedef {{roomId: string | null, name: string, code: string}} WayTo  A breakout room, or (null) the main room. */

/**
 * @typedef {object} BreakoutsStatus
 * @property {"none" | "prepared" | "open" | "closing" | "closed"} state
 * @property {number | null} closesIn  Seconds.
 */

/**
 * @typedef {object} BreakoutOfMine
 * @property {WayTo} main
 * @property {string | null} isIn  The room's id; null in the main room.
 * @property {WayTo | null} room   Where I belong.
 * @property {boolean} called      Whether I am to go there.
 *
 * @typedef {BreakoutsStatus & BreakoutOfMine} Breakout
 */

/**
 * @typedef {object} BreakoutPerson
 * @property {string} participantId
 * @property {string} displayName
 * @property {string} role
 * @property {string | null} roomId  Where they belong.
 * @property {string | null} isIn    Where they are; null in the main room.
 */

/** @typedef {BreakoutsStatus & {rooms: {roomId: string, name: string}[], people: BreakoutPerson[]}} Breakouts  For hosts. */

/**
 * @typedef {object} MeetingJoined  The reply to `join-meeting`.
 * @property {Meeting} meeting
 * @property {string} participantId
 * @property {string} role
 * @property {Participant[]} participants
 * @property {WaitingPerson[]} [waiting]   Who waits to be let in; empty for all but hosts.
 * @property {Breakout | null} [breakout]  Null where the meeting is not divided.
 * @property {RemoteProducer[]} producers  What the others send.
 * @property {{resumed: boolean, mediaResumed: boolean, ownProducers: RemoteProducer[]}} state
 * @property {types.RtpCapabilities | null} [rtpCapabilities]
 * @property {RTCIceServer[]} [iceServers]
 * @property {string} resumeToken
 * @property {{send: TransportParams, recv: TransportParams} | null} [transports]
 * @property {ConsumerParams[] | null} [consumers]
 */

export {};
