"""What was found, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench.capacity.growing import JoinCost
from bench.capacity.joining import Storm
from bench.capacity.limits import Knee, Load, limit, slope, symptoms
from bench.capacity.room_peers import Pair

# The share of what was carried that is recommended: a meeting is no even load.
PRUDENCE = 0.8


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Columns as wide as what is in them, flush right."""
    widths = [max(map(len, column)) for column in zip(headings, *rows, strict=True)]
    for row in (headings, *rows):
        yield "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))


def of_carrying(name: str, knee: Knee) -> Iterator[str]:
    """The steps, and what gave way at the end."""
    baseline_ms = knee.steps[0].delay_ms
    yield f"consumers that a worker carries, {name}"
    yield from table(
        [
            *("consumers", "packets/s", "Mbit/s", "loss", "delay ms", "p95", "worker", "waits", "sender", "late ms"),
            *("readers", "dropped before", "after", "others", ""),
        ],
        [_of_step(load, baseline_ms) for load in knee.steps],
    )
    if knee.carried is None:
        yield f"{name}: not even the first step was carried"
    elif knee.broke is None:
        yield f"{name}: at least {knee.carried.consumers} consumers; nothing gave way"
    else:
        found = limit(knee.broke)
        bound = "" if found.is_the_workers else "at least "
        yield (
            f"{name}: {bound}{knee.carried.consumers} consumers ({knee.carried.packets_a_second:,.0f} packets/s, "
            f"{knee.carried.megabits_a_second:,.0f} Mbit/s). With {knee.broke.consumers}: "
            f"{', '.join(symptoms(knee.broke, baseline_ms))}. Limit: {found.name}"
        )


def _of_step(load: Load, baseline_ms: float) -> list[str]:
    return [
        str(load.consumers),
        f"{load.packets_a_second:,.0f}",
        f"{load.megabits_a_second:,.0f}",
        f"{load.loss:.2%}",
        f"{load.median_delay_ms:.2f}",
        f"{load.delay_ms:.1f}",
        f"{load.worker_cpu:.0%}",
        f"{load.waiting:.0%}",
        f"{load.sender_cpu:.0%}",
        f"{load.sender_late_ms:.2f}",
        f"{load.receiver_cpu:.0%}",
        str(load.dropped_before),
        str(load.dropped_after),
        f"{load.others_cpu:.0%}",
        "too much" if symptoms(load, baseline_ms) else "carried",
    ]


def recommended(knee: Knee) -> int | None:
    """A limit for admission that follows from what was carried, in tens; None when nothing was."""
    return None if knee.carried is None else int(knee.carried.consumers * PRUDENCE) // 10 * 10


def of_storms(storms: list[Storm]) -> Iterator[str]:
    """Joins a second, and what one costs whom."""
    yield "joins a second by the number of web processes; each join with the leave that follows, CPU in ms a join"
    roles = list(storms[0].cpu_ms)
    yield from table(
        [
            *("processes", "joins/s", "median ms", "p95", "busy each", "client busy", "client lag ms", "cores idle"),
            *("others", *roles),
        ],
        [
            [
                str(storm.web_processes),
                f"{storm.joins_a_second:.1f}",
                f"{storm.median_ms:.0f}",
                f"{storm.p95_ms:.0f}",
                f"{storm.web_cpu:.0%}",
                f"{storm.client_cpu:.0%}",
                f"{storm.client_lag_ms:.1f}",
                f"{storm.idle:.0%}",
                f"{storm.others:.0%}",
                *(f"{storm.cpu_ms[role]:.2f}" for role in roles),
            ]
            for storm in storms
        ],
    )
    for storm in storms:
        if storm.refused:
            yield f"refused with {storm.web_processes} web processes: {storm.refused}"
    one = storms[0]
    yield (
        f"by its CPU time, a web process with a core of its own does {1000 / one.cpu_ms['web']:.0f} joins a second; "
        f"all that a join takes is {sum(one.cpu_ms.values()):.1f} ms of a core"
    )
    for storm in storms[1:]:
        ratio = storm.joins_a_second / one.joins_a_second
        yield f"joins a second ratio ({storm.web_processes} web processes/1): {ratio:.2f}"


def of_growth(costs: list[JoinCost]) -> Iterator[str]:
    """A join by the size of the room, for the newcomer, for us and for the others."""
    yield "a join by the size of the room; CPU in ms"
    roles = list(costs[0].cpu_ms)
    yield from table(
        ["in the room", "join ms", "reply bytes", *roles, "pushes to each", "bytes to each"],
        [
            [
                str(cost.participants),
                f"{cost.latency_ms:.1f}",
                f"{cost.reply_bytes:,.0f}",
                *(f"{cost.cpu_ms[role]:.2f}" for role in roles),
                "" if cost.pushes_each is None else f"{cost.pushes_each:.2f}",
                "" if cost.bytes_each is None else f"{cost.bytes_each:.0f}",
            ]
            for cost in costs
        ],
    )
    if len(costs) > 1:
        growth = {role: 1000 * slope([(cost.participants, cost.cpu_ms[role]) for cost in costs]) for role in roles}
        yield "CPU for each who is in already: " + ", ".join(f"{role} {growth[role]:.1f} µs" for role in roles)
    if len(costs) > 4:
        web = [(cost.participants, cost.cpu_ms["web"]) for cost in costs]
        large, small = slope(web[-3:]), slope(web[:-2])
        yield (
            f"web process, for each who is in already: {1000 * small:.0f} µs in rooms of {web[0][0]} to {web[-3][0]}, "
            f"{1000 * large:.0f} µs in rooms of {web[-3][0]} to {web[-1][0]}"
        )
        yield f"growth ratio (large rooms/small ones; 1 is flat): {large / small:.2f}"


def of_pairs(pairs: list[Pair]) -> Iterator[str]:
    """Our object model beside the Node package."""
    yield "media of a join by the size of the room, our object model and the Node package; CPU of controller and worker"
    yield from table(
        ["in the room", "ours ms", "node ms", "ratio", "ours CPU ms", "node CPU ms", "ratio"],
        [
            [
                str(pair.participants),
                f"{pair.ours_ms:.2f}",
                f"{pair.node_ms:.2f}",
                f"{pair.ours_ms / pair.node_ms:.2f}",
                f"{pair.ours_cpu_ms:.2f}",
                f"{pair.node_cpu_ms:.2f}",
                f"{pair.ours_cpu_ms / pair.node_cpu_ms:.2f}",
            ]
            for pair in pairs
        ],
    )
