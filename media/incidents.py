"""Incidents, written down: what failed, whom it hit, and how long each one's picture stood still.

Everything here is done in a thread with a database, and merges: several processes may tell of the same incident, and
pages tell of their gaps before and after it is over.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from media.models import Incident

Json = dict[str, Any]
Kind = Incident.Kind

# A page's gap belongs to an incident of this participant's that was not over when it began, or that was noticed after
# it: a hung worker is noticed after three seconds, a dead web process when another one looks.
OVER = timedelta(seconds=2)
LONGEST = timedelta(seconds=60)
AFTER = timedelta(seconds=60)
# What somebody hardly saw, and what nothing of ours had a part in, is not kept.
WORTH_KEEPING_MS = 1000
MOST_PARTICIPANTS = 2000
# What a single page tells of: two of those are two.
OF_ONE_PAGE = (Kind.NETWORK_LOST, Kind.PATH_LOST, Kind.ADDRESS_CHANGED, Kind.SOCKET_LOST)


@dataclass(frozen=True, slots=True)
class Report:
    """An incident, as far as whoever tells of it knows."""

    id: UUID
    kind: str
    began_at: datetime
    ended_at: datetime | None = None
    node: str = ""
    worker: int | None = None
    meetings: Iterable[str] = ()
    participants: Iterable[str] = ()
    details: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Gap:
    """What a page tells: `kind` is what it looked like from there, `incident` is what it was told to be hit by."""

    meeting: str
    participant: str
    kind: str
    milliseconds: int
    began_at: datetime
    incident: UUID | None = None
    details: Json = field(default_factory=dict)


def record(report: Report) -> None:
    """Write an incident, or add to the one of this id what is not known of it yet."""
    with transaction.atomic():
        incident, _ = Incident.objects.select_for_update().get_or_create(
            id=report.id, defaults={"kind": report.kind, "began_at": report.began_at}
        )
        incident.kind = report.kind
        incident.node = report.node or incident.node
        incident.worker = incident.worker if report.worker is None else report.worker
        incident.began_at = min(incident.began_at, report.began_at)
        incident.ended_at = report.ended_at or incident.ended_at
        incident.meetings = _union(incident.meetings, report.meetings)
        incident.participants = _union(incident.participants, report.participants)
        incident.details = {**incident.details, **report.details}
        incident.save()


def purge(older_than: timedelta) -> int:
    """Delete the incidents that began longer ago than this. How many."""
    deleted, _ = Incident.objects.filter(began_at__lt=timezone.now() - older_than).delete()
    return deleted


def is_known(incident: UUID) -> bool:
    """Whether somebody wrote this one down already."""
    return Incident.objects.filter(id=incident).exists()


def record_gap(gap: Gap) -> UUID | None:
    """Write down a page's gap with the incident that caused it; as one of its own when there is none, and it is worth
    it. The incident, if there is one now.
    """
    with transaction.atomic():
        incident = _cause_of(gap)
        if incident is None:
            if gap.milliseconds < WORTH_KEEPING_MS and gap.kind != Kind.ADDRESS_CHANGED:
                return None
            incident = Incident(
                id=uuid4(),
                kind=gap.kind,
                began_at=gap.began_at,
                ended_at=gap.began_at + timedelta(milliseconds=gap.milliseconds),
                meetings=[gap.meeting],
                participants=[gap.participant],
                details=gap.details,
            )
        before = incident.gaps.get(gap.participant, 0)
        incident.gaps = {**incident.gaps, gap.participant: max(before, gap.milliseconds)}
        incident.participants = _union(incident.participants, [gap.participant])
        incident.save()
    return incident.id


def _cause_of(gap: Gap) -> Incident | None:
    """The incident that a page was told of; else the newest that hit this participant around that time."""
    locked = Incident.objects.select_for_update()
    if gap.incident is not None and (told := locked.filter(id=gap.incident).first()) is not None:
        # Ids of incidents are secret to those who were hit, and to meetings that were.
        return told if gap.meeting in told.meetings else None
    ended = gap.began_at + timedelta(milliseconds=gap.milliseconds)
    lasts = Q(ended_at=None, began_at__gte=gap.began_at - LONGEST) | Q(ended_at__gte=gap.began_at - OVER)
    around = locked.exclude(kind__in=OF_ONE_PAGE).filter(lasts, began_at__lte=min(ended + AFTER, timezone.now()))
    return next((one for one in around.order_by("-began_at") if gap.participant in one.participants), None)


def _union(known: list[str], more: Iterable[str]) -> list[str]:
    return list(dict.fromkeys([*known, *more]))[:MOST_PARTICIPANTS]
