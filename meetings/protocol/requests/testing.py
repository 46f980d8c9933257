"""Trying out devices and connection, outside of any meeting."""

from meetings.protocol.fields import Id, ListOf, OneOf, Shape, Whole
from meetings.protocol.requests.request import MEDIA_CODES, Request
from meetings.protocol.shapes import (
    CONSUMER,
    DTLS_PARAMETERS,
    ICE_SERVERS,
    KIND,
    RTP_CAPABILITIES,
    RTP_PARAMETERS,
    SOURCE,
    TRANSPORT,
    VERDICT,
    WAY,
)

TESTING = (
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
)
