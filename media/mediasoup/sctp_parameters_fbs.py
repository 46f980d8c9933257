"""SCTP parameters between the JSON shape and the bodies of the schema."""

from typing import Any, Final, Literal, cast

from media.mediasoup.sctp_parameters import SctpNegotiatedCapabilities, SctpParameters, SctpStreamParameters

SctpState = Literal["new", "connecting", "connected", "failed", "closed"]

MAX_SCTP_STREAMS: Final = 65535


def sctp_state_from_fbs(state: str) -> SctpState:
    return cast(SctpState, state.lower())


def sctp_parameters_from_fbs(body: dict[str, Any]) -> SctpParameters:
    """The transport's SCTP parameters, with the names that mediasoup-client still reads (`OS`, `MIS`,
    `maxMessageSize`)."""
    return cast(
        SctpParameters,
        {
            "port": body["port"],
            "maxSendMessageSize": body["maxSendMessageSize"],
            "maxReceiveMessageSize": body["maxReceiveMessageSize"],
            "sendBufferSize": body["sendBufferSize"],
            "perStreamSendQueueLimit": body["perStreamSendQueueLimit"],
            "maxReceiverWindowBufferSize": body["maxReceiverWindowBufferSize"],
            "isDataChannel": body["isDataChannel"],
            "OS": MAX_SCTP_STREAMS,
            "MIS": MAX_SCTP_STREAMS,
            "maxMessageSize": body["maxReceiveMessageSize"],
        },
    )


def sctp_negotiated_capabilities_from_fbs(body: dict[str, Any]) -> SctpNegotiatedCapabilities:
    return cast(
        SctpNegotiatedCapabilities,
        {
            "negotiatedMaxOutboundStreams": body["negotiatedMaxOutboundStreams"],
            "negotiatedMaxInboundStreams": body["negotiatedMaxInboundStreams"],
        },
    )


def sctp_stream_parameters_to_fbs(parameters: SctpStreamParameters) -> dict[str, Any]:
    body: dict[str, Any] = {"streamId": parameters["streamId"]}
    for name in ("ordered", "maxPacketLifeTime", "maxRetransmits"):
        if parameters.get(name) is not None:
            body[name] = parameters[name]
    return body


def sctp_stream_parameters_from_fbs(body: dict[str, Any]) -> SctpStreamParameters:
    names = ("streamId", "ordered", "maxPacketLifeTime", "maxRetransmits")
    return cast(SctpStreamParameters, {name: body[name] for name in names if name in body})
