"""What the API answers, in the kinds of the signalling contract."""

from meetings.access import SCOPES
from meetings.models import Participant
from meetings.protocol.fields import (
    UNLIMITED,
    Blob,
    Flag,
    Id,
    Kind,
    ListOf,
    Nullable,
    Number,
    OneOf,
    Shape,
    Text,
    Whole,
)
from meetings.protocol.shapes import (
    ICE_SERVERS,
    MEETING,
    MESSAGE,
    PARTICIPANT,
    POLL,
    QUESTION,
    RESULTS,
    RTP_CAPABILITIES,
    TIME,
    VERDICT,
    WAITING,
)
from meetings.webhooks.events import EVENTS, TEST

_KNOWN: dict[str, Kind] = {
    **{name: kind for name, (kind, _) in MEETING.fields.items()},
    "createdAt": TIME,
    "beforeHost": Flag(),
    "guestsAllowed": Flag(),
    "emptyMinutes": Nullable(Whole()),
    "description": Text(shortest=0),
    "earlyMinutes": Whole(),
    "remindMinutes": Whole(),
    "hasPasscode": Flag(),
    "isHost": Flag(),
}
SEEN = Shape(_KNOWN, name="MeetingSeen")
DETAIL = Shape(
    {**_KNOWN, "participants": ListOf(Shape({"displayName": Text(shortest=0)}))},
    name="MeetingDetail",
)
STARTED = Shape(
    {"id": Id(), "title": Text(), "code": Text(), "join_url": Text(), "host_ticket": Text()}, name="MeetingStarted"
)
TICKET = Shape({"ticket": Text(), "expiresIn": Whole(), "socketUrl": Text()}, name="JoinTicket")
RECENT = ListOf(
    Shape(
        {"code": Text(), "title": Text(), "when": TIME, "state": OneOf("open", "live", "ended", "cancelled")},
        name="Recent",
    )
)
COUNT = Shape({"count": Whole()}, name="Count")
STEPS_TOLD = Shape({"verdicts": ListOf(VERDICT)}, name="StepsTold")
WEBRTC_CONFIG = Shape({"iceServers": ICE_SERVERS, "rtpCapabilities": Nullable(RTP_CAPABILITIES)}, name="WebRtcConfig")


def page_of(kind: Kind, name: str) -> Shape:
    """A page of a list; `next` and `previous` are the addresses of those beside it."""
    return Shape({"next": Nullable(Text()), "previous": Nullable(Text()), "results": ListOf(kind)}, name=name)


_PLANNED = Shape(
    {
        "id": Id(),
        "first": Text(),
        "zone": Text(),
        "minutes": Whole(),
        "rule": Text(shortest=0),
        "words": Text(),
        "sequence": Whole(),
    },
    name="Schedule",
)
PLAN_SEEN = Shape({"schedules": ListOf(_PLANNED)}, name="Schedules")
OCCURRENCE = Shape(
    {
        "id": Id(),
        "startsAt": TIME,
        "endsAt": TIME,
        "title": Text(shortest=0),
        "cancelled": Flag(),
        "changed": Flag(),
    },
    name="Occurrence",
)
OCCURRENCES = page_of(OCCURRENCE, "Occurrences")
INVITEE = Shape(
    {
        "id": Id(),
        "email": Text(),
        "name": Text(shortest=0),
        "role": OneOf("co_host", "presenter", "attendee"),
        "answer": OneOf("none", "accepted", "tentative", "declined"),
        "answeredAt": Nullable(TIME),
        "mail": Nullable(OneOf("due", "sent", "failed", "dropped")),
    },
    name="Invitee",
)
INVITEES = page_of(INVITEE, "Invitees")
MEETINGS = page_of(SEEN, "Meetings")
PARTICIPANTS = page_of(PARTICIPANT, "Participants")
BANNED_PEOPLE = Shape(
    {"results": ListOf(Shape({"participantId": Id(), "displayName": Text(), "at": TIME}, name="Banned"))},
    name="BannedPeople",
)
WAITING_PEOPLE = Shape({"results": ListOf(WAITING)}, name="WaitingPeople")

_TOKEN: dict[str, Kind] = {
    "id": Id(),
    "name": Text(),
    "scopes": ListOf(OneOf(*SCOPES)),
    "createdAt": TIME,
    "expiresAt": Nullable(TIME),
    "usedAt": Nullable(TIME),
}
TOKENS = Shape({"results": ListOf(Shape(_TOKEN, name="Token"))}, name="Tokens")
TOKEN_MADE = Shape({**_TOKEN, "token": Text()}, name="TokenMade")

