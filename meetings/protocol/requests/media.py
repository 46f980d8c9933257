"""What one sends and receives: mostly the business of the media node."""

from meetings.protocol.fields import Flag, Forms, Id, Kind, ListOf, OneOf, Shape, Whole
from meetings.protocol.requests.request import MEDIA_CODES, ROW_CODES, Request
from meetings.protocol.shapes import (
    CONSUMER,
    DTLS_PARAMETERS,
    FAILED,
    ICE_PARAMETERS,
    ICE_SERVERS,
    KIND,
    RTP_CAPABILITIES,
    RTP_PARAMETERS,
    SOURCE,
    TRANSPORT,
)

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
        codes=(
            *MEDIA_CODES,
            *(("NOT_ALLOWED", *ROW_CODES) if sends_media else ()),
            "PRODUCER_NOT_FOUND",
            "PRODUCE_FAILED",
        ),
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


MEDIA = (
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
        "Send something. What a host does not let you send is refused (`NOT_ALLOWED`), unless it is `paused`. "
        "`mic` and `screen-audio` are audio; `camera` and `screen` are video. With a `producerId` of "
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
        codes=(*MEDIA_CODES, "NOT_ALLOWED", *ROW_CODES, "TRANSPORT_NOT_FOUND", "PRODUCE_FAILED"),
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
)
