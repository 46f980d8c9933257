"""mediasoup's objects, as the signalling contract describes them to clients."""

from typing import Any, Literal

from media.mediasoup.consumer import Consumer
from media.mediasoup.listen_info import TransportTuple
from media.mediasoup.webrtc_transport import WebRtcTransport

from .place import Sent

Json = dict[str, Any]
Direction = Literal["send", "recv"]


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


def announced(transport: WebRtcTransport) -> list[Json]:
    """Where the participant is told to send to: `[{ip, port, protocol}]`."""
    return [
        {"ip": candidate["address"], "port": candidate["port"], "protocol": candidate["protocol"]}
        for candidate in transport.ice_candidates
    ]


def path_fact(path: TransportTuple) -> Json:
    """The two ends of a transport's path as the worker sees them: `{local, remote, protocol}`."""
    return {
        "local": _address(path["localAddress"], path["localPort"]),
        "remote": _address(path.get("remoteIp", ""), path["remotePort"]),
        "protocol": path["protocol"],
    }


def _address(ip: str, port: int) -> str:
    return f"[{ip}]:{port}" if ":" in ip else f"{ip}:{port}"
