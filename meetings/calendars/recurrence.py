"""When a meeting comes again, by RFC 5545 (3.3.10): rules are read, kept within bounds, and spread out into times.

A rule counts in the wall time of one time zone, so that a class at nine stays at nine across daylight saving.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import islice
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from dateutil.rrule import rrule, rrulestr

# What a calendar may hold of one meeting, and how far it is looked ahead where a rule has no end.
MOST_OCCURRENCES: Final = 500
LONGEST_RULE: Final = 300
AHEAD: Final = timedelta(days=400)
_FREQUENCIES: Final = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
_DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_PARTS: Final = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST"})


class BadRule(ValueError):
    """A rule that is none, or none that we keep. The text says why."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """`rule` is the value of an RRULE whose UNTIL, if any, is wall time; empty for once. `first` is the wall time of
    the first occurrence in `zone`.
    """

    first: datetime
    zone: ZoneInfo
    rule: str = ""

    def times(self, until: datetime) -> Iterator[datetime]:
        """When it begins, in UTC and in order, up to the moment `until`, and never more than MOST_OCCURRENCES."""
        # A day more, as wall time is behind or before.
        last = until.astimezone(self.zone).replace(tzinfo=None) + timedelta(days=1)
        for local in islice(self._wall_times(last), MOST_OCCURRENCES):
            moment = in_utc(local, self.zone)
            if moment > until:
                return
            yield moment

    @property
    def ends(self) -> datetime | None:
        """The wall time after which the rule makes no more; None where it says nothing of that."""
        for part in self.rule.split(";"):
            if part.startswith("UNTIL="):
                return datetime.strptime(part.removeprefix("UNTIL="), "%Y%m%dT%H%M%S")
        return None

    def ended_before(self, moment: datetime) -> "Pattern":
        """The same up to that moment, without what begins then."""
        last = moment.astimezone(self.zone).replace(tzinfo=None) - timedelta(seconds=1)
        parts = [part for part in self.rule.split(";") if not part.startswith(("COUNT=", "UNTIL="))]
        return Pattern(self.first, self.zone, ";".join([*parts, f"UNTIL={last:%Y%m%dT%H%M%S}"]))

    def going_on(self, original: datetime, first: datetime) -> "Pattern":
        """The same from the occurrence that begins at the moment `original` on, which begins at the wall time `first`
        instead: on the days that go with it, and as often as was left.
        """
        before = [moment for moment in self.times(original) if moment < original]
        parts = dict(part.split("=", 1) for part in self.rule.split(";") if part)
        if "COUNT" in parts:
            parts["COUNT"] = str(max(1, int(parts["COUNT"]) - len(before)))
        was = original.astimezone(self.zone)
        if first.date() != was.date():
            if parts.get("BYDAY") == _DAYS[was.weekday()]:
                parts["BYDAY"] = _DAYS[first.weekday()]
            elif "BYMONTHDAY" in parts or parts.get("BYDAY", "").endswith(_DAYS[was.weekday()]):
                parts.pop("BYMONTHDAY", None)
                parts.pop("BYDAY", None)
        if self.ends is not None and self.ends.time() == self.first.time():
            parts["UNTIL"] = f"{datetime.combine(self.ends.date(), first.time()):%Y%m%dT%H%M%S}"
        return Pattern(first, self.zone, ";".join(f"{name}={value}" for name, value in parts.items()))

    def _wall_times(self, last: datetime) -> Iterator[datetime]:
        # The first is one whatever the rule says (3.8.5.3).
        yield self.first
        if not self.rule:
            return
        parts = dict(part.split("=", 1) for part in self.rule.split(";"))
        count = parts.pop("COUNT", None)
        rule = rrulestr(";".join(f"{name}={value}" for name, value in parts.items()), dtstart=self.first)
        assert isinstance(rule, rrule)
        ends = last if self.ends is None else min(self.ends, last)
        more = (one for one in rule.replace(until=ends) if one != self.first)
        yield from more if count is None else islice(more, int(count) - 1)


def read_rule(text: str) -> str:
    """An RRULE's value in one spelling. Raises BadRule."""
    if len(text) > LONGEST_RULE:
        raise BadRule("The rule is too long.")
    parts: dict[str, str] = {}
    for part in text.strip().upper().removeprefix("RRULE:").strip(";").split(";"):
        name, _, value = part.partition("=")
        if name in parts or name not in _PARTS or not value:
            raise BadRule(f"{part[:40]!r} is no part of a rule that we keep.")
        parts[name] = value
    if parts.get("FREQ") not in _FREQUENCIES:
        raise BadRule("FREQ must be DAILY, WEEKLY, MONTHLY or YEARLY.")
    if "COUNT" in parts and "UNTIL" in parts:
        raise BadRule("COUNT and UNTIL must not stand in one rule.")
    for name, most in (("INTERVAL", 99), ("COUNT", MOST_OCCURRENCES)):
        if name in parts and not (parts[name].isascii() and parts[name].isdigit() and 1 <= int(parts[name]) <= most):
            raise BadRule(f"{name} must be a number from 1 to {most}.")
    if "UNTIL" in parts:
        parts["UNTIL"] = _until(parts["UNTIL"])
    _check_that_days_fit(parts)
    rule = ";".join(f"{name}={value}" for name, value in parts.items())
    try:
        rrulestr(rule, dtstart=datetime(2026, 1, 1))
    except (ValueError, TypeError, KeyError, IndexError, AttributeError):
        raise BadRule("The rule cannot be read.") from None
    return rule


