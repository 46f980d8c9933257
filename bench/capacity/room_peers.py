"""The media side of a join by the size of the room: our object model beside the Node package, on the same worker.

Each is a process that is handed a `Plan` and then, a line at a time, `<size of the room> <joins>`; it answers with a
`Timing` of all these joins.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass

from bench.capacity.talking import TalkingProcess, module
from bench.control_plane_plan import Timing, make_plan
from media.binary import locate

OURS = module("bench.capacity.room_ours")
NODE = ["node", "bench/capacity/room_node.mjs"]
WARM_UP = 50


@dataclass(frozen=True, slots=True)
class Pair:
    """A join into a room with `participants`, in milliseconds: time, and CPU of controller and worker."""

    participants: int
    ours_ms: float
    node_ms: float
    ours_cpu_ms: float
    node_cpu_ms: float


async def compare_media_of_joins(sizes: Iterable[int], joins: int) -> list[Pair]:
    """Both, in turns, at each size."""
    binary = locate()
    plan = make_plan(str(binary.path), str(binary.schemas))
    async with AsyncExitStack() as stack:
        contenders = [await stack.enter_async_context(TalkingProcess(command)) for command in (OURS, NODE)]
        for contender in contenders:
            contender.say(plan)
            await contender.ask_in_words(f"1 {WARM_UP}")
        pairs = []
        for size in sizes:
            ours, node = [await contender.ask_in_words(f"{size} {joins}") for contender in contenders]
            pairs.append(
                Pair(
                    participants=size,
                    ours_ms=1000 * ours["seconds"] / joins,
                    node_ms=1000 * node["seconds"] / joins,
                    ours_cpu_ms=_cpu_ms(ours, joins),
                    node_cpu_ms=_cpu_ms(node, joins),
                )
            )
        return pairs


def _cpu_ms(timing: Timing, joins: int) -> float:
    return 1000 * (timing["controllerCpuSeconds"] + timing["workerCpuSeconds"]) / joins
