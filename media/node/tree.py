"""The node's workers with everything that lives on them, as an administrator sees it.

It is read from the object model, which holds what the workers hold; numbers that only the workers have are the
sampler's latest. Bitrates are bits a second, times milliseconds, losses shares from 0 to 1; null is "not known (yet)".
"""

import os
import socket
from collections.abc import Collection
from typing import Any

from media.mediasoup.consumer import Consumer
from media.mediasoup.pipe_transport import PipeTransport
from media.mediasoup.plain_transport import PlainTransport
from media.mediasoup.producer import Producer
from media.mediasoup.router import Router
from media.mediasoup.scalability_modes import parse_scalability_mode
from media.mediasoup.transport import Transport
from media.mediasoup.webrtc_transport import WebRtcTransport

from .census import Census
from .rooms import Rooms
from .sampling import EVERYTHING, Sampler, Samples, Stats
from .supervisor import Supervisor
from .worker_slot import WorkerSlot

Json = dict[str, Any]


# About two mebibytes, of the eight that a frame of the link may have.
MOST_STREAMS = 4_000


def node_tree(name: str, rooms: Rooms, supervisor: Supervisor, sampler: Sampler, opened: Collection[str]) -> Json:
    """`{node, host, pid, state, workers}`; producers and consumers of the transports that are `opened` (`EVERYTHING`:
    of all), numbers of them otherwise, and where it would be too many. Workers that have a successor come behind it
    until they have ended.
    """
    slots = sorted((*supervisor.slots, *supervisor.leaving), key=lambda slot: (slot.index, slot.last))
    deep = _to_show_in_depth(slots, opened)
    return {
        "node": name,
        "host": socket.gethostname(),
        "pid": os.getpid(),
        "state": "draining" if rooms.draining else "up",
        "workers": [_worker(slot, rooms, sampler.of(slot), deep) for slot in slots],
    }


def _to_show_in_depth(slots: list[WorkerSlot], opened: Collection[str]) -> set[str]:
    """The ids of the opened transports, as far as their streams fit into one reply."""
    deep: set[str] = set()
    streams = 0
    for slot in slots:
        for router in slot.worker.routers.values() if slot.worker is not None else ():
            for transport in router.transports.values():
                if EVERYTHING in opened or transport.id in opened:
                    streams += len(transport.producers) + len(transport.consumers)
                    if streams > MOST_STREAMS:
                        return deep
                    deep.add(transport.id)
    return deep


def _worker(slot: WorkerSlot, rooms: Rooms, samples: Samples | None, deep: Collection[str]) -> Json:
    worker = slot.worker
    up = worker is not None
    return {
        "index": slot.index,
        "leaving": slot.last,
        "pid": worker.pid if worker is not None else None,
        "state": "draining" if slot.draining and up else slot.state.value,
        "trouble": slot.trouble,
        "port": slot.port,
        "cpu": round(slot.pulse.cpu, 4) if up else None,
        "memoryBytes": slot.pulse.memory_bytes if up else None,
        "load": round(rooms.loads.of(slot, Census.of(worker)), 4) if up else None,
        "uptimeSeconds": round(slot.pulse.uptime, 1) if up else None,
        "restarts": slot.restarts,
        "bitrateIn": samples.bitrate_in if samples is not None else None,
        "bitrateOut": samples.bitrate_out if samples is not None else None,
        "routers": [_router(one, samples or Samples(), deep) for one in worker.routers.values()] if worker else [],
    }


def _router(router: Router, samples: Samples, deep: Collection[str]) -> Json:
    return {
        "id": router.id,
        "meeting": router.app_data.get("meetingId"),
        "transports": [_transport(one, samples, deep) for one in router.transports.values()],
    }


def _transport(transport: Transport, samples: Samples, deep: Collection[str]) -> Json:
    described: Json = {
        "id": transport.id,
        "type": transport.type,
        "participant": transport.app_data.get("participantId"),
        "direction": transport.app_data.get("direction"),
        **_path(transport),
        **_transport_numbers(transport, samples),
        "producerCount": len(transport.producers),
        "consumerCount": len(transport.consumers),
    }
    if transport.id in deep:
        described["producers"] = [producer_entry(one, samples) for one in transport.producers.values()]
        described["consumers"] = [consumer_entry(one, samples) for one in transport.consumers.values()]
    return described


def _path(transport: Transport) -> Json:
    match transport:
        case WebRtcTransport():
            return {
                "iceState": transport.ice_state,
                "dtlsState": transport.dtls_state,
                "tuple": transport.ice_selected_tuple,
            }
        case PipeTransport():
            return {"iceState": None, "dtlsState": None, "tuple": transport.tuple}
        case PlainTransport():
            return {"iceState": None, "dtlsState": None, "tuple": transport.tuple}
    return {"iceState": None, "dtlsState": None, "tuple": None}


