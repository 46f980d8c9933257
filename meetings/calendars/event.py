"""What a calendar is told of a meeting."""

from dataclasses import dataclass, field
from datetime import datetime

from meetings.calendars.plan import Plan


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in a calendar; `status` is theirs of an invitation (RFC 5545, 3.2.12)."""

    email: str
    name: str = ""
    status: str = "NEEDS-ACTION"


@dataclass(frozen=True, slots=True)
class Deviation:
    """What holds of one occurrence against its rule, known by the moment `original`."""

    original: datetime
    starts_at: datetime
    ends_at: datetime
    title: str
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a calendar. `sequence` counts its changes, `changed_at` is the time of the last."""

    uid: str
    plan: Plan
    title: str
    description: str
    url: str
    sequence: int
    changed_at: datetime
    organiser: Person
    attendees: tuple[Person, ...] = ()
    deviations: tuple[Deviation, ...] = field(default=())
    cancelled: bool = False
