"""One time at which a meeting was: all of it, or what belongs to one of its occurrences."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
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

    def holds(self, moment: datetime) -> bool:
        """Whether what happened then belongs to it."""
        return (self.since is None or moment >= self.since) and (self.until is None or moment < self.until)

    @property
    def scheduled(self) -> Interval | None:
        """The time that was set for it."""
        if self.occurrence is None:
            return None
        return Interval(self.occurrence.starts_at, self.occurrence.ends_at)

    @property
    def as_query(self) -> str:
        """How addresses name it."""
        return "" if self.occurrence is None else f"?occurrence={self.occurrence.id}"


def sittings_of(meeting: Meeting) -> list[Sitting]:
    """The times at which the meeting was, is and will be, the first first; all of it in one where it was given none.
    What happened between two occurrences belongs to the nearer one.
    """
    planned = list(meeting.occurrences.filter(cancelled=False).order_by("starts_at"))
    if not planned:
        return [Sitting(meeting)]
    middles = [_middle(one.ends_at, after.starts_at) for one, after in pairwise(planned)]
    bounds = zip(planned, [None, *middles], [*middles, None], strict=True)
    return [Sitting(meeting, one, since, until) for one, since, until in bounds]


def has_begun(sitting: Sitting, now: datetime) -> bool:
    """Whether its time has come; that of a meeting without times has."""
    return sitting.occurrence is None or sitting.occurrence.starts_at <= now


def one_of(sittings: Sequence[Sitting], occurrence_id: UUID | None = None, now: datetime | None = None) -> Sitting:
    """The one of that occurrence, or the latest that has begun. Raises Refusal NOT_FOUND when it is none of these."""
    if occurrence_id is None:
        begun = [one for one in sittings if has_begun(one, now or timezone.now())]
        return begun[-1] if begun else sittings[0]
    for one in sittings:
        if one.occurrence is not None and one.occurrence.id == occurrence_id:
            return one
    raise Refusal("NOT_FOUND", "The meeting has no such occurrence.")


def _middle(one: datetime, other: datetime) -> datetime:
    return one + (other - one) / 2
