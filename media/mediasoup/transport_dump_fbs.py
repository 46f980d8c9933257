"""What every transport's dump has in common."""

from typing import Any, Literal, NotRequired, TypedDict

from media.mediasoup.sctp_parameters import SctpNegotiatedCapabilities, SctpParameters
from media.mediasoup.sctp_parameters_fbs import (
    SctpState,
    sctp_negotiated_capabilities_from_fbs,
    sctp_parameters_from_fbs,
    sctp_state_from_fbs,
)


class NumberString(TypedDict):
    key: int
    value: str


class StringString(TypedDict):
    key: str
    value: str


class RtpListenerDump(TypedDict):
    ssrcTable: list[NumberString]
    midTable: list[StringString]
    ridTable: list[StringString]


class SctpListenerDump(TypedDict):
    streamIdTable: list[NumberString]


class RecvRtpHeaderExtensions(TypedDict, total=False):
    mid: int
    rid: int
    rrid: int
    absSendTime: int
    transportWideCc01: int


class BaseTransportDump(TypedDict):
    id: str
    producerIds: list[str]
    consumerIds: list[str]
    mapSsrcConsumerId: list[NumberString]
    mapRtxSsrcConsumerId: list[NumberString]
    recvRtpHeaderExtensions: RecvRtpHeaderExtensions
    rtpListener: RtpListenerDump
    maxSendMessageSize: int
    maxReceiveMessageSize: int
    dataProducerIds: list[str]
    dataConsumerIds: list[str]
    sctpParameters: NotRequired[SctpParameters]
    sctpState: NotRequired[SctpState]
    sctpNegotiatedCapabilities: NotRequired[SctpNegotiatedCapabilities]
    sctpListener: NotRequired[SctpListenerDump]
    traceEventTypes: list[Literal["probation", "bwe"]]


def transport_dump_from_fbs(body: dict[str, Any]) -> BaseTransportDump:
    listener = body["rtpListener"]
    dump: BaseTransportDump = {
        "id": body["id"],
        "producerIds": body["producerIds"],
        "consumerIds": body["consumerIds"],
        "mapSsrcConsumerId": body["mapSsrcConsumerId"],
        "mapRtxSsrcConsumerId": body["mapRtxSsrcConsumerId"],
        "dataProducerIds": body["dataProducerIds"],
        "dataConsumerIds": body["dataConsumerIds"],
        "recvRtpHeaderExtensions": body["recvRtpHeaderExtensions"],
        "rtpListener": {
            "ssrcTable": listener["ssrcTable"],
            "midTable": listener["midTable"],
            "ridTable": listener["ridTable"],
        },
        "maxSendMessageSize": body["maxSendMessageSize"],
        "maxReceiveMessageSize": body["maxReceiveMessageSize"],
        "traceEventTypes": [name.lower() for name in body["traceEventTypes"]],
    }
    if "sctpParameters" in body:
        dump["sctpParameters"] = sctp_parameters_from_fbs(body["sctpParameters"])
    if "sctpState" in body:
        dump["sctpState"] = sctp_state_from_fbs(body["sctpState"])
    if "sctpNegotiatedCapabilities" in body:
        dump["sctpNegotiatedCapabilities"] = sctp_negotiated_capabilities_from_fbs(body["sctpNegotiatedCapabilities"])
    if "sctpListener" in body:
        dump["sctpListener"] = {"streamIdTable": body["sctpListener"]["streamIdTable"]}
    return dump
