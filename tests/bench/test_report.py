"""What the capacity benchmark says and draws of what it found."""

from __future__ import annotations

import struct
from dataclasses import replace
from pathlib import Path

from bench.capacity.growing import JoinCost
from bench.capacity.joining import Storm
from bench.capacity.limits import Knee
from bench.capacity.picture import draw
from bench.capacity.report import of_carrying, of_growth, of_storms, recommended, table

from .test_limits import FINE

CARRIED = replace(FINE, consumers=640, worker_cpu=0.8)
BROKE = replace(FINE, consumers=704, worker_cpu=0.97, loss=0.02)


def knee(*, waiting: float = 0.0, worker_cpu: float = 0.97) -> Knee:
    broke = replace(BROKE, waiting=waiting, worker_cpu=worker_cpu)
    return Knee([FINE, CARRIED, broke], CARRIED, broke)


def storm(processes: int, joins: float) -> Storm:
    cpu = {"web": 20.0, "node": 2.0}
    return Storm(processes, joins, 100.0, 200.0, {}, cpu, 0.8, 0.1, 2.0, 0.3, 0.0)


def cost(participants: int, *, web: float) -> JoinCost:
    heard = (None, None) if participants == 1 else (1.0, 182.0)
    return JoinCost(participants, 20.0, 10_000, {"web": web, "node": 2.0, "worker": 0.2}, *heard)


def test_columns_are_flush_right() -> None:
    assert list(table(["a", "long"], [["1", "2"], ["1000", "3"]])) == ["   a  long", "   1     2", "1000     3"]


def test_a_limit_that_is_not_the_workers_is_called_a_lower_bound() -> None:
    assert "SRTP: 640 consumers" in list(of_carrying("SRTP", knee()))[-1]
    said = list(of_carrying("SRTP", knee(waiting=0.3, worker_cpu=0.6)))[-1]
    assert "SRTP: at least 640 consumers" in said
    assert "no core" in said


def test_nothing_carried_and_nothing_broken_are_said() -> None:
    assert "not even" in list(of_carrying("SRTP", Knee([BROKE], None, BROKE)))[-1]
    assert "nothing gave way" in list(of_carrying("SRTP", Knee([FINE], FINE, None)))[-1]


def test_the_recommendation_leaves_a_margin() -> None:
    assert recommended(knee()) == 510
    assert recommended(Knee([BROKE], None, BROKE)) is None


def test_ratios_are_printed() -> None:
    assert "ratio (2 web processes/1): 1.50" in list(of_storms([storm(1, 40), storm(2, 60)]))[-1]
    flat = [cost(size, web=10 + 0.1 * size) for size in (1, 50, 100, 150, 200)]
    assert list(of_growth(flat))[-1].endswith(": 1.00")
    quadratic = [cost(size, web=0.01 * size**2) for size in (1, 50, 100, 150, 200)]
    assert float(list(of_growth(quadratic))[-1].rpartition(" ")[2]) > 2


def test_the_picture_is_a_small_png_with_a_panel_for_each_part(tmp_path: Path) -> None:
    costs = [cost(1, web=10), cost(200, web=30)]

    def width(name: str, knees: dict[str, Knee], storms: list[Storm]) -> int:
        path = tmp_path / "new" / name
        draw(path, knees, storms, costs)
        content = path.read_bytes()
        assert content.startswith(b"\x89PNG")
        assert len(content) < 100 * 1024
        return int(struct.unpack(">I", content[16:20])[0])

    assert width("all.png", {"SRTP": knee()}, [storm(1, 40)]) == 3 * width("one.png", {}, [])
