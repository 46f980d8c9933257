"""Attendance: what the stays of a meeting say of each person. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from meetings.attendance.intervals import Interval, merged, most_at_once, seconds_of, shared
from meetings.models import Participant

# Whoever comes or goes within so many seconds of the time is on time.
PUNCTUAL_SECONDS: Final = 60.0
_BY_RANK: Final = list(Participant.Role)


@dataclass(frozen=True, slots=True)
class Stay:
    """One stay of the person known by `person`, who was there in `time`; `over` when they are there no more."""

    person: str
    name: str
    role: Participant.Role
    time: Interval
    over: bool = True
    spoke_seconds: float = 0.0
    user_id: int | None = None


@dataclass(frozen=True, slots=True)
class Attended:
    """One person, all their stays together, under the name and in the highest role that they had last and at all.

    `share` is that of the meeting's time, from 0 to 1. `late_seconds` and `early_seconds` are None where no time was
    set, 0 where they were punctual.
    """

    person: str
    name: str
    role: Participant.Role
    user_id: int | None
    intervals: list[Interval]
    is_there: bool
    seconds: float
    share: float
    spoke_seconds: float
    late_seconds: float | None
    early_seconds: float | None

    @property
    def came_at(self) -> datetime:
        """When they came first."""
        return self.intervals[0].since

    @property
    def left_at(self) -> datetime | None:
        """When they left last; None while they are there."""
        return None if self.is_there else self.intervals[-1].until


@dataclass(frozen=True, slots=True)
class Attendance:
    """A meeting's: `seconds` is how long it was, `most` how many people were there at most at once."""

    people: list[Attended]
    seconds: float
    most: int


def attendance_of(stays: Iterable[Stay], scheduled: Interval | None = None) -> Attendance:
    """What these stays say of each person, whoever came first first, and by name who came at once.

    The meeting's time is that in which anybody was there; with a schedule, its time, up to when the last person went if
    that was before its end. So nobody left early whose host ended the meeting before.
    """
    by_person: dict[str, list[Stay]] = {}
    for stay in sorted(stays, key=lambda one: one.time.since):
        by_person.setdefault(stay.person, []).append(stay)
    there = {person: merged(one.time for one in theirs) for person, theirs in by_person.items()}
    time = _time_of(there.values(), scheduled)
    people = [
        _attended(person, theirs, there[person], time, scheduled=scheduled is not None)
        for person, theirs in by_person.items()
        # Whoever went in the moment in which they came was not there.
        if there[person]
    ]
    return Attendance(
        people=sorted(people, key=lambda one: (one.came_at, one.name.casefold())),
        seconds=seconds_of(time),
        most=most_at_once(one for intervals in there.values() for one in intervals),
    )


def _time_of(there: Iterable[list[Interval]], scheduled: Interval | None) -> list[Interval]:
    anybody = merged(one for intervals in there for one in intervals)
    if scheduled is None or not anybody:
        return anybody
    return merged([Interval(scheduled.since, min(scheduled.until, anybody[-1].until))])


def _attended(
    person: str, stays: Sequence[Stay], there: list[Interval], time: list[Interval], *, scheduled: bool
) -> Attended:
    seconds, whole = seconds_of(there), seconds_of(time)
    is_there = not all(one.over for one in stays)
    late = early = None
    if scheduled:
        late = early = 0.0
        if time:
            late = _beyond(time[0].since, there[0].since)
            early = 0.0 if is_there else _beyond(there[-1].until, time[-1].until)
    return Attended(
        person=person,
        name=stays[-1].name,
        role=min((one.role for one in stays), key=_BY_RANK.index),
        user_id=stays[-1].user_id,
        intervals=there,
        is_there=is_there,
        seconds=seconds,
        share=seconds_of(shared(there, time)) / whole if whole else 0.0,
        # Two windows of one person hear the same voice.
        spoke_seconds=min(seconds, sum(one.spoke_seconds for one in stays)),
        late_seconds=late,
        early_seconds=early,
    )


def _beyond(expected: datetime, real: datetime) -> float:
    seconds = Interval(expected, real).seconds
    return seconds if seconds > PUNCTUAL_SECONDS else 0.0
