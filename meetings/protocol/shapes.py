"""Objects that appear in more than one message."""

from meetings.protocol.fields import (
    Blob,
    Flag,
    Id,
    Kind,
    ListOf,
    Moment,
    Nullable,
    Number,
    OneOf,
    Shape,
    SmallObject,
    Text,
    Uuid,
    Whole,
)
from meetings.trace.steps import OUTCOMES, STEPS
from meetings.verdicts.verdict import SEVERITIES

ROLES = ("host", "co_host", "presenter", "attendee", "guest")
SOURCES = {"mic": "audio", "screen-audio": "audio", "camera": "video", "screen": "video"}

KIND = OneOf("audio", "video")
SOURCE = OneOf(*SOURCES)
ROLE = OneOf(*ROLES)
RTP_CAPABILITIES = Blob("RtpCapabilities")
RTP_PARAMETERS = Blob("RtpParameters")
DTLS_PARAMETERS = Blob("DtlsParameters")
ICE_PARAMETERS = Blob("IceParameters")
ICE_CANDIDATES = ListOf(Blob("IceCandidate"))
ICE_SERVERS = ListOf(Blob("RTCIceServer"))
# Characters, and so at most four times as many bytes.
LONGEST_MESSAGE = 2000
LONGEST_POLL_QUESTION = 300
LONGEST_POLL_OPTION = 100
MOST_POLL_OPTIONS = 10
MOST_POLLS = 30
LONGEST_QUESTION = 500
LONGEST_NOTES = 100_000
RECIPIENT_TYPE = OneOf("all", "host", "private")
POLL_KIND = OneOf("single", "multiple")
RESULTS_FOR = OneOf("everybody", "hosts")
NOTES_BY = OneOf("everybody", "presenters")
WAY = OneOf("echo", "udp", "tcp", "turn")
TIME = Text(longest=40)
ATTEMPT = Uuid()

_TRANSPORT: dict[str, Kind] = {
    "id": Id(),
    "iceParameters": ICE_PARAMETERS,
    "iceCandidates": ICE_CANDIDATES,
    "dtlsParameters": DTLS_PARAMETERS,
}
TRANSPORT = Shape(_TRANSPORT, name="Transport")
JOINED_TRANSPORT = Shape({**_TRANSPORT, "connected": Flag()}, name="JoinedTransport")

SENDING = Shape({"microphone": Flag(), "camera": Flag(), "screen": Flag(), "chat": Flag()}, name="Sending")
MEETING = Shape(
    {
        "id": Id(),
        "code": Text(),
        "title": Text(),
        "state": OneOf("open", "live", "ended", "cancelled"),
        "locked": Flag(),
        "capacity": Number(),
        "waitingRoom": OneOf("nobody", "guests", "everybody"),
        "permissions": SENDING,
        "notesBy": NOTES_BY,
        "spotlight": Nullable(Id()),
        "startsAt": Nullable(TIME),
        "endsAt": Nullable(TIME),
        "closes": Flag(),
        "startedAt": Nullable(TIME),
        "endedAt": Nullable(TIME),
    },
    name="Meeting",
)
PARTICIPANT = Shape(
    {
        "participantId": Id(),
        "displayName": Text(),
        "role": ROLE,
        "userId?": Id(),
        "joinedAt": TIME,
        "permissions": SENDING,
        "handRaisedAt": Nullable(TIME),
    },
    name="Participant",
)
WAITING = Shape(
    {"participantId": Id(), "displayName": Text(), "userId?": Id(), "askedAt": TIME, "for": OneOf("admission", "host")},
    name="Waiting",
)
FILE = Shape(
    {"id": Id(), "name": Text(), "size": Whole(), "type": Text(), "gone": Flag()},
    name="File",
)
MESSAGE = Shape(
    {
        "messageId": Id(),
        "participantId": Nullable(Id()),
        "displayName": Text(),
        "mine": Flag(),
        "recipientType": RECIPIENT_TYPE,
        "recipientId?": Nullable(Id()),
        "recipientName?": Text(),
        "message": Text(longest=LONGEST_MESSAGE, shortest=0),
        "file?": FILE,
        "sentAt": TIME,
        "editedAt": Nullable(TIME),
        "deletedAt": Nullable(TIME),
    },
    name="Message",
)
NOTES = Shape({"text": Text(longest=LONGEST_NOTES, shortest=0), "version": Whole()}, name="Notes")
_EDITED = Shape({"at": Whole(), "delete": Whole(), "insert": Text(longest=LONGEST_NOTES, shortest=0)})
EDIT = Shape({"version": Whole(), "changes": ListOf(_EDITED)}, name="Edit")
RESULTS = Shape({"voters": Whole(), "votes": ListOf(Whole())}, name="Results")
POLL = Shape(
    {
        "pollId": Id(),
        "question": Text(longest=LONGEST_POLL_QUESTION),
        "options": ListOf(Text(longest=LONGEST_POLL_OPTION), longest=MOST_POLL_OPTIONS),
        "kind": POLL_KIND,
        "anonymous": Flag(),
        "resultsFor": RESULTS_FOR,
        "state": OneOf("draft", "open", "closed"),
        "version": Whole(),
        "results": Nullable(RESULTS),
        "mine?": ListOf(Whole()),
        "createdAt": TIME,
    },
    name="Poll",
)
QUESTION = Shape(
    {
        "questionId": Id(),
        "participantId": Nullable(Id()),
        "displayName": Text(),
        "question": Text(longest=LONGEST_QUESTION),
        "state": OneOf("open", "answered"),
        "votes": Whole(),
        "version": Whole(),
        "mine?": Flag(),
        "voted?": Flag(),
        "askedAt": TIME,
    },
    name="Question",
)
PERMISSIONS = Shape(
    {
        "microphone": Flag(),
        "camera": Flag(),
        "screen": Flag(),
        "chat": Flag(),
        "removeParticipant": Flag(),
        "admit": Flag(),
        "muteOthers": Flag(),
        "setRoles": Flag(),
        "setPermissions": Flag(),
        "spotlight": Flag(),
        "lockMeeting": Flag(),
        "endMeeting": Flag(),
        "runPolls": Flag(),
        "answerQuestions": Flag(),
        "divide": Flag(),
    },
    name="Permissions",
)
PRODUCER = Shape(
    {"participantId": Id(), "producerId": Id(), "kind": KIND, "source": SOURCE, "paused": Flag()}, name="Producer"
)
FAILED = ListOf(Shape({"producerId": Id(), "code": Text()}))
CONSUMER = Shape(
    {
        "id": Id(),
        "producerId": Id(),
        "participantId": Id(),
        "kind": KIND,
        "source": SOURCE,
        "type": OneOf("simple", "simulcast", "svc", "pipe"),
        "rtpParameters": RTP_PARAMETERS,
        "producerPaused": Flag(),
    },
    name="Consumer",
)

