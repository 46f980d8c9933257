"""How a node is, in the few numbers by which web processes choose among nodes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .rooms import Rooms
    from .supervisor import Supervisor


@dataclass(frozen=True, slots=True)
class NodeReport:
    """`state` is up or draining. `workers` run just now, out of `expected_workers`. `load` is that of an average
    worker, 0 to 1, `headroom` the number of consumers that newcomers may still bring. `rooms` are the meetings that
    the node has media of.
    """

    state: str = "up"
    workers: int = 0
    expected_workers: int = 0
    load: float = 0.0
    headroom: int = 0
    rooms: tuple[str, ...] = ()


def report(supervisor: Supervisor, rooms: Rooms) -> NodeReport:
    """The report of a node with these workers and rooms."""
    candidates = rooms.loads.candidates([slot for slot in supervisor.up if not slot.draining])
    return NodeReport(
        state="draining" if rooms.draining else "up",
        workers=len(supervisor.up),
        expected_workers=len(supervisor.slots),
        load=sum(candidate.load for candidate in candidates) / len(candidates) if candidates else 1.0,
        headroom=sum(candidate.headroom for candidate in candidates),
        rooms=tuple(room.meeting for room in rooms),
    )
