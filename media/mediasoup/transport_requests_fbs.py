"""The bodies of the requests that make producers and consumers on a transport."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from media.mediasoup.rtp_parameters_fbs import encodings_to_fbs, rtp_mapping_to_fbs, rtp_parameters_to_fbs
from media.mediasoup.sctp_parameters_fbs import sctp_stream_parameters_to_fbs

if TYPE_CHECKING:
    from media.mediasoup.consumer_dump_fbs import ConsumerType
    from media.mediasoup.data_consumer import DataConsumer
    from media.mediasoup.data_producer import DataProducer
    from media.mediasoup.producer import Producer
    from media.mediasoup.rtp_parameters import MediaKind, RtpMapping, RtpParameters

Body = dict[str, Any]


def produce_request_to_fbs(
    *,
    producer_id: str,
    kind: MediaKind,
    rtp_parameters: RtpParameters,
    rtp_mapping: RtpMapping,
    paused: bool,
    key_frame_request_delay: int,
    enable_mediasoup_packet_id_header_extension: bool,
) -> Body:
    return {
        "producerId": producer_id,
        "kind": kind.upper(),
        "rtpParameters": rtp_parameters_to_fbs(rtp_parameters),
        "rtpMapping": rtp_mapping_to_fbs(rtp_mapping),
        "paused": paused,
        "keyFrameRequestDelay": key_frame_request_delay,
        "enableMediasoupPacketIdHeaderExtension": enable_mediasoup_packet_id_header_extension,
    }


def consume_request_to_fbs(
    producer: Producer,
    *,
    consumer_id: str,
    consumer_type: ConsumerType,
    rtp_parameters: RtpParameters,
    paused: bool = False,
    preferred_layers: Body | None = None,
    ignore_dtx: bool = False,
) -> Body:
    body: Body = {
        "consumerId": consumer_id,
        "producerId": producer.id,
        "kind": producer.kind.upper(),
        "rtpParameters": rtp_parameters_to_fbs(rtp_parameters),
        "type": consumer_type.upper(),
        "consumableRtpEncodings": encodings_to_fbs(producer.consumable_rtp_parameters.get("encodings")),
        "paused": paused,
        "ignoreDtx": ignore_dtx,
    }
    if preferred_layers is not None:
        body["preferredLayers"] = preferred_layers
    return body


def produce_data_request_to_fbs(data_producer: DataProducer) -> Body:
    body: Body = {
        "dataProducerId": data_producer.id,
        "type": data_producer.type.upper(),
        "label": data_producer.label,
        "protocol": data_producer.protocol,
        "paused": data_producer.paused,
    }
    if data_producer.sctp_stream_parameters is not None:
        body["sctpStreamParameters"] = sctp_stream_parameters_to_fbs(data_producer.sctp_stream_parameters)
    return body


def consume_data_request_to_fbs(data_consumer: DataConsumer, *, paused: bool) -> Body:
    body: Body = {
        "dataConsumerId": data_consumer.id,
        "dataProducerId": data_consumer.data_producer_id,
        "type": data_consumer.type.upper(),
        "label": data_consumer.label,
        "protocol": data_consumer.protocol,
        "paused": paused,
        "subchannels": data_consumer.subchannels,
    }
    if data_consumer.sctp_stream_parameters is not None:
        body["sctpStreamParameters"] = sctp_stream_parameters_to_fbs(data_consumer.sctp_stream_parameters)
    return body
