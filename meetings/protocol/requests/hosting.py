"""What hosts do; and what somebody who is alone can."""

from meetings.protocol.fields import Flag, Id, Nullable, OneOf, Shape, Whole
from meetings.protocol.requests.request import ROW_CODES, Request
from meetings.protocol.shapes import KIND, NOTES_BY, TIME

LONGEST_EXTENSION = 12 * 60
_SAID = Shape({"participantId?": Id(), "microphone?": Flag(), "camera?": Flag(), "screen?": Flag(), "chat?": Flag()})

_TARGET = Shape({"participantId": Id()})
_HOSTS_CODES = ("NOT_IN_MEETING", "NOT_ALLOWED", *ROW_CODES)


def _host_verb(
    event: str,
    reply: str,
    summary: str,
    data: Shape = _TARGET,
    answer: Shape | None = None,
    pushes: tuple[str, ...] = (),
) -> Request:
    return Request(
        event,
        reply,
        summary,
        data=data,
        answer=data if answer is None else answer,
        codes=_HOSTS_CODES,
        pushes=pushes,
        hosts_only=True,
    )


_MUTING = ("participant-updated", "muted-by-host", "participant-media-updated", "producer-paused")

HOSTING = (
    Request(
        "invite-bot",
        "bot-invited",
        "Call a bot that talks back, to hear and see yourself: alone in the meeting, you hear what you say two seconds "
        "later, and see your picture. The answer says that it is on its way; it comes as the participant “Echo”. It "
        "leaves by itself after two minutes, when somebody else comes, or when you go. When it cannot come after all, "
        "the push `error` says so, with this `event`.",
        codes=("NOT_IN_MEETING", "NOT_ALLOWED", "MEETING_FULL", "MEDIA_UNAVAILABLE", *ROW_CODES),
        pushes=("participant-joined", "error"),
    ),
    _host_verb(
        "mute-participant",
        "participant-muted",
        "Turn off somebody's microphone (`audio`) or camera (`video`): it is paused on the server, and they cannot "
        "turn it on again until a host lets them (`ask-to-unmute`, `set-permissions`).",
        Shape({"participantId": Id(), "kind": KIND}),
        pushes=_MUTING,
    ),
    _host_verb(
        "mute-all",
        "all-muted",
        "Turn off the microphones of all who are there and neither hosts nor `except`; `count` is of how many.",
        Shape({"except?": Id()}),
        Shape({"count": Whole()}),
        pushes=_MUTING,
    ),
    _host_verb(
        "ask-to-unmute",
        "asked-to-unmute",
        "Let somebody turn their microphone on, and ask them to. Nobody is turned on but by themselves.",
        pushes=("participant-updated", "unmute-requested"),
    ),
    _host_verb("lower-hand", "hand-lowered", "Take somebody's hand down.", pushes=("hand-raised",)),
    _host_verb(
        "set-role",
        "role-set",
        "Give somebody a role. Co-hosts make presenters and attendees; the host makes co-hosts too, and hands the "
        "meeting over by making somebody else `host`, who has it from then on.",
        Shape({"participantId": Id(), "role": OneOf("host", "co_host", "presenter", "attendee")}),
        pushes=("participant-updated",),
    ),
    _host_verb(
        "spotlight-participant",
        "participant-spotlighted",
        "Show somebody larger to everybody; null shows nobody so.",
        Shape({"participantId": Nullable(Id())}),
        pushes=("participant-spotlighted",),
    ),
    _host_verb(
        "set-waiting-room",
        "waiting-room-set",
        "Say who has to be let in by a host. Who waits and need not any more comes in.",
        Shape({"waitingRoom": OneOf("nobody", "guests", "everybody")}),
        pushes=("meeting-updated", "meeting-joined", "waiting-over"),
    ),
    _host_verb(
        "set-notes-by",
        "notes-by-set",
        "Say who writes the notes: everybody, or hosts and presenters alone.",
        Shape({"notesBy": NOTES_BY}),
        pushes=("meeting-updated",),
    ),
    _host_verb(
        "set-permissions",
        "permissions-set",
        "Say what may be sent: by one participant or, without `participantId`, by everybody who is no host, co-host or "
        "presenter, now and later (which takes back what was said of them alone). What may not be sent any more is "
        "paused on the server, and its owner cannot resume it; what may be sent again is for its owner to turn on.",
        _SAID,
        pushes=("participant-updated", "meeting-updated"),
    ),
    _host_verb(
        "admit-participant",
        "participant-admitted",
        "Let somebody in who waits.",
        pushes=("meeting-joined", "waiting-over", "participant-joined"),
    ),
    _host_verb(
        "deny-participant",
        "participant-denied",
        "Do not let somebody in who waits. They may ask again.",
        pushes=("join-denied", "waiting-over"),
    ),
    _host_verb(
        "admit-all",
        "all-admitted",
        "Let in everybody who waits; `count` is how many.",
        Shape(),
        Shape({"count": Whole()}),
        pushes=("meeting-joined", "waiting-over", "participant-joined"),
    ),
    _host_verb(
        "remove-participant",
        "participant-removed",
        "Put somebody out of the meeting; with `ban` they do not get in again.",
        Shape({"participantId": Id(), "ban?": Flag()}),
        _TARGET,
        pushes=("removed-by-host", "participant-left"),
    ),
    _host_verb(
        "lift-ban",
        "ban-lifted",
        "Let somebody come again who was put out with `ban`; `participantId` is who they were.",
    ),
    _host_verb(
        "lock-meeting",
        "meeting-locked",
        "Let nobody else in but hosts, or let them in again.",
        Shape({"locked": Flag()}),
        pushes=("meeting-updated",),
    ),
    _host_verb(
        "extend-meeting",
        "meeting-extended",
        "Have the meeting go on for so many minutes more than was planned.",
        Shape({"minutes": Whole(least=1, most=LONGEST_EXTENSION)}),
        Shape({"endsAt": TIME}),
        pushes=("meeting-updated",),
    ),
    _host_verb(
        "end-meeting", "meeting-ended", "End the meeting for everybody, for good.", Shape(), pushes=("meeting-ended",)
    ),
)
