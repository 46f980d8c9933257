"""Every push of the contract, as data."""

from dataclasses import dataclass, field

from meetings.protocol.fields import Blob, Flag, Id, ListOf, Nullable, Number, OneOf, Shape, Text, Whole
from meetings.protocol.requests.breakouts import LONGEST_BROADCAST
from meetings.protocol.requests.together import REACTIONS
from meetings.protocol.shapes import (
    BREAKOUTS_STATUS,
    EDIT,
    JOINED,
    KIND,
    MEETING,
    MESSAGE,
    PARTICIPANT,
    POLL,
    PRODUCER,
    QUESTION,
    RECIPIENT_TYPE,
    RESULTS,
    SENDING,
    VERDICT,
    WAITING,
    WAY_TO,
)


@dataclass(frozen=True)
class Push:
    """Something a client is told without having asked."""

    event: str
    summary: str
    data: Shape = field(default_factory=Shape)


_PRODUCER = Shape({"participantId": Id(), "producerId": Id()})
_CONSUMER = Shape({"consumerId": Id(), "producerId": Id()})

_EDIT = {name: kind for name, (kind, _) in EDIT.fields.items()}

_ALL = (
    Push(
        "notes-changed",
        "Somebody else changed the notes: to the text of this `version`, by changes to the one before.",
        Shape({"participantId": Id(), **_EDIT}),
    ),
    Push("participant-waiting", "Hosts only: somebody waits to come in, or waits anew.", WAITING),
    Push(
        "waiting-over",
        "Hosts only: somebody waits no more.",
        Shape({"participantId": Id(), "decision": OneOf("admitted", "denied", "left")}),
    ),
    Push(
        "meeting-joined",
        "You were let in. The answer that `join-meeting` would have had.",
        JOINED,
    ),
    Push(
        "join-denied",
        "You do not get in after all, for this reason: `JOIN_DENIED` when a host said so.",
        Shape(
            {
                "code": Text(),
                "message": Text(),
                "details": Text(),
                "retryAfter?": Number(),
                "verdicts?": ListOf(VERDICT),
            }
        ),
    ),
    Push("participant-joined", "Somebody came in.", PARTICIPANT),
    Push(
        "participant-left",
        "Somebody is gone: left, lost (the grace period passed), or removed. Whoever was given up is told too.",
        Shape({"participantId": Id(), "reason": OneOf("left", "disconnected", "removed", "ended")}),
    ),
    Push("participant-updated", "Something about a participant changed; the entry is complete.", PARTICIPANT),
    Push("meeting-updated", "Something about the meeting changed; the entry is complete.", MEETING),
    Push("meeting-ended", "The meeting is over. The socket stays open."),
    Push("removed-by-host", "You were put out of the meeting. The socket stays open.", Shape({"banned": Flag()})),
    Push(
        "muted-by-host",
        "A host turned off your microphone (`audio`) or camera (`video`); you cannot turn it on until a host lets you.",
        Shape({"kind": KIND, "by": Id(), "byName": Text()}),
    ),
    Push(
        "participant-media-updated",
        "A host muted somebody; what they may send now.",
        Shape({"participantId": Id(), "permissions": SENDING}),
    ),
    Push(
        "unmute-requested",
        "A host asks you to turn your microphone on, which you may do now.",
        Shape({"by": Id(), "byName": Text()}),
    ),
    Push(
        "hand-raised",
        "Somebody raised their hand, or it is down again; `order` tells which one it is of those that are up.",
        Shape({"participantId": Id(), "raised": Flag(), "order": Nullable(Whole(least=1))}),
    ),
    Push(
        "participant-reaction",
        "Somebody shows a reaction, for a moment.",
        Shape({"participantId": Id(), "reaction": OneOf(*REACTIONS)}),
    ),
    Push(
        "participant-spotlighted",
        "Who is shown larger to everybody; null: nobody.",
        Shape({"participantId": Nullable(Id())}),
    ),
    Push("new-message", "Somebody wrote something that is for you, or you did in another window.", MESSAGE),
    Push("message-edited", "Somebody changed what was for you.", MESSAGE),
    Push("message-deleted", "What was for you is deleted; only its place is left.", MESSAGE),
    Push(
        "user-typing",
        "Somebody writes something that will be for you, or does so no more. Forget it when it is not told again "
        "within a few seconds.",
        Shape({"participantId": Id(), "typing": Flag(), "recipientType": RECIPIENT_TYPE}),
    ),
    Push(
        "poll-updated",
        "What a poll is now, as you may see it; take no older `version` for newer. `mine` is there when you voted in "
        "another window.",
        POLL,
    ),
    Push(
        "poll-results",
        "How the votes in an open poll stand. Votes are gathered: a web process tells it once a second at most.",
        Shape({"pollId": Id(), "version": Whole(), "results": RESULTS}),
    ),
    Push("poll-deleted", "A poll is gone.", Shape({"pollId": Id()})),
    Push("question-updated", "Somebody asked a question, or what a question is now.", QUESTION),
    Push(
        "question-votes",
        "How many want these questions answered. Votes are gathered as those of polls are.",
        Shape({"questions": ListOf(Shape({"questionId": Id(), "votes": Whole(), "version": Whole()}))}),
    ),
    Push("question-dismissed", "A host dismissed a question; it is in no list any more.", Shape({"questionId": Id()})),
    Push(
        "breakout-assigned",
        "You are called to a breakout room, or (`roomId` is null) back to the main room: join what has this `code`.",
        WAY_TO,
    ),
    Push(
        "breakouts-updated",
        "How the breakout rooms stand; to hosts also when something about them changed that `breakouts` answers. "
        "While they are `closing`, `closesIn` is how many seconds are left. Whoever is in a room then hears "
        "`meeting-ended`, and joins the main room.",
        BREAKOUTS_STATUS,
    ),
    Push(
        "breakout-broadcast",
        "A host says something to everybody, whichever room they are in. It is kept nowhere.",
        Shape({"text": Text(longest=LONGEST_BROADCAST), "by": Id(), "byName": Text()}),
    ),
    Push("new-producer", "Somebody sends something new.", PRODUCER),
    Push("producer-paused", "Somebody muted something.", _PRODUCER),
    Push("producer-resumed", "Somebody unmuted something.", _PRODUCER),
    Push("producer-closed", "Somebody stopped sending something.", _PRODUCER),
    Push("consumer-paused", "What this consumer receives was paused by its sender.", _CONSUMER),
    Push("consumer-resumed", "What this consumer receives flows again.", _CONSUMER),
    Push("consumer-closed", "What this consumer received is gone, and so is the consumer.", _CONSUMER),
    Push(
        "consumer-layers-changed",
        "The layers that arrive now; null when none do.",
        Shape({"consumerId": Id(), "layers": Nullable(Blob("{spatialLayer, temporalLayer?}"))}),
    ),
    Push("consumer-score", "How well it arrives.", Shape({"consumerId": Id(), "score": Blob("ConsumerScore")})),
    Push("active-speaker", "Who speaks, when it is somebody else than before.", Shape({"participantId": Id()})),
    Push(
        "audio-levels",
        "How loud the loudest are, in dBov from -127 to 0; an empty list once when it has become silent.",
        Shape({"levels": ListOf(Shape({"participantId": Id(), "volume": Number()}))}),
    ),
    Push(
        "transport-state",
        "What became of a transport of yours. With `addressChanged`, your media come another way than before.",
        Shape({"transportId": Id(), "iceState": Text(), "dtlsState": Text(), "addressChanged?": Flag()}),
    ),
    Push(
        "verdict",
        "What is wrong with your media at present, the worst first, in sentences to be shown; an empty list once all "
        "is well again. `about` is the participant whom you do not see or hear, null when it is about you. Sentences "
        "are in English; `words` are what one is made of that has values in it, for who says it in another language. "
        "`report` is what to tell an administrator.",
        Shape({"verdicts": ListOf(VERDICT), "report": Text(longest=9)}),
    ),
    Push(
        "participant-trouble",
        "Hosts only: what is wrong with somebody's media at present, in sentences for a host; an empty list once all "
        "is well again.",
        Shape({"participantId": Id(), "verdicts": ListOf(VERDICT)}),
    ),
    Push(
        "media-lost",
        "Media broke; join again with the `resumeToken` once they are back. With `gone`, transports are closed with "
        "all that is on them; without, they may live on, which the answer to the join will tell. A `gap-report` names "
        "the `incidentId`. With `moved`, nothing broke: what is there goes on until what the answer to the join brings "
        "has taken its place, or a few seconds.",
        Shape({"reason": Text(), "gone?": Flag(), "moved?": Flag(), "incidentId?": Id()}),
    ),
    Push("media-restored", "Media are back."),
    Push(
        "error",
        "A frame that could not be answered by its `id`, or the reason why the socket is about to be closed. `event` "
        "is null when none could be read.",
        Shape(
            {
                "event": Nullable(Text()),
                "code": Text(),
                "message": Text(),
                "details": Text(),
                "retryAfter?": Number(),
                "verdicts?": ListOf(VERDICT),
            }
        ),
    ),
)

PUSHES: dict[str, Push] = {push.event: push for push in _ALL}
