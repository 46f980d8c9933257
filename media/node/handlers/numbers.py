"""The node in numbers, for monitoring. Not for participants."""

from collections import Counter
from typing import Any

from media.mediasoup.transport import Transport
from media.mediasoup.webrtc_transport import WebRtcTransport
from media.node.worker_slot import WorkerSlot
from media.rehearsals import is_rehearsal

from .call import Call
from .upkeep import workers

Json = dict[str, Any]

TRANSPORT_STATES = ("new", "connecting", "connected", "disconnected", "failed")
KINDS = ("audio", "video")
PROTOCOLS = ("udp", "tcp")


async def numbers(call: Call) -> Json:
    """What `workers` answers, and more.

    `{…, rooms, participants, loopLag: {bounds, counts, sum}, workers: [{…, transportsByState: {webrtc: {new,
    connecting, connected, disconnected, failed}, other}, pathsByProtocol: {udp, tcp}, producersByKind: {audio, video},
    consumersByKind: {audio, video}, bitsPerSecond: {received, sent} or null, pipeSeconds or null}]}`. `loopLag` counts
    from the start on. What a worker that does not run would tell is null or zero.
    """
    reply = await workers(call)
    running = {slot.worker.pid: slot for slot in (*call.supervisor.slots, *call.supervisor.leaving) if slot.worker}
    rooms = [room for room in call.rooms if not is_rehearsal(room.meeting)]
    return {
        **reply,
        "rooms": sum(room not in call.rooms.uplinks for room in rooms),
        "participants": sum(len(room.peers) for room in rooms),
        "loopLag": call.insight.loop_lag.as_json(),
        "workers": [{**row, **_more(call, running.get(row["pid"]))} for row in reply["workers"]],
    }


def _more(call: Call, slot: WorkerSlot | None) -> Json:
    worker = slot.worker if slot is not None else None
    samples = call.insight.sampler.of(slot) if slot is not None else None
    routers = list(worker.routers.values()) if worker is not None else []
    transports = [transport for router in routers for transport in router.transports.values()]
    webrtc = [transport for transport in transports if isinstance(transport, WebRtcTransport)]
    states = Counter(map(transport_state, webrtc))
    paths: Counter[str] = Counter(path["protocol"] for one in webrtc if (path := one.ice_selected_tuple) is not None)
    return {
        "transportsByState": {
            "webrtc": {state: states[state] for state in TRANSPORT_STATES},
            "other": len(transports) - len(webrtc),
        },
        "pathsByProtocol": {protocol: paths[protocol] for protocol in PROTOCOLS},
        "producersByKind": _by_kind(transports, "producers"),
        "consumersByKind": _by_kind(transports, "consumers"),
        "bitsPerSecond": {"received": samples.bitrate_in, "sent": samples.bitrate_out} if samples else None,
        "pipeSeconds": (slot.pulse.latency_seconds or None) if slot is not None else None,
    }


def transport_state(transport: WebRtcTransport) -> str:
    """ICE and DTLS in one word, one of TRANSPORT_STATES."""
    ice, dtls = transport.ice_state, transport.dtls_state
    if dtls in ("failed", "closed"):
        return "failed"
    if ice == "disconnected":
        return "disconnected"
    if dtls == "connected":
        return "connected"
    return "new" if ice == "new" else "connecting"


def _by_kind(transports: list[Transport], what: str) -> dict[str, int]:
    kinds = Counter(one.kind for transport in transports for one in getattr(transport, what).values())
    return {kind: kinds[kind] for kind in KINDS}
