"""What somebody plans: when a meeting is, for how long, and how often."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from meetings.calendars.recurrence import BadRule, Pattern, read_rule, zone_of

LONGEST_MINUTES: Final = 7 * 24 * 60


@dataclass(frozen=True, slots=True)
class Plan:
    """A pattern of beginnings, and how long each occurrence takes."""

    pattern: Pattern
    minutes: int

    @property
    def length(self) -> timedelta:
        """How long each takes."""
        return timedelta(minutes=self.minutes)


def read_plan(first: datetime, zone: str, minutes: int, rule: str = "") -> Plan:
    """A plan from wall time, a zone of the tz database, minutes and an RRULE. Raises BadRule."""
    if not 1 <= minutes <= LONGEST_MINUTES:
        raise BadRule(f"A meeting takes from 1 minute to {LONGEST_MINUTES // 60} hours.")
    if not 2000 <= first.year <= 2200:
        raise BadRule("That day is too far away.")
    first = first.replace(tzinfo=None, second=0, microsecond=0)
    return Plan(Pattern(first, zone_of(zone), read_rule(rule) if rule else ""), minutes)
