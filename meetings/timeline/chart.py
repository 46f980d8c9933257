"""Geometry of the charts: everybody's on one scale of time, and each kind of value on one scale for everybody."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from meetings.timeline import units
from meetings.timeline.person import Person
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
    Kind("Bitrate", 56, (("up", lambda one: one.up_kbps), ("down", lambda one: one.down_kbps)), units.bitrate, 500),
    Kind("Loss", 40, (("up", lambda one: one.up_loss), ("down", lambda one: one.down_loss)), units.percent, 0.05, 1),
    Kind("Round trip, jitter", 40, (("round trip", lambda one: one.rtt), ("jitter", lambda one: one.jitter)),
         units.milliseconds, 100, 5000),
    Kind("Picture height", 32, (("sent", lambda one: one.sent_height), ("largest seen", lambda one: one.seen_height)),
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
    return [_lane(kind, top, given, scales) for kind, top in zip(KINDS, scales.tops, strict=True)]


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


def speech(person: Person, scales: Scales, given: Sequence[Point]) -> list[tuple[float, float]]:
    """When somebody spoke for a good part of a stretch: from where and how wide, in percent."""
    found: list[tuple[float, float]] = []
    for one in given:
        if one.spoke_ms < scales.step * 100:
            continue
        left, right = scales.share(one.at - scales.step / 2), scales.share(one.at + scales.step / 2)
        if found and left - sum(found[-1]) < 0.05:
            found[-1] = (found[-1][0], round(right - found[-1][0], 2))
        else:
            found.append((left, round(right - left, 2)))
    return found


def _lane(kind: Kind, top: float, given: Sequence[Point], scales: Scales) -> Lane:
    made = tuple(
        Line(name, _path(pieces(given, value, scales.step), kind, top, scales), _said(kind, value, given))
        for name, value in kind.lines
    )
    return Lane(kind.title, kind.height, kind.words(top), made)


def _path(lines: Sequence[Sequence[tuple[float, float]]], kind: Kind, top: float, scales: Scales) -> str:
    """SVG's path data. A piece of one point is drawn as a short dash."""
    parts: list[str] = []
    for piece in lines:
        placed = [(scales.x(at), _y(value, top, kind)) for at, value in piece]
        parts.append(f"M{placed[0][0]:g} {placed[0][1]:g}")
        if len(placed) == 1:
            parts.append("h2")
        for x, y in placed[1:]:
            # Heights of pictures jump; they do not slope.
            parts.append(f"H{x:g}V{y:g}" if kind.steps else f"L{x:g} {y:g}")
    return "".join(parts)


def _y(value: float, top: float, kind: Kind) -> float:
    """How far from the upper edge; lines at either end of the scale stay within the chart."""
    return round(_EDGE + (kind.height - 2 * _EDGE) * (1 - min(value / top, 1.0)), 1)


def _said(kind: Kind, value: Value, given: Sequence[Point]) -> str:
    known = [height for one in given if (height := value(one)) is not None]
    if not known:
        return "not measured"
    return f"{kind.words(sum(known) / len(known))} on average, {kind.words(min(known))} to {kind.words(max(known))}"


def _top(kind: Kind, drawn: Sequence[Sequence[Point]]) -> float:
    highest = max(
        (height for given in drawn for one in given for _, value in kind.lines if (height := value(one)) is not None),
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
