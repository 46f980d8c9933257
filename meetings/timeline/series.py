"""Lines to draw: as many points as a screen can show, out of as many samples as there are."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, TypeVar

from meetings.timeline.reading import Reading

# What people can tell apart in the width of a page.
MOST_POINTS = 240
# Seconds that a point may stand for.
_STEPS = (5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21600, 86400)
Number = TypeVar("Number", int, float)
# Without a sample for so many points, nothing is drawn.
_GAP = 2.5


class Point(NamedTuple):
    """The readings of one stretch: means of bitrates, the worst of everything else, sums of what can be added up."""

    at: float
    up_kbps: float | None
    down_kbps: float | None
    up_loss: float | None
    down_loss: float | None
    rtt: float | None
    jitter: float | None
    sent_height: float | None
    seen_height: float | None
    layer: int | None
    frozen_ms: float
    spoke_ms: float


def step_for(lasts: float, most: int = MOST_POINTS) -> float:
    """How many seconds a point stands for, so that `lasts` seconds take no more than so many of them."""
    return float(next((step for step in _STEPS if lasts <= step * most), _STEPS[-1]))


def points(readings: Sequence[Reading], begins: float, step: float) -> list[Point]:
    """A point for each stretch of `step` seconds from `begins` on for which there is a reading."""
    stretches: dict[int, list[Reading]] = {}
    for one in readings:
        parts = round(one.seconds / step)
        if parts < 2:
            stretches.setdefault(int((one.at - one.seconds / 2 - begins) // step), []).append(one)
            continue
        # A long one tells of several stretches.
        part = one._replace(spoke_ms=one.spoke_ms / parts, frozen_ms=one.frozen_ms / parts)
        first = int((one.at - one.seconds + step / 2 - begins) // step)
        for place in range(first, first + parts):
            stretches.setdefault(place, []).append(part)
    return [_point(begins + (place + 0.5) * step, stretches[place]) for place in sorted(stretches)]


def pieces(
    given: Iterable[Point], value: Callable[[Point], float | None], step: float
) -> list[list[tuple[float, float]]]:
    """The line of one value, in pieces: it is broken where nothing is known for a while."""
    found: list[list[tuple[float, float]]] = []
    for one in given:
        height = value(one)
        if height is None:
            continue
        if not found or one.at - found[-1][-1][0] > _GAP * step:
            found.append([])
        found[-1].append((one.at, height))
    return found


def _point(at: float, readings: list[Reading]) -> Point:
    if len(readings) == 1:
        one = readings[0]
        jitter = _most([one.up_jitter, one.down_jitter])
        return Point(
            at, one.up_kbps, one.down_kbps, one.up_loss, one.down_loss, one.rtt, jitter, one.sent_height,
            one.seen_height, one.layer, one.frozen_ms, one.spoke_ms,
        )  # fmt: skip
    return Point(
        at=at,
        up_kbps=_mean([one.up_kbps for one in readings]),
        down_kbps=_mean([one.down_kbps for one in readings]),
        up_loss=_most([one.up_loss for one in readings]),
        down_loss=_most([one.down_loss for one in readings]),
        rtt=_most([one.rtt for one in readings]),
        jitter=_most([jitter for one in readings for jitter in (one.up_jitter, one.down_jitter)]),
        sent_height=_least([one.sent_height for one in readings]),
        seen_height=_least([one.seen_height for one in readings]),
        layer=_least([one.layer for one in readings]),
        frozen_ms=sum([one.frozen_ms for one in readings]),
        spoke_ms=sum([one.spoke_ms for one in readings]),
    )


def _mean(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _most(values: list[float | None]) -> float | None:
    return max([value for value in values if value is not None], default=None)


def _least(values: list[Number | None]) -> Number | None:
    return min([value for value in values if value is not None], default=None)
