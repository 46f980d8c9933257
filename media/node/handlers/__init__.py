"""One function for each verb of the link."""

from .call import Call, Handler
from .consuming import (
    consume,
    pause_consumer,
    request_key_frame,
    resume_consumer,
    set_consumer_priority,
    set_preferred_layers,
)
from .doors import open_doors
from .joining import detach, join_meeting, leave_meeting
from .neighbouring import neighbour, settle
from .node_verbs import close_meeting, has_room, rtp_capabilities, status
from .numbers import numbers
from .producing import allow, close_producer, pause_producer, produce, resume_producer
from .steering import steer
from .transports import connect_transport, create_transport, restart_ice
from .tree import load_history, trace, tree
from .upkeep import drain, move_room, restart_worker, stop, workers
from .witness import witness

__all__ = ["NODE_VERBS", "PEER_VERBS", "Call", "Handler"]

PEER_VERBS: dict[str, Handler] = {
    "join-meeting": join_meeting,
    "leave-meeting": leave_meeting,
    "detach": detach,
    "create-transport": create_transport,
    "connect-transport": connect_transport,
    "restart-ice": restart_ice,
    "produce": produce,
    "pause-producer": pause_producer,
    "resume-producer": resume_producer,
    "close-producer": close_producer,
    "allow": allow,
    "consume": consume,
    "pause-consumer": pause_consumer,
    "resume-consumer": resume_consumer,
    "set-preferred-layers": set_preferred_layers,
    "set-consumer-priority": set_consumer_priority,
    "request-key-frame": request_key_frame,
}
"""Verbs that a participant's request becomes: done in order for each participant."""

NODE_VERBS: dict[str, Handler] = {
    "status": status,
    "rtp-capabilities": rtp_capabilities,
    "close-meeting": close_meeting,
    "has-room": has_room,
    "tree": tree,
    "load-history": load_history,
    "trace": trace,
    "steer": steer,
    "workers": workers,
    "numbers": numbers,
    "open-doors": open_doors,
    "drain": drain,
    "restart-worker": restart_worker,
    "move-room": move_room,
    "stop": stop,
    "neighbour": neighbour,
    "settle": settle,
    "witness": witness,
}
"""Verbs of the node itself, and one that must not wait behind what a worker does not answer: done as they come."""
