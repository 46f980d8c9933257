"""What was found, as a small picture."""

from __future__ import annotations

from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bench.capacity.growing import JoinCost
from bench.capacity.joining import Storm
from bench.capacity.limits import Knee

INCHES = (12.0, 3.6)
DOTS_AN_INCH = 90


def draw(path: Path, knees: dict[str, Knee], storms: list[Storm], costs: list[JoinCost]) -> None:
    """One panel for each part that was measured, into a PNG file."""
    panels = [bool(knees), bool(storms), bool(costs)]
    figure = Figure(figsize=(INCHES[0] * sum(panels) / 3, INCHES[1]), dpi=DOTS_AN_INCH, layout="constrained")
    axes = iter(figure.subplots(1, sum(panels), squeeze=False)[0])
    if knees:
        _draw_knees(next(axes), knees)
    if storms:
        _draw_storms(next(axes), storms)
    if costs:
        _draw_growth(next(axes), costs)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Software": None})


def _draw_knees(axes: Axes, knees: dict[str, Knee]) -> None:
    delays = axes.twinx()
    for color, (name, knee) in enumerate(knees.items()):
        # What was tried again counts as it was the last time.
        steps = sorted({load.consumers: load for load in knee.steps}.values(), key=lambda load: load.consumers)
        at = [load.consumers for load in steps]
        axes.plot(at, [100 * load.worker_cpu for load in steps], "o-", ms=3, color=f"C{color}", label=f"{name}: CPU")
        delays.plot(
            at, [load.delay_ms for load in steps], "s:", ms=3, color=f"C{color}", label=f"{name}: delay", alpha=0.7
        )
    axes.set(title="One worker", xlabel="consumers", ylabel="CPU of the worker, % of a core (lines)", ylim=(0, 105))
    delays.set(yscale="log", ylabel="p95 delay, ms (dots)")
    axes.legend(fontsize="small", loc="lower right")


def _draw_storms(axes: Axes, storms: list[Storm]) -> None:
    names = [str(storm.web_processes) for storm in storms]
    axes.bar(names, [storm.joins_a_second for storm in storms], width=0.5)
    for place, storm in enumerate(storms):
        said = f"{storm.median_ms:.0f} ms\ncores idle {storm.idle:.0%}"
        axes.annotate(said, (place, storm.joins_a_second), ha="center", va="bottom", fontsize=8)
    axes.margins(y=0.25)
    axes.set(title="Joins a second", xlabel="web processes")


def _draw_growth(axes: Axes, costs: list[JoinCost]) -> None:
    at = [cost.participants for cost in costs]
    axes.plot(at, [cost.latency_ms for cost in costs], "o-", ms=3, label="newcomer waits")
    axes.plot(at, [cost.cpu_ms["web"] for cost in costs], "o-", ms=3, label="CPU web process")
    axes.plot(at, [cost.cpu_ms["node"] + cost.cpu_ms["worker"] for cost in costs], "o-", ms=3, label="CPU node, worker")
    each = {cost.participants: cost.bytes_each for cost in costs if cost.bytes_each is not None}
    per_member = axes.twinx()
    per_member.plot([*each], [*each.values()], "s:", ms=3, color="C3")
    per_member.set(ylim=(0, 2 * max([1.0, *each.values()])), ylabel="bytes to each who is in (dots)")
    axes.set(title="One join", xlabel="participants in the room", ylabel="ms (lines)", ylim=(0, None))
    axes.legend(fontsize="small", loc="upper left")
