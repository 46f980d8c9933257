"""mediasoup's objects, as the signalling contract describes them to clients."""

from typing import Any

from media.mediasoup.consumer import Consumer
from media.mediasoup.webrtc_transport import WebRtcTransport

from .place import Sent

Json = dict[str, Any]


def producer_fact(producer: Sent) -> Json:
    """`{participantId, producerId, kind, source, paused}`."""
    return {
        "participantId": producer.app_data["participantId"],
        "producerId": producer.id,
        "kind": producer.kind,
        "source": producer.app_data["source"],
        "paused": producer.paused,
    }


def consumed_fact(consumer: Consumer) -> Json:
    """What the client needs to receive it.

    `{id, producerId, participantId, kind, source, type, rtpParameters, producerPaused}`.
    """
    return {
        "id": consumer.id,
        "producerId": consumer.producer_id,
        "participantId": consumer.app_data["participantId"],
        "kind": consumer.kind,
        "source": consumer.app_data["source"],
        "type": consumer.type,
        "rtpParameters": consumer.rtp_parameters,
        "producerPaused": consumer.producer_paused,
    }


def transport_params(transport: WebRtcTransport) -> Json:
    """`{id, iceParameters, iceCandidates, dtlsParameters}`."""
    return {
        "id": transport.id,
        "iceParameters": transport.ice_parameters,
        "iceCandidates": transport.ice_candidates,
        "dtlsParameters": transport.dtls_parameters,
    }
