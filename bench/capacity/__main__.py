"""How much fits: `python -m bench.capacity`.

Consumers: a real worker forwards RTP of four people with camera and microphone through plain transports to ever more
viewers, with SRTP as for browsers and without, until packets get lost, come late, or the worker has used up a core.

Joins: people come and go, as our page does it, through one, two and three web processes of a site with PostgreSQL,
Redis and a media node; and one after another into a room that grows from 1 to 200.

The media part of a join is also done by the Node package, in turns with ours.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime
import os
import platform
from collections.abc import Iterable
from pathlib import Path

from bench.capacity import report
from bench.capacity.carrying import find_what_a_worker_carries
from bench.capacity.growing import JoinCost, find_cost_of_joins
from bench.capacity.joining import Storm, find_joins_a_second
from bench.capacity.limits import Knee
from bench.capacity.picture import draw
from bench.capacity.processes import load_average
from bench.capacity.room_peers import compare_media_of_joins
from bench.capacity.site import running_site
from tests.live.server import ROOT

PARTS = ("carrying", "joining", "growing", "peers")
SIZES = (1, 10, 25, 50, 100, 150, 200)
WEB_PROCESSES = 3


def say(lines: Iterable[str]) -> None:
    for line in lines:
        print(line, flush=True)
    print(flush=True)


async def measure(options: argparse.Namespace) -> None:
    say([about_the_machine()])
    parts = set(options.parts)
    knees: dict[str, Knee] = {}
    storms: list[Storm] = []
    costs: list[JoinCost] = []
    if "carrying" in parts:
        for name, srtp in (("SRTP", True), ("plain RTP", False)):
            knees[name] = await find_what_a_worker_carries(srtp=srtp, seconds=options.seconds)
            say(report.of_carrying(name, knees[name]))
        say(
            [
                f"recommended limit of consumers for a worker ({report.PRUDENCE:.0%} of what was carried with SRTP): "
                f"{report.recommended(knees['SRTP'])}"
            ]
        )
    if parts & {"joining", "growing"}:
        with running_site(WEB_PROCESSES if "joining" in parts else 1) as site:
            if "growing" in parts:
                costs = await find_cost_of_joins(site, SIZES, options.visits)
                say(report.of_growth(costs))
            if "joining" in parts:
                storms = await find_joins_a_second(site, 2 * options.seconds)
                say(report.of_storms(storms))
    if "peers" in parts:
        say(report.of_pairs(await compare_media_of_joins(SIZES, options.visits)))
    if knees or storms or costs:
        draw(options.picture, knees, storms, costs)
        say([f"drawn: {options.picture}", f"load average at the end: {load_average():.1f}"])


def about_the_machine() -> str:
    """What the numbers were taken on. The cores are shared by everything that is measured, and by who measures."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.machine(),
    )
    now = datetime.datetime.now(datetime.UTC)
    return (
        f"{now:%d %B %Y}, {os.cpu_count()} cores ({model}), Linux {platform.release()}, "
        f"load average {load_average():.1f} at the start"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, help="what to measure (all)")
    parser.add_argument("--seconds", type=float, default=4.0, help="how long each load is looked at (%(default)s)")
    parser.add_argument("--visits", type=int, default=15, help="joins at each size of the room (%(default)s)")
    parser.add_argument(
        "--picture", type=Path, default=ROOT / "var" / "capacity.png", help="where to draw (%(default)s)"
    )
    asyncio.run(measure(parser.parse_args()))


if __name__ == "__main__":
    main()
