"""Every request of the contract, as data: what it carries, what answers it, what the others hear, how it is refused."""

from dataclasses import dataclass, field
from typing import Any

from meetings.protocol.fields import Flag, Forms, Id, Invalid, Kind, ListOf, OneOf, Shape, Text, Whole
from meetings.protocol.shapes import (
    ATTEMPT,
    CONSUMER,
    DTLS_PARAMETERS,
    FAILED,
    ICE_PARAMETERS,
    ICE_SERVERS,
    JOINED_TRANSPORT,
    KIND,
    MEETING,
    PARTICIPANT,
    PERMISSIONS,
    PRODUCER,
    ROLE,
    RTP_CAPABILITIES,
    RTP_PARAMETERS,
    SOURCE,
    SOURCES,
    TRACE,
    TRANSPORT,
    VERDICT,
    WAY,
)

# Any request can be refused with these.
COMMON_CODES = ("BAD_REQUEST", "RATE_LIMITED", "SERVICE_UNAVAILABLE", "INTERNAL_ERROR")
# Who asks is read from their row, and may have been removed a moment ago.
ROW_CODES = ("REMOVED", "MEETING_ENDED")
MEDIA_CODES = ("NOT_IN_MEETING", "MEDIA_UNAVAILABLE", "ROUTER_NOT_FOUND")


@dataclass(frozen=True)
class Request:
    """One request event.

    `relayed` ones are the media node's business: after the checks they go down the link as they are, and so does their
    answer up. For `sends_media` ones the participant's row is read again first. `at_once` ones wait for nothing;
    all others of a socket take effect in the order in which they were sent.
    """

    event: str
    reply: str
    summary: str
    data: Shape | Forms = field(default_factory=Shape)
    answer: Shape | Forms = field(default_factory=Shape)
    codes: tuple[str, ...] = ()
    pushes: tuple[str, ...] = ()
    relayed: bool = False
    sends_media: bool = False
    at_once: bool = False
    hosts_only: bool = False

    def check(self, data: Any) -> None:
        """Raise Invalid, naming the field, unless `data` is what this request carries."""
        self.data.check(data, "")
        if self.event in ("produce", "test-produce") and SOURCES[data["source"]] != data["kind"]:
            raise Invalid("source", f"{data['source']} is not {data['kind']}")


_CONSUME_OPTIONS: dict[str, Kind] = {"rtpCapabilities?": RTP_CAPABILITIES, "paused?": Flag()}
_CONSUMER_ID: dict[str, Kind] = {"consumerId": Id()}
_PRODUCER_ID: dict[str, Kind] = {"producerId": Id()}


def _producer_verb(event: str, reply: str, summary: str, *, sends_media: bool = False) -> Request:
    return Request(
        event,
        reply,
        summary,
        data=Shape(_PRODUCER_ID),
        answer=Shape(_PRODUCER_ID),
        codes=(*MEDIA_CODES, *(ROW_CODES if sends_media else ()), "PRODUCER_NOT_FOUND", "PRODUCE_FAILED"),
        pushes=(reply,),
        relayed=True,
        sends_media=sends_media,
    )


def _consumer_verb(event: str, reply: str, summary: str, data: dict[str, Kind] | None = None) -> Request:
    fields = {**_CONSUMER_ID, **(data or {})}
    return Request(
        event,
        reply,
        summary,
        data=Shape(fields),
        answer=Shape(_CONSUMER_ID),
        codes=(*MEDIA_CODES, "CONSUMER_NOT_FOUND", "CONSUME_FAILED"),
        relayed=True,
    )


