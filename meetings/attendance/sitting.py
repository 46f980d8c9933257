"""One time at which a meeting was: all of it, or what belongs to one of its occurrences."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from meetings.attendance.intervals import Interval
from meetings.models import Meeting, Occurrence
from meetings.protocol.codes import Refusal


@dataclass(frozen=True, slots=True)
class Sitting:
    """What happened from `since` to `until` (None: without a bound) belongs to it."""

    meeting: Meeting
    occurrence: Occurrence | None = None
    since: datetime | None = None
    until: datetime | None = None

    def during(self, when: str) -> Q:
        """Rows of which the field `when` is in it."""
        bounds: dict[str, Any] = {f"{when}__gte": self.since, f"{when}__lt": self.until}
        return Q(**{lookup: bound for lookup, bound in bounds.items() if bound is not None})

    @property
    def scheduled(self) -> Interval | None:
        """The time that was set for it."""
        if self.occurrence is None:
            return None
        return Interval(self.occurrence.starts_at, self.occurrence.ends_at)


def occurrences_begun(meeting: Meeting, now: datetime | None = None) -> list[Occurrence]:
    """The times at which the meeting was or is, the first first."""
    return list(_occurrences(meeting).filter(starts_at__lte=now or timezone.now()))


def sitting_of(meeting: Meeting, occurrence_id: UUID | None = None, now: datetime | None = None) -> Sitting:
    """The occurrence of that id, or the latest that has begun; all of the meeting where it has none. What happened
    between two occurrences belongs to the nearer one. Raises Refusal NOT_FOUND when it has no such occurrence.
    """
    planned = list(_occurrences(meeting))
    begun = [one for one in planned if one.starts_at <= (now or timezone.now())]
    if occurrence_id is None:
        if not planned:
            return Sitting(meeting)
        place = max(0, len(begun) - 1)
    else:
        found = [place for place, one in enumerate(planned) if one.id == occurrence_id]
        if not found:
            raise Refusal("NOT_FOUND", "The meeting has no such occurrence.")
        place = found[0]
    before, after = planned[:place][-1:], planned[place + 1 :][:1]
    mine = planned[place]
    return Sitting(
        meeting,
        mine,
        since=_middle(before[0].ends_at, mine.starts_at) if before else None,
        until=_middle(mine.ends_at, after[0].starts_at) if after else None,
    )


def _occurrences(meeting: Meeting) -> Any:
    return meeting.occurrences.filter(cancelled=False).order_by("starts_at")


def _middle(one: datetime, other: datetime) -> datetime:
    return one + (other - one) / 2
