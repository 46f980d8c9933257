"""Many people in one meeting: `python -m bench.people`.

They come in through two web processes over PostgreSQL and Redis, listen and chat: to everybody, to the hosts, in
private. The same people do the same with two processes of Node, socket.io and its Redis adapter, which keeps no
messages. Both have their people in at the same time, and are written to in turns. Clients are the same, over
WebSockets alone.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Iterable
from contextlib import AsyncExitStack

from bench.capacity.__main__ import about_the_machine
from bench.capacity.limits import percentile
from bench.capacity.processes import load_average
from bench.capacity.report import table
from bench.capacity.talking import TalkingProcess, module
from bench.people.meeting import Assembly, Found, of_everybody
from bench.people.sides import PROCESSES, both_sides

# So many come first, to be looked at as a meeting of few, and then at a time.
FEW, MANY = 20, 200


async def measure(options: argparse.Namespace) -> bool:
    """Whether everybody heard exactly what was for them."""
    say([about_the_machine(), f"{options.people} people in a meeting, {PROCESSES} processes on each side"])
    async with both_sides(options.people) as sides, AsyncExitStack() as stack:
        crowds = [
            await stack.enter_async_context(TalkingProcess(module("bench.people.crowd"))) for _ in range(PROCESSES)
        ]
        meetings = [Assembly(side, crowds) for side in sides]
        for people in in_portions(options.people):
            for meeting in meetings:
                await meeting.come(people)
        for meeting in meetings:
            await meeting.settle()
        for _ in range(options.rounds):
            for meeting in meetings:
                await meeting.write(options.messages, options.pace)
        faults = [f"{meeting.side.name}: {fault}" for meeting in meetings for fault in await meeting.last_faults()]
    ours, theirs = (meeting.found for meeting in meetings)
    say(of_coming([meeting.found for meeting in meetings], options.people))
    say(of_writing(ours, theirs))
    say([*(faults[:20] or ["every message came exactly once to exactly those for whom it is"])])
    say([f"load average at the end: {load_average():.1f}"])
    return not faults


def in_portions(people: int) -> list[int]:
    """How many come at a time."""
    full, rest = divmod(max(0, people - FEW), MANY)
    return [min(FEW, people), *([MANY] * full), *([rest] if rest else [])]


def of_coming(founds: list[Found], people: int) -> Iterable[str]:
    """Joins, and what a crowd costs."""
    yield "coming in"
    yield from table(
        [
            "",
            "joins/s",
            "median ms",
            "p99",
            "CPU ms a join",
            "queries a join, few",
            "many",
            "MiB a process, few",
            "many",
        ],
        [
            [
                name,
                f"{people / found.coming_took:.1f}",
                f"{percentile(found.came, 0.5) * 1000:.0f}",
                f"{percentile(found.came, 0.99) * 1000:.0f}",
                f"{found.coming_cpu / people * 1000:.1f}",
                *(f"{asked:.1f}" for asked in _ends(found.queries_a_join)),
                *(f"{kib / 1024:.0f}" for kib in _ends(found.memory_kib)),
            ]
            for name, found in zip(("ours", "socket.io"), founds, strict=True)
        ],
    )
    ours, theirs = founds
    yield f"joins a second ratio (ours/socket.io): {theirs.coming_took / ours.coming_took:.2f}"


def of_writing(ours: Found, theirs: Found) -> Iterable[str]:
    """Messages, from when they are written to when the last one has them."""
    yield "a message to everybody, from its author's socket to its last receiver; CPU of the processes"
    quantiles = (0.5, 0.95, 0.99)
    rows, found = [], {}
    for name, side in (("ours", ours), ("socket.io", theirs)):
        took = [sent.took * 1000 for sent in of_everybody(side)]
        found[name] = [percentile(took, quantile) for quantile in quantiles]
        answers = [sent.answered * 1000 for sent in of_everybody(side)]
        rows.append(
            [
                name,
                str(len(took)),
                *(f"{one:.1f}" for one in found[name]),
                f"{max(took):.1f}",
                f"{percentile(answers, 0.5):.1f}",
                f"{side.writing_cpu / len(side.sent) * 1000:.1f}",
                f"{max(side.queries_a_message):.1f}",
            ]
        )
    yield from table(
        ["", "messages", "p50 ms", "p95", "p99", "longest", "answer p50", "CPU ms a message", "queries a message"], rows
    )
    for quantile, one, other in zip(quantiles, found["ours"], found["socket.io"], strict=True):
        yield f"time to the last receiver ratio (ours/socket.io), p{quantile * 100:.0f}: {one / other:.2f}"


def _ends(values: list[float]) -> tuple[float, float]:
    return values[0], values[-1]


def say(lines: Iterable[str]) -> None:
    for line in lines:
        print(line, flush=True)
    print(flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=1000, help="how many come (%(default)s)")
    parser.add_argument("--rounds", type=int, default=4, help="how often the two take turns (%(default)s)")
    parser.add_argument("--messages", type=int, default=80, help="messages a round and side (%(default)s)")
    parser.add_argument("--pace", type=float, default=10.0, help="messages a second (%(default)s)")
    sys.exit(0 if asyncio.run(measure(parser.parse_args())) else 1)


if __name__ == "__main__":
    main()