_ALL = (
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
    Request(
        "create-transport",
        "transport-created",
        "Make the transport over which to send or to receive. Asking again for a direction replaces its transport.",
        data=Shape({"meetingId": Id(), "direction": OneOf("send", "recv")}),
        answer=Shape({"direction": OneOf("send", "recv"), "params": TRANSPORT, "iceServers": ICE_SERVERS}),
        codes=(*MEDIA_CODES, "MEDIA_OVERLOADED", "TRANSPORT_CREATION_FAILED"),
        relayed=True,
    ),
    Request(
        "connect-transport",
        "transport-connected",
        "Hand over the browser's end of the DTLS handshake.",
        data=Shape({"transportId": Id(), "dtlsParameters": DTLS_PARAMETERS}),
        answer=Shape({"transportId": Id()}),
        codes=(*MEDIA_CODES, "TRANSPORT_NOT_FOUND", "TRANSPORT_CONNECT_FAILED"),
        relayed=True,
    ),
    Request(
        "restart-ice",
        "ice-restarted",
        "Get new ICE parameters for a transport whose path broke, and ICE servers whose credentials are good again.",
        data=Shape({"transportId": Id()}),
        answer=Shape({"transportId": Id(), "iceParameters": ICE_PARAMETERS, "iceServers": ICE_SERVERS}),
        codes=(*MEDIA_CODES, "TRANSPORT_NOT_FOUND", "TRANSPORT_CREATION_FAILED"),
        relayed=True,
    ),
    Request(
        "produce",
        "produced",
        "Send something. `mic` and `screen-audio` are audio; `camera` and `screen` are video. With a `producerId` of "
        "your own, a UUID, you need not wait for the answer before you ask for the next thing. With the `transportId` "
        "that it is to be sent over, a request that crosses the replacement of your transports is refused "
        "(`TRANSPORT_NOT_FOUND`) instead of being taken for the new one.",
        data=Shape(
            {
                "meetingId": Id(),
                "kind": KIND,
                "rtpParameters": RTP_PARAMETERS,
                "source": SOURCE,
                "paused?": Flag(),
                "producerId?": Id(),
                "transportId?": Id(),
            }
        ),
        answer=Shape({"kind": KIND, "producerId": Id(), "source": SOURCE}),
        codes=(*MEDIA_CODES, *ROW_CODES, "TRANSPORT_NOT_FOUND", "PRODUCE_FAILED"),
        pushes=("new-producer",),
        relayed=True,
        sends_media=True,
    ),
    _producer_verb("pause-producer", "producer-paused", "Stop sending for now, as when muting."),
    _producer_verb("resume-producer", "producer-resumed", "Send again.", sends_media=True),
    _producer_verb("close-producer", "producer-closed", "Stop sending for good."),
    Request(
        "consume",
        "consumed",
        "Receive what somebody sends: one producer, several at once, or one by its owner and kind. Capabilities need "
        "to be given once in a meeting, here or when joining. With `producerIds`, what fails is listed beside what "
        "succeeds.",
        data=Forms(
            producerIds=Shape(
                {"producerIds": ListOf(Id(), longest=500, shortest=1), "meetingId?": Id(), **_CONSUME_OPTIONS}
            ),
            producerId=Shape({"producerId": Id(), "meetingId?": Id(), **_CONSUME_OPTIONS}),
            producerParticipantId=Shape(
                {"meetingId": Id(), "producerParticipantId": Id(), "kind": KIND, **_CONSUME_OPTIONS}
            ),
        ),
        answer=Forms(
            consumers=Shape({"consumers": ListOf(CONSUMER), "failed": FAILED}),
            id=CONSUMER,
        ),
        codes=(
            *MEDIA_CODES,
            "MEDIA_OVERLOADED",
            "TRANSPORT_NOT_FOUND",
            "PRODUCER_NOT_FOUND",
            "CANNOT_CONSUME",
            "CONSUME_FAILED",
        ),
        relayed=True,
    ),
    _consumer_verb("pause-consumer", "consumer-paused", "Receive nothing of this for now."),
    _consumer_verb("resume-consumer", "consumer-resumed", "Receive it again."),
    _consumer_verb(
        "set-preferred-layers",
        "preferred-layers-set",
        "The largest layers of a simulcast or SVC picture that are of use.",
        {"spatialLayer": Whole(most=7), "temporalLayer?": Whole(most=7)},
    ),
    _consumer_verb(
        "set-consumer-priority",
        "consumer-priority-set",
        "How much this matters, compared with the participant's other consumers, when bandwidth is short.",
        {"priority": Whole(least=1, most=255)},
    ),
    _consumer_verb("request-key-frame", "key-frame-requested", "Ask the sender for a whole picture."),
    Request(
        "gap-report",
        "gap-noted",
        "Tell for how long the picture (or the sound, where there is no picture) stood still, once it is back: `gapMs` "
        "from the last frame before to the first one after, for the participant for whom it took longest, beginning "
        "`agoMs` ago. `cause` is what it looked like: `media-lost` was pushed (with this `incidentId`), or "
        "`addressChanged` was; the media path broke alone, the socket did, or both. It becomes part of the incidents "
        "of the site.",
        data=Shape(
            {
                "cause": OneOf("media-lost", "path-lost", "socket-lost", "network-lost", "address-changed"),
                "gapMs": Whole(most=3_600_000),
                "agoMs": Whole(most=7_200_000),
                "incidentId?": Id(),
            }
        ),
        codes=("NOT_IN_MEETING",),
    ),
    Request(
        "trace",
        "traced",
        "Tell what happened on the page's side of a join attempt, in a meeting or before. `attemptId` is a UUID that "
        "the page makes up for each attempt and tells nobody else; `sentAt` is what its clock shows, by which the "
        "server corrects the times of the steps. Steps and their data: [event-stream.md](event-stream.md).",
        data=TRACE,
        codes=("NOT_ALLOWED",),
    ),
    Request(
        "test-begin",
        "test-begun",
        "Try out devices and connection, outside of any meeting: a room on a media worker is made for this socket "
        "alone, in place of the one of a test before. It is gone with `test-end`, with the socket, or after `seconds`.",
        answer=Shape(
            {"testId": Id(), "rtpCapabilities": RTP_CAPABILITIES, "iceServers": ICE_SERVERS, "seconds": Whole(least=1)}
        ),
        codes=("MEDIA_UNAVAILABLE", "MEDIA_OVERLOADED"),
    ),
    Request(
        "test-transport",
        "test-transport-made",
        "Make a transport for one way of reaching the media server. What a client makes of `udp`, `tcp` and `turn` is "
        "its own business (it leaves out the other candidates); media can be sent and got back on `echo`.",
        data=Shape({"way": WAY, "direction": OneOf("send", "recv")}),
        answer=Shape({"way": WAY, "direction": OneOf("send", "recv"), "params": TRANSPORT}),
        codes=(*MEDIA_CODES, "MEDIA_OVERLOADED", "TRANSPORT_CREATION_FAILED"),
    ),
    Request(
        "test-connect",
        "test-connected",
        "Hand over the browser's end of the DTLS handshake of a transport of `test-transport`.",
        data=Shape({"way": WAY, "transportId": Id(), "dtlsParameters": DTLS_PARAMETERS}),
        answer=Shape({"transportId": Id()}),
        codes=(*MEDIA_CODES, "TRANSPORT_NOT_FOUND", "TRANSPORT_CONNECT_FAILED"),
    ),
    Request(
        "test-produce",
        "test-produced",
        "Send something on the way `echo`.",
        data=Shape({"kind": KIND, "rtpParameters": RTP_PARAMETERS, "source": SOURCE}),
        answer=Shape({"kind": KIND, "producerId": Id(), "source": SOURCE}),
        codes=(*MEDIA_CODES, "TRANSPORT_NOT_FOUND", "PRODUCE_FAILED"),
    ),
    Request(
        "test-consume",
        "test-consumed",
        "Get back what is sent on the way `echo`.",
        data=Shape({"producerId": Id(), "rtpCapabilities": RTP_CAPABILITIES}),
        answer=CONSUMER,
        codes=(
            *MEDIA_CODES,
            "MEDIA_OVERLOADED",
            "TRANSPORT_NOT_FOUND",
            "PRODUCER_NOT_FOUND",
            "CANNOT_CONSUME",
            "CONSUME_FAILED",
        ),
    ),
    Request(
        "test-end",
        "test-ended",
        "Leave nothing of the test; harmless when there is none. `verdicts` are what the rules make of the steps that "
        "were told (`trace`) on this socket with the purpose `test`.",
        answer=Shape({"verdicts": ListOf(VERDICT)}),
    ),
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
    Request("ping", "pong", "Is anybody there?", at_once=True),
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

REQUESTS: dict[str, Request] = {request.event: request for request in _ALL}
