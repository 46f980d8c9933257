"""Stretches of time. Pure.

Times are compared and subtracted in UTC: two of one time zone would be subtracted as clocks on the wall show them,
which is an hour wrong across a change of the clocks.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple


class Interval(NamedTuple):
    """From `since` (with it) to `until` (without it)."""

    since: datetime
    until: datetime

    @property
    def seconds(self) -> float:
        """How long it is."""
        return max(0.0, (self.until.astimezone(UTC) - self.since.astimezone(UTC)).total_seconds())


def merged(intervals: Iterable[Interval]) -> list[Interval]:
    """The same time in the fewest intervals, in order: those that overlap or touch are one. Empty ones are left out."""
    found: list[Interval] = []
    for one in sorted(_in_utc(intervals)):
        if found and one.since <= found[-1].until:
            found[-1] = Interval(found[-1].since, max(found[-1].until, one.until))
        else:
            found.append(one)
    return found


def shared(some: Iterable[Interval], others: Iterable[Interval]) -> list[Interval]:
    """The time that is in both."""
    both = (Interval(max(a.since, b.since), min(a.until, b.until)) for a in merged(some) for b in merged(others))
    return merged(both)


def seconds_of(intervals: Iterable[Interval]) -> float:
    """How long they are together; what is in several of them counts once."""
    return sum(one.seconds for one in merged(intervals))


def most_at_once(intervals: Iterable[Interval]) -> int:
    """How many of them there are at most at one moment. One that ends when another begins is over by then."""
    changes = [change for one in _in_utc(intervals) for change in ((one.since, 1), (one.until, -1))]
    most = there = 0
    for _, change in sorted(changes):
        there += change
        most = max(most, there)
    return most


def _in_utc(intervals: Iterable[Interval]) -> list[Interval]:
    told = (Interval(one.since.astimezone(UTC), one.until.astimezone(UTC)) for one in intervals)
    return [one for one in told if one.until > one.since]
