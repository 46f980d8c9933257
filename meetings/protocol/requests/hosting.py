"""What hosts do; and what somebody who is alone can."""

from meetings.protocol.fields import Flag, Id, Shape, Whole
from meetings.protocol.requests.request import ROW_CODES, Request

_SAID = Shape({"participantId?": Id(), "microphone?": Flag(), "camera?": Flag(), "screen?": Flag(), "chat?": Flag()})

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
    Request(
        "remove-participant",
        "participant-removed",
        "Put somebody out of the meeting; with `ban` they do not get in again.",
        data=Shape({"participantId": Id(), "ban?": Flag()}),
        answer=Shape({"participantId": Id()}),
        codes=("NOT_IN_MEETING", "NOT_ALLOWED", *ROW_CODES),
        pushes=("removed-by-host", "participant-left"),
        hosts_only=True,
    ),
    Request(
        "set-permissions",
        "permissions-set",
        "Say what may be sent: by one participant or, without `participantId`, by everybody who is no host, co-host or "
        "presenter, now and later (which takes back what was said of them alone). What may not be sent any more is "
        "paused on the server, and its owner cannot resume it; what may be sent again is for its owner to turn on.",
        data=_SAID,
        answer=_SAID,
        codes=("NOT_IN_MEETING", "NOT_ALLOWED", *ROW_CODES),
        pushes=("participant-updated", "meeting-updated"),
        hosts_only=True,
    ),
    Request(
        "admit-participant",
        "participant-admitted",
        "Let somebody in who waits.",
        data=Shape({"participantId": Id()}),
        answer=Shape({"participantId": Id()}),
        codes=("NOT_IN_MEETING", "NOT_ALLOWED", *ROW_CODES),
        pushes=("meeting-joined", "waiting-over", "participant-joined"),
        hosts_only=True,
    ),
    Request(
        "deny-participant",
        "participant-denied",
        "Do not let somebody in who waits. They may ask again.",
        data=Shape({"participantId": Id()}),
        answer=Shape({"participantId": Id()}),
        codes=("NOT_IN_MEETING", "NOT_ALLOWED", *ROW_CODES),
        pushes=("join-denied", "waiting-over"),
        hosts_only=True,
    ),
    Request(
        "admit-all",
        "all-admitted",
        "Let in everybody who waits; `count` is how many.",
        answer=Shape({"count": Whole()}),
        codes=("NOT_IN_MEETING", "NOT_ALLOWED", *ROW_CODES),
        pushes=("meeting-joined", "waiting-over", "participant-joined"),
        hosts_only=True,
    ),
    Request(
        "lock-meeting",
        "meeting-locked",
        "Let nobody else in but hosts, or let them in again.",
        data=Shape({"locked": Flag()}),
        answer=Shape({"locked": Flag()}),
        codes=("NOT_IN_MEETING", "NOT_ALLOWED", *ROW_CODES),
        pushes=("meeting-updated",),
        hosts_only=True,
    ),
    Request(
        "end-meeting",
        "meeting-ended",
        "End the meeting for everybody, for good.",
        codes=("NOT_IN_MEETING", "NOT_ALLOWED", *ROW_CODES),
        pushes=("meeting-ended",),
        hosts_only=True,
    ),
)
