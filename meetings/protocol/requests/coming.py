"""Coming into a meeting, and leaving it."""

from meetings.protocol.fields import Flag, Id, ListOf, Shape, Text
from meetings.protocol.requests.request import Request
from meetings.protocol.shapes import (
    ATTEMPT,
    CONSUMER,
    DTLS_PARAMETERS,
    FAILED,
    ICE_SERVERS,
    JOINED_TRANSPORT,
    MEETING,
    PARTICIPANT,
    PERMISSIONS,
    PRODUCER,
    ROLE,
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
        "this takes up media afresh, as after `media-lost`. `failed` lists producers that could not be consumed. "
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
        answer=Shape(
            {
                "meeting": MEETING,
                "participantId": Id(),
                "role": ROLE,
                "permissions": PERMISSIONS,
                "participants": ListOf(PARTICIPANT),
                "producers": ListOf(PRODUCER),
                "rtpCapabilities": RTP_CAPABILITIES,
                "iceServers": ICE_SERVERS,
                "resumeToken": Text(),
                "state": Shape({"resumed": Flag(), "mediaResumed": Flag(), "ownProducers": ListOf(PRODUCER)}),
                "transports?": Shape({"send?": JOINED_TRANSPORT, "recv?": JOINED_TRANSPORT}),
                "consumers?": ListOf(CONSUMER),
                "failed?": FAILED,
            }
        ),
        codes=(
            "MEETING_NOT_FOUND",
            "MEETING_ENDED",
            "MEETING_FULL",
            "MEETING_LOCKED",
            "MEETING_NOT_STARTED",
            "WRONG_PASSCODE",
            "REMOVED",
            "NOT_AUTHENTICATED",
            "NOT_ALLOWED",
            "MEDIA_UNAVAILABLE",
            "MEDIA_OVERLOADED",
            "TRANSPORT_CREATION_FAILED",
            "TRANSPORT_CONNECT_FAILED",
        ),
        pushes=("participant-joined",),
    ),
    Request(
        "leave-meeting",
        "left",
        "Leave the meeting. The socket stays open and may join again.",
        codes=("NOT_IN_MEETING",),
        pushes=("participant-left", "participant-updated"),
    ),
    Request("ping", "pong", "Is anybody there?", at_once=True),
)