_WEBHOOK: dict[str, Kind] = {
    "id": Id(),
    "url": Text(),
    "events": ListOf(OneOf(*EVENTS)),
    "active": Flag(),
    "forOrganisation": Flag(),
    "createdAt": TIME,
    "failingSince": Nullable(TIME),
    "disabledAt": Nullable(TIME),
    "disabledBecause": Text(shortest=0),
    "previousSecretUntil": Nullable(TIME),
}
WEBHOOK = Shape(_WEBHOOK, name="Webhook")
WEBHOOKS = Shape({"results": ListOf(WEBHOOK)}, name="Webhooks")
WEBHOOK_MADE = Shape({**_WEBHOOK, "secret": Text()}, name="WebhookMade")
DELIVERY = Shape(
    {
        "id": Id(),
        "event": OneOf(*EVENTS, TEST),
        "createdAt": TIME,
        "state": OneOf("due", "sent", "failed", "dropped"),
        "tries": Whole(),
        "triedAt": Nullable(TIME),
        "nextTryAt": Nullable(TIME),
        "statusCode": Nullable(Whole()),
        "response": Text(shortest=0),
        "error": Text(shortest=0),
        "payload": Blob("what is told"),
    },
    name="WebhookDelivery",
)
DELIVERIES = page_of(DELIVERY, "WebhookDeliveries")
MESSAGES = page_of(MESSAGE, "ChatMessages")
INVITED = Shape(
    {
        "id": Id(),
        "email": Text(),
        "name": Text(shortest=0),
        "role": OneOf("co_host", "presenter", "attendee"),
        "ticket": Text(),
        "expiresIn": Whole(),
        "joinUrl": Text(),
        "socketUrl": Text(),
    },
    name="Invited",
)

_SOMEBODY = Shape({"participantId": Id(), "displayName": Text(shortest=0), "userId?": Id()}, name="Somebody")
ACT = Shape(
    {
        "at": TIME,
        "act": Text(),
        "label": Text(),
        "by": Nullable(_SOMEBODY),
        "about": Nullable(_SOMEBODY),
        "data": Blob("what was said"),
    },
    name="Act",
)
AUDIT = page_of(ACT, "AuditTrail")
_POLL: dict[str, Kind] = {
    **{name: kind for name, (kind, _) in POLL.fields.items() if name not in ("version", "mine")},
    "results": RESULTS,
    "displayName": Text(),
    "openedAt": Nullable(TIME),
    "closedAt": Nullable(TIME),
    "ballots": ListOf(
        Shape({"displayName": Text(shortest=0), "options": ListOf(Whole())}, name="Ballot"), longest=100_000
    ),
}
POLL_SEEN = Shape(_POLL, name="PollSeen")
POLLS = page_of(POLL_SEEN, "Polls")
_QUESTION: dict[str, Kind] = {
    **{name: kind for name, (kind, _) in QUESTION.fields.items() if name not in ("version", "mine", "voted")},
    "state": OneOf("open", "answered", "dismissed"),
}
QUESTIONS = page_of(Shape(_QUESTION, name="QuestionSeen"), "Questions")
ANALYTICS = Shape(
    {
        "joins": Whole(),
        "people": Whole(),
        "peak": Whole(),
        "minutes": Number(),
        "attempts": Whole(),
        "outcomes": Shape({"trying": Whole(), "well": Whole(), "impaired": Whole(), "failed": Whole()}),
        "causes": ListOf(Shape({"code": Text(), "count": Whole()})),
    },
    name="Analytics",
)
_INTERVAL = Shape({"since": TIME, "until": TIME}, name="Interval")
_ATTENDED = Shape(
    {
        "displayName": Text(shortest=0),
        "userId?": Id(),
        "role": OneOf(*Participant.Role.values),
        "cameAt": TIME,
        "leftAt": Nullable(TIME),
        "intervals": ListOf(_INTERVAL, longest=UNLIMITED),
        "seconds": Number(),
        "share": Number(),
        "lateSeconds": Nullable(Number()),
        "earlySeconds": Nullable(Number()),
        "spokeSeconds": Number(),
    },
    name="Attended",
)
ATTENDANCE = Shape(
    {
        "scheduled": Nullable(_INTERVAL),
        "seconds": Number(),
        "most": Whole(),
        "people": ListOf(_ATTENDED, longest=UNLIMITED),
    },
    name="Attendance",
)
_STREAM = Shape(
    {
        "participantId": Nullable(Id()),
        "direction": Nullable(Text()),
        "iceState": Nullable(Text()),
        "dtlsState": Nullable(Text()),
        "bitrateIn": Nullable(Number()),
        "bitrateOut": Nullable(Number()),
        "lossIn": Nullable(Number()),
        "lossOut": Nullable(Number()),
        "rtt": Nullable(Number()),
        "producers": Whole(),
        "consumers": Whole(),
    },
    name="LiveTransport",
)
LIVE_STATS = Shape(
    {
        "state": OneOf("open", "live", "ended", "cancelled"),
        "present": Whole(),
        "available": Flag(),
        "bitrateIn": Number(),
        "bitrateOut": Number(),
        "transports": ListOf(_STREAM, longest=100_000),
    },
    name="LiveStats",
)
