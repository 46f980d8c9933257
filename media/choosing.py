"""Which node a meeting goes to. Pure: no I/O, no clock."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NodeState:
    """A node, as far as it matters for a meeting that begins. `takes_new` is False for one that drains, has no worker,
    or has not been heard of lately.
    """

    name: str
    load: float
    headroom: int
    takes_new: bool = True


def choose_node(nodes: Iterable[NodeState], avoid: Collection[str] = ()) -> str | None:
    """The name of the least loaded node that takes something new and has headroom; of equals the one with the most
    headroom, then the first by name. None when there is none.
    """
    able = [node for node in nodes if node.takes_new and node.headroom > 0 and node.name not in avoid]
    return min(able, key=lambda node: (round(node.load, 2), -node.headroom, node.name)).name if able else None


def all_full(nodes: Iterable[NodeState], avoid: Collection[str] = ()) -> bool:
    """Whether there are nodes that would take a meeting, if only they had headroom."""
    able = [node for node in nodes if node.takes_new and node.name not in avoid]
    return bool(able) and all(node.headroom <= 0 for node in able)
