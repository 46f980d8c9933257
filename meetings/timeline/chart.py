"""Geometry of the charts: everybody's on one scale of time, and each kind of value on one scale for everybody."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import attrgetter

from meetings.timeline import units
from meetings.timeline.series import Point, pieces, points, step_for
from meetings.timeline.timeline import Timeline

WIDTH = 1000.0
Value = Callable[[Point], float | None]


@dataclass(frozen=True, slots=True)
class Line:
    """One value: its path, what it is called, and what is said of it where it cannot be seen."""

    name: str
    path: str
    said: str


@dataclass(frozen=True, slots=True)
class Lane:
    """A chart of one or two lines, `height` high and WIDTH wide; `top` is the value at its upper edge, in words."""

    title: str
    height: float
    top: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """What a lane shows. Its scale reaches to `least`, or as far as anybody's values do, but not beyond `most`."""

    title: str
    height: float
    lines: tuple[tuple[str, Value], ...]
    words: Callable[[float], str]
    least: float
    most: float = float("inf")
    steps: bool = False


KINDS = (
    Kind("Bitrate", 56, (("up", attrgetter("up_kbps")), ("down", attrgetter("down_kbps"))), units.bitrate, 500),
    Kind("Loss", 40, (("up", attrgetter("up_loss")), ("down", attrgetter("down_loss"))), units.percent, 0.05, 1),
    Kind("Round trip, jitter", 40, (("round trip", attrgetter("rtt")), ("jitter", attrgetter("jitter"))),
         units.milliseconds, 100, 5000),
    Kind("Picture height", 32, (("sent", attrgetter("sent_height")), ("largest seen", attrgetter("seen_height"))),
         units.lines, 360, steps=True),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scales:
    """What all charts of a page have in common: the time from `begins` to `ends`, and the top of each kind."""

    begins: float
    ends: float
    step: float
    tops: tuple[float, ...]

    def x(self, at: float) -> float:
        """Where a time is, from 0 to WIDTH."""
        lasts = max(self.ends - self.begins, 1.0)
        return round(min(max((at - self.begins) / lasts, 0.0), 1.0) * WIDTH, 1)

    def share(self, at: float) -> float:
        """Where a time is, in percent."""
        return round(self.x(at) / WIDTH * 100, 2)


def scales_of(whole: Timeline) -> tuple[Scales, list[list[Point]]]:
    """The scales for a timeline, and the points of each of its people."""
    step = step_for(whole.ends - whole.begins)
    drawn = [points(one.readings, whole.begins, step) for one in whole.people]
    tops = tuple(_top(kind, drawn) for kind in KINDS)
    return Scales(whole.begins, whole.ends, step, tops), drawn


def lanes(given: Sequence[Point], scales: Scales) -> list[Lane]:
    """One person's charts."""
    # The same for all lines.
    placed = {one.at: scales.x(one.at) for one in given}
    return [_lane(kind, top, given, scales.step, placed) for kind, top in zip(KINDS, scales.tops, strict=True)]


def ticks(scales: Scales) -> Iterator[tuple[float, str]]:
    """Round times of the day (UTC) on the axis, in percent, with what is written there."""
    lasts = max(scales.ends - scales.begins, 1.0)
    every = next((one for one in _EVERY if lasts / one <= 8), _EVERY[-1])
    at = (scales.begins // every + 1) * every
    while at < scales.ends:
        form = "%H:%M:%S" if every < 60 else "%H:%M"
        yield scales.share(at), datetime.fromtimestamp(at, UTC).strftime(form)
        at += every


_EDGE = 1.5
_HEIGHTS = (360, 480, 720, 1080, 1440, 2160)
_EVERY = (1, 5, 10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400)


def grid(scales: Scales) -> str:
    """A line for each of the `ticks`, as SVG's path data: WIDTH wide and higher than any chart."""
    return "".join([f"M{share / 100 * WIDTH:g} 0V99" for share, _ in ticks(scales)])


def frozen(scales: Scales, given: Sequence[Point], height: float) -> str:
    """How much of each stretch pictures stood still, as bars in a chart of this height, in path data."""
    width = scales.x(scales.begins + scales.step)
    bars = [
        (scales.x(one.at - scales.step / 2), height * min(one.frozen_ms / (scales.step * 1000), 1.0))
        for one in given
        if one.frozen_ms
    ]
    return "".join([f"M{left:g} {height:g}h{width:g}v-{high:.3g}h-{width:g}z" for left, high in bars])


def speech(scales: Scales, given: Sequence[Point], top: float, height: float) -> str:
    """When somebody spoke for a good part of a stretch, as bars that begin at `top`, in path data."""
    found: list[tuple[float, float]] = []
    for one in given:
        if one.spoke_ms < scales.step * 100:
            continue
        left, right = scales.x(one.at - scales.step / 2), scales.x(one.at + scales.step / 2)
        if found and left - found[-1][1] < 0.5:
            left = found.pop()[0]
        found.append((left, right))
    return "".join([f"M{left:g} {top:g}H{right:g}v{height:g}H{left:g}z" for left, right in found])


def _lane(kind: Kind, top: float, given: Sequence[Point], step: float, placed: Mapping[float, float]) -> Lane:
    made = tuple(
        Line(name, _path(pieces(given, value, step), kind, top, placed), _said(kind, value, given))
        for name, value in kind.lines
    )
    return Lane(kind.title, kind.height, kind.words(top), made)


def _path(lines: Sequence[Sequence[tuple[float, float]]], kind: Kind, top: float, placed: Mapping[float, float]) -> str:
    """SVG's path data. A piece of one point is drawn as a short dash."""
    parts: list[str] = []
    # Heights of pictures jump; they do not slope.
    form = "H{}V{}" if kind.steps else "L{} {}"
    # How far from the upper edge; lines at either end of the scale stay within the chart.
    room = kind.height - 2 * _EDGE
    for piece in lines:
        first, *more = [
            (placed[at], round(_EDGE + room * (1 - value / top) if value < top else _EDGE, 1)) for at, value in piece
        ]
        parts.append("M{} {}".format(*first))
        parts.extend([form.format(*point) for point in more] or ["h2"])
    return "".join(parts)


def _said(kind: Kind, value: Value, given: Sequence[Point]) -> str:
    known = [height for height in map(value, given) if height is not None]
    if not known:
        return "not measured"
    return f"{kind.words(sum(known) / len(known))} on average, {kind.words(min(known))} to {kind.words(max(known))}"


def _top(kind: Kind, drawn: Sequence[Sequence[Point]]) -> float:
    highest = max(
        [height for given in drawn for _, value in kind.lines for height in map(value, given) if height is not None],
        default=0.0,
    )
    if kind.steps:
        return float(next((one for one in _HEIGHTS if highest <= one), highest))
    return min(_round_up(max(highest, kind.least)), kind.most)


def _round_up(value: float) -> float:
    power = 10.0 ** (len(str(int(value))) - 1) if value >= 1 else 0.01
    while value > 10 * power:
        power *= 10
    return next(step * power for step in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if value <= step * power * 1.0001)
