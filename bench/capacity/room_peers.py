"""The media side of a join by the size of the room: our object model beside the Node package, on the same worker.

Each is a process that is handed a `Plan` and then, a line at a time, `<size of the room> <joins>`; it answers with a
`Timing` of all these joins.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from statistics import median

from bench.capacity.talking import TalkingProcess, module
from bench.control_plane_plan import Timing, make_plan
from media.binary import locate

OURS = module("bench.capacity.room_ours")
NODE = ["node", "bench/capacity/room_node.mjs"]
# Until the compilers of both have done their work.
WARM_UP = 300
# They take turns at short goes, so that whatever else the machine does hits both.
GOES = 7


@dataclass(frozen=True, slots=True)
class Pair:
    """A join into a room with `participants`, in milliseconds: time, and CPU of controller and worker."""

    participants: int
    ours_ms: float
    node_ms: float
    ours_cpu_ms: float
    node_cpu_ms: float


async def compare_media_of_joins(sizes: Iterable[int], joins: int) -> list[Pair]:
    """Both at each size, some goes of so many joins each; medians of the goes."""
    binary = locate()
    plan = make_plan(str(binary.path), str(binary.schemas))
    async with AsyncExitStack() as stack:
        ours, node = [await stack.enter_async_context(TalkingProcess(command)) for command in (OURS, NODE)]
        for contender in (ours, node):
            contender.say(plan)
            await contender.ask_in_words(f"1 {WARM_UP}")
        pairs = []
        for size in sizes:
            go = f"{size} {joins}"
            goes = [(await ours.ask_in_words(go), await node.ask_in_words(go)) for _ in range(GOES)]
            pairs.append(
                Pair(
                    participants=size,
                    ours_ms=median(1000 * our["seconds"] / joins for our, _ in goes),
                    node_ms=median(1000 * nodes["seconds"] / joins for _, nodes in goes),
                    ours_cpu_ms=median(_cpu_ms(our, joins) for our, _ in goes),
                    node_cpu_ms=median(_cpu_ms(nodes, joins) for _, nodes in goes),
                )
            )
        return pairs


def _cpu_ms(timing: Timing, joins: int) -> float:
    return 1000 * (timing["controllerCpuSeconds"] + timing["workerCpuSeconds"]) / joins
