"""Planning a meeting: once, again and again, this one, those that follow, all."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db.models import F
from django.utils import timezone

from meetings import access
from meetings.actions import change
from meetings.actions.end import end_meeting
from meetings.actions.start import start_meeting
from meetings.calendars.recurrence import AHEAD
from meetings.identity import Person
from meetings.models import Meeting, MeetingEvent, Occurrence, Schedule
from meetings.planning.extend import extend_meeting
from meetings.planning.passing import pass_time
from meetings.planning.plan import (
    cancel_following,
    cancel_occurrence,
    move_occurrence,
    plan_following,
    plan_meeting,
    restore_occurrence,
)
from meetings.protocol.codes import Refusal

from .conftest import once, told, weekly

HOUR = timedelta(hours=1)


def occurrences(meeting: Meeting) -> list[Occurrence]:
    return list(meeting.occurrences.all())


def test_a_weekly_class_shows_the_next_one(meeting: Meeting, alice: Person) -> None:
    plan_meeting(meeting.id, weekly(), by=alice)
    assert told(meeting) == ["Mon 09:00"] * 4
    meeting.refresh_from_db()
    first = occurrences(meeting)[0]
    assert (meeting.starts_at, meeting.ends_at) == (first.starts_at, first.starts_at + HOUR)
    assert MeetingEvent.objects.filter(meeting=meeting, step="planned").count() == 1


def test_only_hosts_plan(meeting: Meeting, bob: Person) -> None:
    with pytest.raises(Refusal) as refused:
        plan_meeting(meeting.id, weekly(), by=bob)
    assert refused.value.code == "NOT_IN_MEETING"
    assert not Schedule.objects.exists()


def test_what_is_cancelled_is_not_planned(meeting: Meeting, alice: Person) -> None:
    change.cancel(meeting.id, by=alice)
    with pytest.raises(Refusal) as refused:
        plan_meeting(meeting.id, weekly(), by=alice)
    assert refused.value.code == "WRONG_STATE"


def test_this_one_is_moved(meeting: Meeting, alice: Person) -> None:
    plan_meeting(meeting.id, weekly(), by=alice)
    second = occurrences(meeting)[1]
    move_occurrence(meeting.id, second.id, second.starts_at + 24 * HOUR, 90, "Geometry", by=alice)
    assert told(meeting) == ["Mon 09:00", "Tue 09:00", "Mon 09:00", "Mon 09:00"]
    moved = Occurrence.objects.get(id=second.id)
    assert (moved.original, moved.title, moved.ends_at - moved.starts_at) == (second.original, "Geometry", 1.5 * HOUR)


def test_this_one_is_cancelled_and_taken_back(meeting: Meeting, alice: Person) -> None:
    plan_meeting(meeting.id, weekly(), by=alice)
    first = occurrences(meeting)[0]
    cancel_occurrence(meeting.id, first.id, by=alice)
    meeting.refresh_from_db()
    assert meeting.starts_at == occurrences(meeting)[1].starts_at
    restore_occurrence(meeting.id, first.id, by=alice)
    meeting.refresh_from_db()
    assert meeting.starts_at == first.starts_at


def test_those_that_follow_are_at_another_hour(meeting: Meeting, alice: Person) -> None:
    plan_meeting(meeting.id, weekly(5), by=alice)
    third = occurrences(meeting)[2]
    later = third.starts_at.replace(tzinfo=None)
    plan_following(meeting.id, third.id, weekly(2, 14, later), by=alice)
    assert told(meeting) == ["Mon 09:00", "Mon 09:00", "Mon 14:00", "Mon 14:00"]
    before, after = Schedule.objects.order_by("created_at")
    assert "UNTIL=" in before.rule
    assert "COUNT" not in before.rule
    assert (before.sequence, after.sequence) == (1, 0)


def test_from_the_first_on_it_is_all_of_them(meeting: Meeting, alice: Person) -> None:
    plan_meeting(meeting.id, weekly(), by=alice)
    plan_following(meeting.id, occurrences(meeting)[0].id, weekly(2, 14), by=alice)
    assert told(meeting) == ["Mon 14:00"] * 2
    assert Schedule.objects.get().sequence == 1


def test_all_that_has_not_begun_is_planned_anew(meeting: Meeting, alice: Person) -> None:
    plan_meeting(meeting.id, weekly(), by=alice)
    # A month later, two are over.
    Occurrence.objects.update(
        starts_at=F("starts_at") - timedelta(days=20), original=F("original") - timedelta(days=20)
    )
    Occurrence.objects.update(ends_at=F("starts_at") + HOUR)
    over = Occurrence.objects.filter(starts_at__lt=timezone.now()).count()
    assert over
    plan_meeting(meeting.id, weekly(3, 14), by=alice)
    assert told(meeting) == ["Tue 09:00"] * over + ["Mon 14:00"] * 3


def test_what_was_planned_in_parts_is_one_plan_again(meeting: Meeting, alice: Person) -> None:
    plan_meeting(meeting.id, weekly(5), by=alice)
    plan_following(meeting.id, occurrences(meeting)[2].id, weekly(2, 14), by=alice)
    plan_meeting(meeting.id, weekly(3, 11), by=alice)
    assert told(meeting) == ["Mon 11:00"] * 3


def test_those_that_follow_are_cancelled(meeting: Meeting, alice: Person) -> None:
    plan_meeting(meeting.id, weekly(), by=alice)
    cancel_following(meeting.id, occurrences(meeting)[2].id, by=alice)
    assert told(meeting) == ["Mon 09:00"] * 2


def test_a_single_meeting_is_moved(meeting: Meeting, alice: Person) -> None:
    at = timezone.now() + timedelta(days=2)
    plan_meeting(meeting.id, once(at), by=alice)
    one = occurrences(meeting)[0]
    move_occurrence(meeting.id, one.id, one.starts_at + HOUR, 30, by=alice)
    schedule = Schedule.objects.get()
    assert list(schedule.pattern.times(at + timedelta(days=9))) == [one.starts_at + HOUR]
    assert schedule.minutes == 30


@pytest.mark.parametrize("what", [move_occurrence, cancel_occurrence])
def test_what_has_begun_or_is_another_meetings_is_left_alone(what: object, meeting: Meeting, alice: Person) -> None:
    plan_meeting(meeting.id, once(timezone.now() - HOUR / 2), by=alice)
    other = start_meeting(alice, "Other")
    plan_meeting(other.id, weekly(), by=alice)
    more = (timezone.now() + HOUR, 60) if what is move_occurrence else ()
    for occurrence, code in (
        (occurrences(meeting)[0].id, "WRONG_STATE"),
        (occurrences(other)[0].id, "NOT_FOUND"),
        (uuid4(), "NOT_FOUND"),
    ):
        with pytest.raises(Refusal) as refused:
            what(meeting.id, occurrence, *more, by=alice)  # type: ignore[operator]
        assert refused.value.code == code


def test_nothing_is_moved_into_the_past(meeting: Meeting, alice: Person) -> None:
    plan_meeting(meeting.id, weekly(), by=alice)
    with pytest.raises(Refusal) as refused:
        move_occurrence(meeting.id, occurrences(meeting)[0].id, timezone.now() - HOUR, 60, by=alice)
    assert refused.value.code == "BAD_REQUEST"


def test_without_an_end_there_are_more_as_time_passes(meeting: Meeting, alice: Person) -> None:
    forever = weekly()
    plan_meeting(
        meeting.id,
        type(forever)(type(forever.pattern)(forever.pattern.first, forever.pattern.zone, "FREQ=WEEKLY"), 60),
        by=alice,
    )
    before = Occurrence.objects.count()
    assert before >= AHEAD.days // 7
    now = timezone.now()
    pass_time(now + timedelta(days=7))
    assert Occurrence.objects.count() == before
    pass_time(now + AHEAD * 0.7)
    grown = Occurrence.objects.count()
    assert grown > before + 30
    pass_time(now + AHEAD * 0.7)
    assert Occurrence.objects.count() == grown


class TestTimePasses:
    def test_the_next_one_is_shown_once_one_is_over(self, meeting: Meeting, alice: Person) -> None:
        plan_meeting(meeting.id, weekly(), by=alice)
        first, second = occurrences(meeting)[:2]
        Meeting.objects.filter(id=meeting.id).update(started_at=first.starts_at, emptied_at=first.ends_at)
        pass_time(first.ends_at - HOUR / 2)
        meeting.refresh_from_db()
        assert meeting.starts_at == first.starts_at
        pass_time(first.ends_at)
        meeting.refresh_from_db()
        # Nobody comes in before it, although somebody was in the one before.
        assert (meeting.starts_at, meeting.started_at, meeting.emptied_at) == (second.starts_at, None, None)

    def test_who_is_still_there_is_left_alone(self, meeting: Meeting, alice: Person) -> None:
        plan_meeting(meeting.id, weekly(), by=alice)
        first = occurrences(meeting)[0]
        change.start(meeting.id, by=alice)
        pass_time(first.ends_at + HOUR)
        meeting.refresh_from_db()
        assert (meeting.state, meeting.starts_at) == ("live", first.starts_at)

    def test_what_was_ended_is_open_for_the_next_one(self, meeting: Meeting, alice: Person) -> None:
        plan_meeting(meeting.id, weekly(), by=alice)
        first, second = occurrences(meeting)[:2]
        end_meeting(meeting.id, by=alice)
        pass_time(first.ends_at - HOUR / 2)
        meeting.refresh_from_db()
        assert meeting.state == "ended"
        pass_time(first.ends_at)
        meeting.refresh_from_db()
        assert (meeting.state, meeting.starts_at) == ("open", second.starts_at)

    def test_what_comes_never_again_stays_ended(self, meeting: Meeting, alice: Person) -> None:
        plan_meeting(meeting.id, weekly(1), by=alice)
        end_meeting(meeting.id, by=alice)
        pass_time(timezone.now() + timedelta(days=99))
        meeting.refresh_from_db()
        assert meeting.state == "ended"

    def test_it_closes_when_its_time_is_over_if_so_wanted(self, meeting: Meeting, alice: Person) -> None:
        plan_meeting(meeting.id, once(timezone.now() - HOUR / 2), by=alice)
        change.start(meeting.id, by=alice)
        over = timezone.now() + HOUR
        assert pass_time(over) == 0
        Meeting.objects.filter(id=meeting.id).update(closes=True)
        assert pass_time(timezone.now()) == 0
        assert pass_time(over) == 1
        meeting.refresh_from_db()
        assert meeting.state == "ended"

    def test_it_is_extended(self, meeting: Meeting, alice: Person) -> None:
        plan_meeting(meeting.id, once(timezone.now() - HOUR / 2), by=alice)
        change.start(meeting.id, by=alice)
        Meeting.objects.filter(id=meeting.id).update(closes=True)
        meeting.refresh_from_db()
        before = meeting.ends_at
        assert before is not None
        assert extend_meeting(meeting.id, 15, by=alice).ends_at == before + HOUR / 4
        assert occurrences(meeting)[0].ends_at == before + HOUR / 4
        assert pass_time(before + HOUR / 6) == 0
        assert pass_time(before + HOUR / 4) == 1

    def test_what_has_no_end_is_given_one(self, meeting: Meeting, alice: Person) -> None:
        change.start(meeting.id, by=alice)
        ends = extend_meeting(meeting.id, 15, by=alice).ends_at
        assert ends is not None
        assert abs(ends - timezone.now() - HOUR / 4) < timedelta(seconds=5)

    def test_others_come_in_a_little_early(self, meeting: Meeting) -> None:
        meeting.starts_at, meeting.early_minutes = timezone.now() + HOUR, 10
        for minutes, code in ((11, "MEETING_NOT_STARTED"), (9, None)):
            now = meeting.starts_at - timedelta(minutes=minutes)
            refusal = access.enter(
                meeting, is_host=False, banned=False, has_account=False, passcode_known=False, now=now
            )
            assert (refusal and refusal.code) == code
