"""Our object model against the Node package, operation by operation: `python -m bench.control_plane`.

Both drive the same worker binary, each in one process, with what a real Chromium negotiates. They take turns at short
goes; the figures are medians over the goes, ratios medians over the pairs.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from types import TracebackType
from typing import Self

from bench.control_plane_plan import COUNTS, MODES, OPERATIONS, Plan, Timing, make_plan
from media.binary import locate

ROOT = Path(__file__).parent.parent
OURS = [sys.executable, "-m", "bench.control_plane_ours"]
NODE = ["node", "bench/control_plane_node.mjs"]
# Untimed, until the compilers of both have done their work.
WARM_UP = 5


class Contender:
    """A process that does what it is told to, in turns with the other."""

    def __init__(self, command: Sequence[str], plan: Plan) -> None:
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._say(json.dumps(plan))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(timeout=30)

    def go(self, operation: str, mode: str) -> Timing:
        """One go."""
        self._say(f"{operation} {mode}")
        assert self._process.stdout
        answer = self._process.stdout.readline()
        if not answer:
            raise SystemExit(f"a contender gave up at {operation} {mode}")
        timing: Timing = json.loads(answer)
        return timing

    def _say(self, line: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--goes", type=int, default=25, help="how often each contender does each operation")
    goes = parser.parse_args().goes
    binary = locate()
    plan = make_plan(str(binary.path), str(binary.schemas))
    print("operations a second, and CPU of controller + worker in µs an operation")
    print(f"{'':<34}{'ours':>8}{'node':>8}{'ratio':>7}   {'ours CPU':>12}{'node CPU':>13}{'ratio':>8}")
    with Contender(OURS, plan) as ours, Contender(NODE, plan) as node:
        ratios = {
            (operation, mode): compare(ours, node, operation, mode, goes) for operation in OPERATIONS for mode in MODES
        }
    print(f"control-plane consume ratio (ours/node): {ratios['consume', 'pipelined']:.2f}")


def compare(ours: Contender, node: Contender, operation: str, mode: str, goes: int) -> float:
    """Print a line and return how many times as many operations a second are ours."""
    for _ in range(WARM_UP):
        ours.go(operation, mode)
        node.go(operation, mode)
    pairs = [(ours.go(operation, mode), node.go(operation, mode)) for _ in range(goes)]

    def of_pairs(measure: Callable[[Timing], float]) -> tuple[float, float, float]:
        measured = [(measure(our), measure(nodes)) for our, nodes in pairs]
        return median(o for o, _ in measured), median(n for _, n in measured), median(o / n for o, n in measured)

    rate = of_pairs(lambda timing: COUNTS[operation] / timing["seconds"])
    controller = of_pairs(lambda timing: timing["controllerCpuSeconds"] / COUNTS[operation] * 1e6)
    worker = of_pairs(lambda timing: timing["workerCpuSeconds"] / COUNTS[operation] * 1e6)
    cpu = of_pairs(lambda timing: timing["controllerCpuSeconds"] + timing["workerCpuSeconds"])
    print(
        f"{operation + ' ' + mode:<34}{rate[0]:>8,.0f}{rate[1]:>8,.0f}{rate[2]:>7.2f}   "
        f"{controller[0]:>6.0f} + {worker[0]:<3.0f}{controller[1]:>7.0f} + {worker[1]:<3.0f}{cpu[2]:>8.2f}",
        flush=True,
    )
    return rate[2]


if __name__ == "__main__":
    main()
