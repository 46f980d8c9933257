"""From the events of an attempt to rows that can be drawn."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from meetings.timeline import units
from meetings.timeline.reading import Reading, reading_of
from meetings.trace.event import Event, Json
from meetings.trace.steps import STEPS
from meetings.waterfall.phases import TITLES, phases
from meetings.waterfall.spans import Span, spans
from meetings.waterfall.words import in_words

# Bars are drawn from 0 to this, in percent, whatever a phase lasts.
WIDTH = 100.0
SIDES = {"page": "Page", "web": "Web", "node": "Node"}
# Samples that stand under their row one by one.
MOST_SAMPLES = 120
# Seconds between ticks.
_STEPS = (
    *(base * power for power in (0.001, 0.01, 0.1, 1.0) for base in (1, 2, 5)),
    *(10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One event, or a run of samples. `offset` is in ms since the attempt's first event; `left`, `width` of WIDTH."""

    offset: int
    side: str
    told_by: str
    label: str
    outcome: str
    kind: str
    left: float
    width: float
    length: str
    data: tuple[tuple[str, str], ...]
    samples: tuple[str, ...] = ()

    @property
    def after(self) -> str:
        """The offset, with thin spaces between thousands."""
        return f"{self.offset:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


@dataclass(frozen=True, slots=True)
class Phase:
    """A part of the attempt with a scale of its own; ticks are where on it, and what is written there."""

    name: str
    title: str
    lasts: str
    ticks: tuple[tuple[float, str], ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Timed:
    """An event with what is worked out about it."""

    event: Event
    span: Span


def waterfall(events: Sequence[Event], names: Mapping[str, str], now: float) -> list[Phase]:
    """The phases there are. `events` are in the order of time; `now` is when the attempt ended, or else the time."""
    if not events:
        return []
    first = events[0].at
    timed = zip(phases(events), map(Timed, events, spans(events, now)), strict=True)
    # By name: an event that the page told late may stand a little out of turn.
    by_phase: dict[str, list[Timed]] = {}
    for name, one in timed:
        by_phase.setdefault(name, []).append(one)
    return [_phase(name, title, by_phase[name], first, names) for name, title in TITLES.items() if name in by_phase]


def _phase(name: str, title: str, timed: list[Timed], first: float, names: Mapping[str, str]) -> Phase:
    begins = timed[0].event.at
    ends = max(one.event.at for one in timed)
    # Bars that reach beyond the phase are cut at its end; those that never ended need room to be seen.
    length = max(ends - begins, 0.001)
    if any(one.span.kind == "open" for one in timed):
        length *= 1.05
    rows: list[Row] = []
    for sampled, run in groupby(timed, lambda one: one.event.step == "quality"):
        if sampled:
            rows.append(_samples(list(run), first, begins, length))
        else:
            rows.extend(_row(one, first, begins, length, names) for one in run)
    return Phase(name, title, units.milliseconds((ends - begins) * 1000), tuple(_ticks(length)), tuple(rows))


def _row(one: Timed, first: float, begins: float, length: float, names: Mapping[str, str]) -> Row:
    event, span = one.event, one.span
    step = STEPS.get((event.side, event.step))
    left, width = _place(span, begins, length)
    return Row(
        offset=round((event.at - first) * 1000),
        side=event.side,
        told_by=SIDES.get(event.side, event.side),
        label=step.label if step else event.step,
        outcome=event.outcome,
        kind=span.kind,
        left=left,
        width=width,
        length="" if span.kind == "moment" else units.milliseconds((span.ends - span.begins) * 1000),
        data=in_words(_besides(event.data, span), names),
    )


def _besides(data: Json, span: Span) -> Json:
    """What is not drawn already."""
    return {key: value for key, value in data.items() if key != "ms"} if span.kind == "took" else data


def _samples(run: list[Timed], first: float, begins: float, length: float) -> Row:
    readings = [reading_of(one.event) for one in run]
    earliest = min(readings[0].at - readings[0].seconds, readings[-1].at)
    span = Span(earliest, readings[-1].at, "took")
    left, width = _place(span, begins, length)
    shown = readings[:MOST_SAMPLES]
    said = [f"{units.seconds(one.at - first)}: {_sample_in_words(one)}" for one in shown]
    if len(readings) > len(shown):
        said.append(f"{len(readings) - len(shown)} more are in the export")
    return Row(
        offset=round((run[0].event.at - first) * 1000),
        side="page",
        told_by=SIDES["page"],
        label=units.counted(len(readings), "sample of quality", "samples of quality"),
        outcome="ok",
        kind="took",
        left=left,
        width=width,
        length=units.seconds(span.ends - span.begins),
        data=tuple(_ranges(readings)),
        samples=tuple(said),
    )


def _ranges(readings: Sequence[Reading]) -> Iterator[tuple[str, str]]:
    """Means of bitrates, and the worst of what should be small."""
    for called, values in (("up", [one.up_kbps for one in readings]), ("down", [one.down_kbps for one in readings])):
        known = [value for value in values if value is not None]
        if known:
            yield called, units.bitrate(sum(known) / len(known))
    worst_up = max((one.up_loss for one in readings if one.up_loss is not None), default=None)
    worst_down = max((one.down_loss for one in readings if one.down_loss is not None), default=None)
    rtt = max((one.rtt for one in readings if one.rtt is not None), default=None)
    frozen = sum(one.frozen_ms for one in readings)
    if worst_up is not None:
        yield "worst loss up", units.percent(worst_up)
    if worst_down is not None:
        yield "worst loss down", units.percent(worst_down)
    if rtt is not None:
        yield "longest round trip", units.milliseconds(rtt)
    if frozen:
        yield "pictures stood still", units.milliseconds(frozen)


def _sample_in_words(one: Reading) -> str:
    said = [
        f"{units.bitrate(one.up_kbps)} up" if one.up_kbps is not None else "",
        f"{units.bitrate(one.down_kbps)} down" if one.down_kbps is not None else "",
        f"{units.percent(one.up_loss)} lost up" if one.up_loss is not None else "",
        f"{units.percent(one.down_loss)} lost down" if one.down_loss is not None else "",
        f"round trip {units.milliseconds(one.rtt)}" if one.rtt is not None else "",
        f"stood still {units.milliseconds(one.frozen_ms)}" if one.frozen_ms else "",
    ]
    return ", ".join(part for part in said if part) or "nothing measured"


def _place(span: Span, begins: float, length: float) -> tuple[float, float]:
    """Where on the scale, cut where it leaves it."""
    left = min(max((span.begins - begins) / length, 0.0), 1.0)
    right = min(max((span.ends - begins) / length, 0.0), 1.0)
    return round(left * WIDTH, 2), round((right - left) * WIDTH, 2)


def _ticks(length: float) -> Iterator[tuple[float, str]]:
    """Round times, six at most besides the beginning."""
    step = next((one for one in _STEPS if length <= 6 * one), length)
    for count in range(int(length / step) + 1):
        yield round(count * step / length * WIDTH, 2), units.milliseconds(count * step * 1000)
