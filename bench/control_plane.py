"""Our object model against the Node package, operation by operation: `python -m bench.control_plane`.

Both drive the same worker binary, each in one process, with what a real Chromium negotiates (VP8 in three layers).
They take turns, so that whatever else the machine does hits both; each figure is the median of the rounds.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path

from bench.control_plane_plan import MODES, OPERATIONS, Plan, Timings, make_plan
from media.binary import locate

ROOT = Path(__file__).parent.parent
LIMIT = 300.0  # seconds for one round
OURS = [sys.executable, "-m", "bench.control_plane_ours"]
NODE = ["node", "bench/control_plane_node.mjs"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--scale", type=float, default=1.0, help="times the usual number of operations a round")
    arguments = parser.parse_args()
    binary = locate()
    plan = make_plan(str(binary.path), str(binary.schemas), arguments.scale)
    ours: list[Timings] = []
    node: list[Timings] = []
    for number in range(arguments.rounds):
        print(f"round {number + 1} of {arguments.rounds}", file=sys.stderr)
        for command, timings in ((OURS, ours), (NODE, node))[:: 1 if number % 2 == 0 else -1]:
            timings.append(run(command, plan))
    report(ours, node)


def run(command: list[str], plan: Plan) -> Timings:
    """One round of one contender."""
    done = subprocess.run(
        command, cwd=ROOT, input=json.dumps(plan), stdout=subprocess.PIPE, text=True, timeout=LIMIT, check=True
    )
    timings: Timings = json.loads(done.stdout)
    return timings


def report(ours: list[Timings], node: list[Timings]) -> None:
    print("control plane: operations a second, and CPU of controller and worker in µs an operation (medians)")
    print(f"{'':<35}{'ours':>9}{'node':>9}{'ratio':>8}   {'ours cpu':>12}{'node cpu':>14}{'cpu ratio':>11}")
    ratios: dict[str, float] = {}
    for operation in OPERATIONS:
        for mode in MODES:
            name = f"{operation} {mode}"
            ratios[name] = rate(ours, name) / rate(node, name)
            our_cpu, node_cpu = cpu(ours, name), cpu(node, name)
            print(
                f"{name:<35}{rate(ours, name):>9,.0f}{rate(node, name):>9,.0f}{ratios[name]:>8.2f}   "
                f"{our_cpu[0]:>6.0f} + {our_cpu[1]:<4.0f}{node_cpu[0]:>7.0f} + {node_cpu[1]:<4.0f}"
                f"{sum(our_cpu) / sum(node_cpu):>10.2f}"
            )
    print(f"control-plane consume ratio (ours/node): {ratios['consume pipelined']:.2f}")


def rate(rounds: list[Timings], name: str) -> float:
    return statistics.median(timings[name]["operations"] / timings[name]["seconds"] for timings in rounds)


def cpu(rounds: list[Timings], name: str) -> tuple[float, float]:
    controller = (timings[name]["controllerCpuSeconds"] / timings[name]["operations"] for timings in rounds)
    worker = (timings[name]["workerCpuSeconds"] / timings[name]["operations"] for timings in rounds)
    return statistics.median(controller) * 1e6, statistics.median(worker) * 1e6


if __name__ == "__main__":
    main()
