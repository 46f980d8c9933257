"""Coming into a meeting, and leaving it."""

from meetings.protocol.fields import Id, OneOf, Shape, Text, Whole
from meetings.protocol.requests.request import Request
from meetings.protocol.shapes import (
    ATTEMPT,
    DTLS_PARAMETERS,
    JOINED,
    RTP_CAPABILITIES,
)

COMING = (
    Request(
        "join-meeting",
        "meeting-joined",
        "Enter a meeting, given by id or code. With `rtpCapabilities` the reply holds both transports and a consumer "
        "for every producer in the room; with `dtlsParameters` the transports are connected already. With a "
        "`resumeToken` that is still good, the participant whose token it is goes on under the same `participantId`. "
        "A passcode is asked of nobody who has a ticket, and of no host. On a socket that is in the meeting already, "
        "this takes up media afresh, as after `media-lost`. On a socket that is in another room of the same meeting "
        "(breakout rooms), the stay there ends with this; `breakout` in the answer tells where one belongs while rooms "
        "are open, and whether one is called there. `failed` lists producers that could not be consumed. "
        "Where hosts let people in, or nobody may come before them, the answer is `waiting`: `for` says whether a host "
        "has to decide (`admission`) or to be there first (`host`), and `position` 1 is next. What comes of it is "
        "pushed: `meeting-joined`, as it would have been answered, or `join-denied`. Asking again moves the place to "
        "this socket; `leave-meeting` gives it up, as does closing the socket. `waiting` in the answer to hosts lists "
        "who waits. "
        "`attemptId` is the id under which the page tells its steps, see `trace`.",
        data=Shape(
            {
                "meetingId": Id(),
                "displayName?": Text(longest=80, shortest=0),
                "passcode?": Text(longest=100, shortest=0),
                "rtpCapabilities?": RTP_CAPABILITIES,
                "dtlsParameters?": DTLS_PARAMETERS,
                "resumeToken?": Text(longest=128),
                "attemptId?": ATTEMPT,
            }
        ),
        answer=JOINED,
        codes=(
            "MEETING_NOT_FOUND",
            "MEETING_ENDED",
            "MEETING_CANCELLED",
            "MEETING_FULL",
            "MEETING_LOCKED",
            "MEETING_NOT_STARTED",
            "ACCOUNT_REQUIRED",
            "WRONG_PASSCODE",
            "REMOVED",
            "NOT_AUTHENTICATED",
            "NOT_ALLOWED",
            "MEDIA_UNAVAILABLE",
            "MEDIA_OVERLOADED",
            "TRANSPORT_CREATION_FAILED",
            "TRANSPORT_CONNECT_FAILED",
        ),
        pushes=("participant-joined", "participant-waiting", "waiting-over"),
        instead={
            "waiting": Shape({"meetingId": Id(), "position": Whole(least=1), "for": OneOf("admission", "host")}),
        },
    ),
    Request(
        "leave-meeting",
        "left",
        "Leave the meeting, or the place at its door. The socket stays open and may join again.",
        codes=("NOT_IN_MEETING",),
        pushes=("participant-left", "participant-updated", "waiting-over"),
    ),
    Request("ping", "pong", "Is anybody there?", at_once=True),
)
