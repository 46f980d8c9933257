"""When a meeting comes again."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meetings.calendars.recurrence import MOST_OCCURRENCES, BadRule, Pattern, in_utc, read_rule, zone_of

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
LATER = datetime(2030, 1, 1, tzinfo=UTC)


def locals_of(pattern: Pattern, until: datetime = LATER) -> list[str]:
    return [moment.astimezone(pattern.zone).strftime("%Y-%m-%d %H:%M") for moment in pattern.times(until)]


def test_once() -> None:
    assert locals_of(Pattern(datetime(2026, 12, 1, 9), BERLIN)) == ["2026-12-01 09:00"]


def test_a_weekly_class_stays_at_nine_across_daylight_saving() -> None:
    pattern = Pattern(datetime(2026, 10, 19, 9), BERLIN, "FREQ=WEEKLY;COUNT=3")
    assert locals_of(pattern) == ["2026-10-19 09:00", "2026-10-26 09:00", "2026-11-02 09:00"]
    assert [moment.hour for moment in pattern.times(LATER)] == [7, 8, 8]


def test_a_time_that_daylight_saving_skips_is_after_the_change() -> None:
    pattern = Pattern(datetime(2026, 3, 28, 2, 30), BERLIN, "FREQ=DAILY;COUNT=3")
    assert locals_of(pattern) == ["2026-03-28 02:30", "2026-03-29 03:30", "2026-03-30 02:30"]


def test_a_time_that_comes_twice_is_the_first() -> None:
    assert in_utc(datetime(2026, 10, 25, 2, 30), BERLIN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_the_end_is_in_wall_time() -> None:
    pattern = Pattern(datetime(2026, 12, 7, 20), NEW_YORK, "FREQ=WEEKLY;UNTIL=20261221T200000")
    assert len(locals_of(pattern)) == 3


def test_the_first_is_one_whatever_the_rule_says() -> None:
    tuesday = Pattern(datetime(2026, 12, 1, 9), BERLIN, "FREQ=WEEKLY;BYDAY=MO;COUNT=3")
    assert locals_of(tuesday) == ["2026-12-01 09:00", "2026-12-07 09:00", "2026-12-14 09:00"]


def test_the_last_friday_and_the_end_of_short_months() -> None:
    fridays = Pattern(datetime(2026, 1, 30, 9), BERLIN, "FREQ=MONTHLY;BYDAY=-1FR;COUNT=3")
    assert locals_of(fridays) == ["2026-01-30 09:00", "2026-02-27 09:00", "2026-03-27 09:00"]
    thirty_firsts = Pattern(datetime(2026, 1, 31, 9), BERLIN, "FREQ=MONTHLY;COUNT=3")
    assert locals_of(thirty_firsts) == ["2026-01-31 09:00", "2026-03-31 09:00", "2026-05-31 09:00"]


def test_it_ends_before_a_moment() -> None:
    pattern = Pattern(datetime(2026, 10, 19, 9), BERLIN, "FREQ=WEEKLY;COUNT=9")
    third = list(pattern.times(LATER))[2]
    assert locals_of(pattern.ended_before(third)) == locals_of(pattern)[:2]


def test_without_an_end_it_is_bounded() -> None:
    daily = Pattern(datetime(2026, 1, 1, 9), BERLIN, "FREQ=DAILY")
    assert len(locals_of(daily, LATER)) == MOST_OCCURRENCES
    assert len(locals_of(daily, datetime(2026, 1, 10, 8, tzinfo=UTC))) == 10


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31",
        "FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=2,4;COUNT=9",
        "FREQ=WEEKLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;INTERVAL=7;BYDAY=TU",
        "FREQ=MONTHLY;INTERVAL=12;BYMONTH=2",
        "FREQ=MONTHLY;BYDAY=6MO",
        "FREQ=WEEKLY;BYDAY=1MO",
        "FREQ=MONTHLY;BYDAY=1MO;BYSETPOS=2",
        "FREQ=MONTHLY;BYMONTHDAY=1;BYSETPOS=2",
        "FREQ=WEEKLY;BYDAY=MO;BYSETPOS=2",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=5",
        "FREQ=MONTHLY;BYMONTHDAY=0",
        "FREQ=YEARLY;BYMONTH=13",
        "FREQ=YEARLY;BYMONTH=two",
    ],
)
def test_malice_a_rule_that_no_day_fits_would_be_looked_for_for_ever(rule: str) -> None:
    with pytest.raises(BadRule):
        read_rule(rule)


DAY = st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"])


@settings(max_examples=100, deadline=5000)
@given(
    first=st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1)),
    frequency=st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]),
    parts=st.fixed_dictionaries(
        {},
        optional={
            "INTERVAL": st.integers(1, 99).map(str),
            "BYMONTH": st.integers(1, 12).map(str),
            "BYMONTHDAY": st.integers(-31, 31).map(str),
            "BYDAY": st.tuples(st.sampled_from(["", "1", "-1", "5", "-5"]), DAY).map("".join),
            "BYSETPOS": st.integers(-5, 5).map(str),
        },
    ),
)
def test_malice_whatever_is_taken_is_spread_out_soon(first: datetime, frequency: str, parts: dict[str, str]) -> None:
    text = ";".join([f"FREQ={frequency}", *(f"{name}={value}" for name, value in parts.items())])
    try:
        rule = read_rule(text)
    except BadRule:
        return
    assert len(locals_of(Pattern(first.replace(second=0, microsecond=0), BERLIN, rule), LATER)) >= 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "FREQ=SECONDLY",
        "FREQ=HOURLY",
        "INTERVAL=2",
        "FREQ=DAILY;FREQ=DAILY",
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;COUNT=501",
        "FREQ=DAILY;COUNT=-1",
        "FREQ=DAILY;INTERVAL=1000",
        "FREQ=DAILY;INTERVAL=٣",
        "FREQ=DAILY;COUNT=3;UNTIL=20270101T000000",
        "FREQ=DAILY;UNTIL=yesterday",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=DAILY;BYHOUR=1,2,3",
        "FREQ=DAILY;DTSTART=20260101",
        "FREQ=MONTHLY;BYDAY=" + "1MO," * 90,
        "FREQ=DAILY\r\nATTENDEE:mailto:eve@example.org",
    ],
)
def test_rules_that_are_refused(text: str) -> None:
    with pytest.raises(BadRule):
        read_rule(text)


def test_a_rule_in_one_spelling() -> None:
    assert read_rule("rrule:freq=weekly;byday=mo,we;until=20270101T090000Z") == (
        "FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20270101T090000"
    )


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../../etc/passwd", "Europe/Berlin\0"])
def test_zones_that_are_refused(name: str) -> None:
    with pytest.raises(BadRule):
        zone_of(name)


@settings(max_examples=200, deadline=None)
@given(
    first=st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1)),
    zone=st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"]),
    frequency=st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]),
    interval=st.integers(1, 5),
    count=st.integers(1, 40),
)
def test_times_rise_and_keep_the_hour(first: datetime, zone: str, frequency: str, interval: int, count: int) -> None:
    first = first.replace(second=0, microsecond=0)
    rule = read_rule(f"FREQ={frequency};INTERVAL={interval};COUNT={count}")
    pattern = Pattern(first, zone_of(zone), rule)
    times = list(pattern.times(datetime(2300, 1, 1, tzinfo=UTC)))
    assert len(times) == count
    assert all(one < other for one, other in pairwise(times))
    told = {moment.astimezone(pattern.zone).strftime("%H:%M") for moment in times}
    # An hour that daylight saving skips is told as the one after it.
    assert len(told) <= 2
