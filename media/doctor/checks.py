"""The checks of the media plane, in the order in which they are told."""

from collections.abc import Awaitable, Callable
from functools import partial

from media.doctor.addresses import announced_address, reachable
from media.doctor.binary import worker_binary, worker_user
from media.doctor.examining import Check
from media.doctor.finding import Finding
from media.doctor.limits import file_limits, free_memory
from media.doctor.nodes import load, nodes, workers
from media.doctor.ports import ports
from media.doctor.visits import Rounds

# A round of a node whose worker hangs takes this long.
ROUND_PATIENCE = 9.0

Ask = Callable[[Rounds], Awaitable[Finding | list[Finding]]]


def media_checks(rounds: Rounds) -> list[Check]:
    """Of the nodes that these rounds go to."""

    def check(name: str, about: str, ask: Ask, if_silent: str) -> Check:
        return Check(name, about, partial(ask, rounds), if_silent, ROUND_PATIENCE)

    node_hangs = "Look at the media node's log, and restart it if it hangs (`manage.py media_workers`)."
    look_here = "Run this as the user who runs the media node, on its host."
    return [
        check("worker-binary", "the C++ worker is there, of the right version, and starts", worker_binary, look_here),
        check("worker-user", "what workers are kept from", worker_user, look_here),
        check("nodes", "media nodes run and can be reached", nodes, node_hangs),
        check("workers", "each worker answers", workers, node_hangs),
        check("load", "rooms, people, and room for more", load, node_hangs),
        check("ports", "media ports are free, or held by our own workers", ports, look_here),
        check("announced-address", "browsers are told an address that leads here", announced_address, node_hangs),
        check("reachable", "each worker answers at what browsers are told, over UDP and TCP", reachable, node_hangs),
        check("file-limits", "processes may open the files and sockets that they need", file_limits, look_here),
        check("memory", "there is memory left", free_memory, look_here),
    ]