_BREAKOUTS_STATUS: dict[str, Kind] = {
    "state": OneOf("none", "prepared", "open", "closing", "closed"),
    "closesIn": Nullable(Number()),
}
BREAKOUTS_STATUS = Shape(_BREAKOUTS_STATUS, name="BreakoutsStatus")
WAY_TO = Shape({"roomId": Nullable(Id()), "name": Text(), "code": Text()}, name="WayTo")
BREAKOUTS = Shape(
    {
        **_BREAKOUTS_STATUS,
        "rooms": ListOf(Shape({"roomId": Id(), "name": Text()})),
        "people": ListOf(
            Shape(
                {
                    "participantId": Id(),
                    "displayName": Text(),
                    "role": ROLE,
                    "roomId": Nullable(Id()),
                    "isIn": Nullable(Id()),
                }
            )
        ),
    },
    name="Breakouts",
)
BREAKOUT = Shape(
    {**_BREAKOUTS_STATUS, "main": WAY_TO, "isIn": Nullable(Id()), "room": Nullable(WAY_TO), "called": Flag()},
    name="Breakout",
)

JOINED = Shape(
    {
        "meeting": MEETING,
        "participantId": Id(),
        "role": ROLE,
        "permissions": PERMISSIONS,
        "participants": ListOf(PARTICIPANT),
        "waiting": ListOf(WAITING),
        "breakout": Nullable(BREAKOUT),
        "producers": ListOf(PRODUCER),
        "rtpCapabilities": RTP_CAPABILITIES,
        "iceServers": ICE_SERVERS,
        "resumeToken": Text(),
        "state": Shape({"resumed": Flag(), "mediaResumed": Flag(), "ownProducers": ListOf(PRODUCER)}),
        "transports?": Shape({"send?": JOINED_TRANSPORT, "recv?": JOINED_TRANSPORT}),
        "consumers?": ListOf(CONSUMER),
        "failed?": FAILED,
    },
    name="Joined",
)


STEP = Shape(
    {
        "step": OneOf(*(step.name for step in STEPS.values() if step.side == "page")),
        "outcome": OneOf(*OUTCOMES),
        "at": Moment(),
        "data?": SmallObject(),
    },
    name="Step",
)
TRACE = Shape(
    {"attemptId": ATTEMPT, "sentAt": Moment(), "steps": ListOf(STEP, longest=100), "purpose?": OneOf("join", "test")}
)
WORDING = Shape(
    {"text": Text(), "values?": SmallObject(), "many?": Text(), "count?": Number()},
    name="Wording",
)
VERDICT = Shape(
    {
        "code": Text(longest=40),
        "severity": OneOf(*SEVERITIES),
        "sentence": Text(),
        "action": Text(shortest=0),
        "about": Nullable(Id()),
        "source": Nullable(SOURCE),
        "words?": Shape({"sentence?": WORDING, "action?": WORDING}),
    },
    name="Verdict",
)

NAMED = (
    JOINED,
    MEETING,
    SENDING,
    PARTICIPANT,
    WAITING,
    MESSAGE,
    POLL,
    RESULTS,
    QUESTION,
    PERMISSIONS,
    PRODUCER,
    CONSUMER,
    TRANSPORT,
    JOINED_TRANSPORT,
    STEP,
    VERDICT,
    WORDING,
)
