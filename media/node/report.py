"""How a node is, in the few numbers by which web processes choose among nodes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .rooms import Rooms
    from .supervisor import Supervisor

# About what a worker carries before quality falls.
CONSUMERS_A_WORKER = 500


@dataclass(frozen=True, slots=True)
class NodeReport:
    """`state` is up or draining. `workers` run just now, out of `expected_workers`. `load` is 0 to 1, `headroom` the
    number of consumers that the node takes besides those it has. `rooms` are the meetings that it has media of.
    """

    state: str = "up"
    workers: int = 0
    expected_workers: int = 0
    load: float = 0.0
    headroom: int = 0
    rooms: tuple[str, ...] = ()


def report(supervisor: Supervisor, rooms: Rooms) -> NodeReport:
    """The report of a node with these workers and rooms."""
    workers = len(supervisor.up)
    capacity = workers * CONSUMERS_A_WORKER
    consumers = sum(len(peer.consumers) for room in rooms for peer in room.peers.values())
    return NodeReport(
        workers=workers,
        expected_workers=len(supervisor.slots),
        load=min(1.0, consumers / capacity) if capacity else 1.0,
        headroom=max(0, capacity - consumers),
        rooms=tuple(room.meeting for room in rooms),
    )