def _transport_numbers(transport: Transport, samples: Samples) -> Json:
    stats = samples.transports.get(transport.id)
    streams = [
        *(_newest(samples, producer.id) for producer in transport.producers.values()),
        *(_newest(samples, consumer.id) for consumer in transport.consumers.values()),
    ]
    return {
        "bitrateIn": stats["recvBitrate"] if stats else None,
        "bitrateOut": stats["sendBitrate"] if stats else None,
        "lossIn": stats.get("rtpPacketLossReceived") if stats else None,
        "lossOut": stats.get("rtpPacketLossSent") if stats else None,
        "availableOut": stats.get("availableOutgoingBitrate") if stats else None,
        # The worker says 0 for "no limit".
        "capIn": (stats.get("maxIncomingBitrate") or None) if stats else None,
        "capOut": (stats.get("maxOutgoingBitrate") or None) if stats else None,
        "rtt": max((round_trip for stream in streams if (round_trip := _round_trip(stream))), default=None),
    }


def producer_entry(producer: Producer, samples: Samples) -> Json:
    """A producer as the tree has it."""
    stats = samples.streams.get(producer.id)
    encodings = producer.rtp_parameters["encodings"]
    temporal = max(
        (parse_scalability_mode(encoding.get("scalabilityMode"))["temporalLayers"] for encoding in encodings), default=1
    )
    spatial = max(
        len(encodings),
        *(parse_scalability_mode(encoding.get("scalabilityMode"))["spatialLayers"] for encoding in encodings),
        1,
    )
    return {
        "id": producer.id,
        "kind": producer.kind,
        "source": producer.app_data.get("source"),
        "participant": producer.app_data.get("participantId"),
        "type": producer.type,
        "codec": producer.rtp_parameters["codecs"][0]["mimeType"].split("/")[-1],
        "spatialLayers": spatial,
        "temporalLayers": temporal,
        "score": [one["score"] for one in producer.score],
        "paused": producer.paused,
        "held": bool(producer.app_data.get("held")),
        "bitrate": _sum(stats, "bitrate"),
        "bitrateByLayer": _by_layer(stats),
        "loss": _loss(stats[0] if stats else None),
        "rtt": _round_trip(stats[0] if stats else None),
    }


def consumer_entry(consumer: Consumer, samples: Samples) -> Json:
    """A consumer as the tree has it."""
    sent = _sent(samples.streams.get(consumer.id))
    return {
        "id": consumer.id,
        "producerId": consumer.producer_id,
        "kind": consumer.kind,
        "source": consumer.app_data.get("source"),
        "participant": consumer.app_data.get("participantId"),
        "type": consumer.type,
        "codec": consumer.rtp_parameters["codecs"][0]["mimeType"].split("/")[-1],
        "layers": consumer.current_layers,
        "preferredLayers": consumer.preferred_layers,
        "score": consumer.score["score"],
        "producerScore": consumer.score["producerScore"],
        "paused": consumer.paused,
        "producerPaused": consumer.producer_paused,
        "priority": consumer.priority,
        "bitrate": sent["bitrate"] if sent else None,
        "loss": _loss(sent),
        "rtt": _round_trip(sent),
    }


def _newest(samples: Samples, stream_id: str) -> Stats | None:
    stats = samples.streams.get(stream_id)
    return _sent(stats) or (stats[0] if stats else None)


def _sent(stats: list[Stats] | None) -> Stats | None:
    """Of a consumer's statistics those of what it sends; the others are its producer's."""
    return next((one for one in stats or () if one["type"] == "outbound-rtp"), None)


def _sum(stats: list[Stats] | None, name: str) -> int | None:
    return sum(one[name] for one in stats) if stats else None


def _by_layer(stats: list[Stats] | None) -> Json:
    """Bits a second by layer, "0.2" being the third temporal layer of the first spatial one."""
    layers: Json = {}
    for place, one in enumerate(stats or ()):
        for layer, bitrate in one.get("bitrateByLayer", {}).items():
            spatial, _, temporal = layer.partition(".")
            layers[f"{int(spatial) + place}.{temporal}" if temporal else layer] = bitrate
    return layers


def _loss(stats: Stats | None) -> float | None:
    return round(stats["fractionLost"] / 256, 4) if stats else None


def _round_trip(stats: Stats | None) -> float | None:
    """None before the far end has reported."""
    return round(stats["roundTripTime"], 1) if stats and stats["roundTripTime"] > 0 else None
