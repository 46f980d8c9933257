"""Stretches of time, and what stays say of people: pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from meetings.attendance.attendance import Attended, Stay, attendance_of
from meetings.attendance.intervals import Interval, merged, most_at_once, seconds_of, shared
from meetings.models import Participant

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
CLASS = Interval(NINE, NINE + timedelta(hours=1))


def between(since: float, until: float) -> Interval:
    """Minutes after nine."""
    return Interval(NINE + timedelta(minutes=since), NINE + timedelta(minutes=until))


def stay(
    person: str, since: float, until: float, *, role: str = "attendee", over: bool = True, spoke: float = 0
) -> Stay:
    return Stay(person, person.title(), Participant.Role(role), between(since, until), over=over, spoke_seconds=spoke)


def one(*stays: Stay, scheduled: Interval | None = None) -> Attended:
    return attendance_of(stays, scheduled).people[0]


def minutes(person: Attended) -> float:
    return person.seconds / 60


class TestIntervals:
    def test_what_overlaps_or_touches_is_one(self) -> None:
        told = [between(30, 40), between(0, 10), between(5, 20), between(20, 25)]
        assert merged(told) == [between(0, 25), between(30, 40)]

    def test_one_within_another(self) -> None:
        assert merged([between(0, 60), between(10, 20)]) == [between(0, 60)]

    def test_empty_and_backwards_ones_are_none(self) -> None:
        assert merged([between(5, 5), between(9, 3)]) == []
        assert seconds_of([between(9, 3)]) == 0

    def test_what_is_in_both(self) -> None:
        assert shared([between(0, 30), between(40, 50)], [between(20, 45)]) == [between(20, 30), between(40, 45)]
        assert shared([between(0, 10)], [between(10, 20)]) == []

    def test_one_that_ends_when_another_begins_is_over_by_then(self) -> None:
        assert most_at_once([between(0, 10), between(10, 20)]) == 1
        assert most_at_once([between(0, 11), between(10, 20), between(10.5, 10.6)]) == 3
        assert most_at_once([]) == 0

    @pytest.mark.parametrize(
        ("day", "hours"), [((2026, 10, 25), 3.0), ((2026, 3, 29), 1.0)], ids=["clocks back", "clocks forward"]
    )
    def test_across_a_change_of_the_clocks(self, day: tuple[int, int, int], hours: float) -> None:
        berlin = ZoneInfo("Europe/Berlin")
        night = Interval(datetime(*day, 1, 30, tzinfo=berlin), datetime(*day, 3, 30, tzinfo=berlin))
        assert night.seconds == hours * 3600
        assert seconds_of([night]) == hours * 3600

    def test_the_hour_that_comes_twice_is_two(self) -> None:
        berlin = ZoneInfo("Europe/Berlin")
        first = datetime(2026, 10, 25, 2, 30, tzinfo=berlin)
        assert seconds_of([Interval(first, first.replace(fold=1))]) == 3600


class TestAttendance:
    def test_two_windows_at_once_count_once(self) -> None:
        alice = one(stay("alice", 0, 40, spoke=120), stay("alice", 10, 50, spoke=60))
        assert (minutes(alice), len(alice.intervals), alice.share) == (50, 1, 1.0)
        assert alice.spoke_seconds == 180

    def test_coming_back(self) -> None:
        told = attendance_of([stay("host", 0, 60, role="host"), stay("bob", 5, 20), stay("bob", 30, 60)])
        bob = told.people[1]
        assert (minutes(bob), len(bob.intervals), bob.share) == (45, 2, 0.75)
        assert (bob.came_at, bob.left_at) == (between(5, 0).since, between(0, 60).until)
        assert told.most == 2, "Bob is one person, however often he comes"

    def test_under_a_second_window_the_same_person_is_one(self) -> None:
        assert attendance_of([stay("bob", 0, 20), stay("bob", 5, 30)]).most == 1

    def test_the_time_of_a_meeting_is_when_anybody_was_there(self) -> None:
        told = attendance_of([stay("alice", 0, 10), stay("bob", 50, 60)])
        assert told.seconds == 20 * 60
        assert [person.share for person in told.people] == [0.5, 0.5]
        assert told.people[0].late_seconds is None
        assert told.people[0].early_seconds is None

    def test_late_and_early(self) -> None:
        people = attendance_of([stay("host", -5, 61, role="host"), stay("bob", 12, 45)], CLASS).people
        assert [(person.late_seconds, person.early_seconds) for person in people] == [(0, 0), (12 * 60, 15 * 60)]
        assert [person.share for person in people] == [1.0, 33 / 60]
        assert minutes(people[0]) == 66, "all the time that she was there"

    def test_a_minute_is_nothing(self) -> None:
        people = attendance_of([stay("host", 0, 60), stay("bob", 1, 59)], CLASS).people
        assert [(person.late_seconds, person.early_seconds) for person in people] == [(0, 0), (0, 0)]

    def test_nobody_left_early_whose_host_ended_the_meeting_before_its_time(self) -> None:
        people = attendance_of([stay("host", 0, 50), stay("bob", 0, 50), stay("carol", 0, 30)], CLASS).people
        assert {person.name: person.early_seconds for person in people} == {"Host": 0, "Bob": 0, "Carol": 20 * 60}
        assert {person.name: person.share for person in people} == {"Host": 1.0, "Bob": 1.0, "Carol": 30 / 50}

    def test_whoever_is_there_has_not_left(self) -> None:
        bob = one(stay("bob", 0, 20, over=False), scheduled=CLASS)
        assert (bob.left_at, bob.is_there, bob.early_seconds) == (None, True, 0)

    def test_only_before_the_time(self) -> None:
        told = attendance_of([stay("bob", -30, -10)], CLASS)
        assert [(person.share, person.late_seconds) for person in told.people] == [(0.0, 0.0)]

    def test_who_came_at_once_stands_in_the_order_of_names(self) -> None:
        people = attendance_of([stay("carol", 0, 9), stay("bob", 0, 9), stay("alice", 1, 9)]).people
        assert [person.name for person in people] == ["Bob", "Carol", "Alice"]

    def test_nobody(self) -> None:
        assert attendance_of([], CLASS).people == []
        assert attendance_of([stay("bob", 3, 3)]).people == [], "gone in the moment of coming"

    def test_the_last_name_and_the_highest_role(self) -> None:
        bob = Stay("b", "Bob", Participant.Role.GUEST, between(0, 5))
        robert = Stay("b", "Robert", Participant.Role.ATTENDEE, between(20, 30))
        assert (one(bob, robert).name, one(robert, bob).role) == ("Robert", "attendee")

    def test_nobody_spoke_for_longer_than_they_were_there(self) -> None:
        assert one(stay("bob", 0, 1, spoke=600)).spoke_seconds == 60