def _check_that_days_fit(parts: dict[str, str]) -> None:
    """Refuse what no day fits, or hardly any: spreading it out would go through thousands of years."""
    frequency, interval = parts["FREQ"], parts.get("INTERVAL", "1")
    months, days, weekdays = (_numbers(parts, name) for name in ("BYMONTH", "BYMONTHDAY", "BYDAY"))
    by = {name for name in ("BYMONTH", "BYMONTHDAY", "BYDAY") if name in parts}
    if by and frequency == "DAILY" and interval != "1":
        raise BadRule("A rule of every so many days has no further conditions.")
    if "BYMONTH" in by and frequency == "MONTHLY" and interval != "1":
        raise BadRule("A rule of every so many months names none.")
    if any(abs(place) > 5 for place in weekdays):
        raise BadRule("There are at most five of a weekday in a month.")
    if any(weekdays) and (frequency not in ("MONTHLY", "YEARLY") or "BYSETPOS" in parts or "BYMONTHDAY" in by):
        raise BadRule("A weekday is counted in months and years, and then alone.")
    places = _numbers(parts, "BYSETPOS")
    if places and (frequency not in ("MONTHLY", "YEARLY") or "BYDAY" not in by or "BYMONTHDAY" in by):
        raise BadRule("BYSETPOS chooses among the weekdays of a month or a year.")
    if any(not 1 <= abs(place) <= 4 for place in places):
        raise BadRule("BYSETPOS must be from 1 to 4, or from -4 to -1.")
    longest = max((_LONGEST[month - 1] for month in months), default=31)
    if days and not any(1 <= abs(day) <= longest for day in days):
        raise BadRule("No month has such a day.")


# February in leap years.
_LONGEST: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _numbers(parts: dict[str, str], name: str) -> list[int]:
    """The numbers of a part; of weekdays which of them, 0 for each."""
    try:
        numbers = [int(one.rstrip("MOTUWEHFRSA") or "0") for one in parts[name].split(",")] if name in parts else []
    except ValueError:
        raise BadRule(f"{name} cannot be read.") from None
    if name == "BYMONTH" and any(not 1 <= month <= 12 for month in numbers):
        raise BadRule("BYMONTH must be from 1 to 12.")
    return numbers


def _until(text: str) -> str:
    for form, at in (("%Y%m%dT%H%M%S", timedelta()), ("%Y%m%d", timedelta(days=1, seconds=-1))):
        try:
            moment = datetime.strptime(text.removesuffix("Z"), form) + at
        except (ValueError, OverflowError):
            continue
        return f"{moment:%Y%m%dT%H%M%S}"
    raise BadRule("UNTIL must be a day or a time, such as 20270131 or 20270131T090000.")


def zone_of(name: str) -> ZoneInfo:
    """A time zone of the tz database. Raises BadRule."""
    if name not in _zones():
        raise BadRule(f"{name[:64]!r} is no time zone.")
    return ZoneInfo(name)


def in_utc(local: datetime, zone: ZoneInfo) -> datetime:
    """The moment of a wall time. One that is skipped by daylight saving is as long after the change as it would have
    been; of one that comes twice it is the first (RFC 5545, 3.3.5).
    """
    return local.replace(tzinfo=zone, fold=0).astimezone(UTC)


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
