"""Stretches of a call in which something was wrong, and what it was."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from meetings.timeline.reading import Reading
from meetings.verdicts.blame import FROZEN, LOSS

# `frozen`: pictures stood still. `lossy-up`, `lossy-down`: packets were lost. `late`: they came unevenly. `slow`: the
# computer could not keep up with encoding. `lost`: there were no media at all.
Kind = Literal["frozen", "lossy-up", "lossy-down", "late", "slow", "lost"]


@dataclass(frozen=True, slots=True)
class Stretch:
    """From when to when, in seconds since the epoch, and the samples of the one who was hit in that time.

    `amount` is in ms of standstill for `frozen`, the worst loss for `lossy-…`, the worst jitter in ms for `late`, and
    otherwise seconds.
    """

    kind: Kind
    begins: float
    ends: float
    amount: float
    readings: tuple[Reading, ...] = ()


def stretches(readings: Sequence[Reading]) -> list[Stretch]:
    """All that samples tell, in the order of time. What came poorly in a stretch is told once, by its worst effect."""
    poor = [_told(run) for run in _runs(readings, _is_poor)]
    lossy = [_stretch("lossy-up", run, max(one.up_loss or 0.0 for one in run)) for run in _runs(readings, _loses_up)]
    slow = [_stretch("slow", run, sum(one.seconds for one in run)) for run in _runs(readings, _is_slow)]
    return sorted([*poor, *lossy, *slow], key=lambda one: one.begins)


def _runs(readings: Sequence[Reading], is_bad: Callable[[Reading], bool]) -> Iterator[list[Reading]]:
    """Bad samples one after another; a single good one between two bad ones does not end a run."""
    run: list[Reading] = []
    for reading in readings:
        if not is_bad(reading):
            continue
        if run and reading.began - run[-1].at > 1.5 * reading.seconds:
            yield run
            run = []
        run.append(reading)
    if run:
        yield run


def _told(run: list[Reading]) -> Stretch:
    """The worst effect of what came poorly."""
    if any(_is_frozen(one) for one in run):
        return _stretch("frozen", run, sum(one.frozen_ms for one in run))
    loss = max(one.stream_loss for one in run)
    if loss >= LOSS:
        return _stretch("lossy-down", run, loss)
    return _stretch("late", run, max(one.stream_jitter for one in run))


def _stretch(kind: Kind, run: Sequence[Reading], amount: float) -> Stretch:
    return Stretch(kind, run[0].began, run[-1].at, amount, tuple(run))


def _is_poor(one: Reading) -> bool:
    return one.poor


def _is_frozen(one: Reading) -> bool:
    return one.frozen_ms >= FROZEN * one.seconds * 1000


def _loses_up(one: Reading) -> bool:
    return (one.up_loss or 0.0) >= LOSS


def _is_slow(one: Reading) -> bool:
    return one.limited == "cpu"
