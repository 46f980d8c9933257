"""From when to when somebody was there, as rows have it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from meetings.actions.disconnect import disconnect
from meetings.actions.end import end_meeting
from meetings.actions.expire import expire
from meetings.actions.invite import BOT_GUEST
from meetings.actions.join import Entry, Joined
from meetings.actions.leave import leave
from meetings.actions.start import start_meeting
from meetings.actions.sweep import sweep
from meetings.attendance.reading import read_attendance
from meetings.attendance.sitting import Sitting, one_of, sittings_of
from meetings.calendars.plan import read_plan
from meetings.identity import Person
from meetings.models import Meeting, Participant, WebProcess
from meetings.planning.plan import plan_meeting
from meetings.protocol.codes import Refusal
from meetings.trace.event import Event
from meetings.trace.speaking import add_spoken, spoken_in
from meetings.trace.writing import Row
from tests.attendance.conftest import NINE, at, was_there
from tests.meetings.coming_in import join

pytestmark = pytest.mark.django_db

BOB = Person(guest="bob")


@pytest.fixture
def running(alice: User) -> Meeting:
    return start_meeting(Person(user_id=alice.pk), "Algebra")


def came(meeting: Meeting, connection: UUID, process: UUID | None = None, token: str = "") -> Joined:
    return join(str(meeting.id), Entry(BOB, connection, process, display_name="Bob", resume_token=token))


def row(joined: Joined) -> Participant:
    return Participant.objects.get(id=joined.participant_id)


def test_the_grace_period_of_somebody_who_never_came_back_is_no_time_there(running: Meeting) -> None:
    bob = came(running, connection := uuid4())
    disconnect(connection)
    dropped = row(bob).disconnected_at
    assert expire(bob.participant_id, timezone.now() + timedelta(hours=2))
    assert row(bob).gone_at == dropped
    told = read_attendance(Sitting(running), timezone.now() + timedelta(hours=3)).people[0]
    assert (told.left_at, told.is_there) == (dropped, False)


def test_a_drop_from_which_they_came_back_is_time_there(running: Meeting) -> None:
    bob = came(running, connection := uuid4())
    disconnect(connection)
    came(running, uuid4(), token=bob.resume_token)
    assert row(bob).gone_at is None
    leave(bob.participant_id)
    assert row(bob).gone_at == row(bob).left_at


def test_the_end_of_a_meeting_is_not_the_end_of_those_who_had_gone(running: Meeting) -> None:
    bob = came(running, connection := uuid4())
    carol = join(str(running.id), Entry(Person(guest="carol"), uuid4()))
    disconnect(connection)
    dropped = row(bob).disconnected_at
    end_meeting(running.id)
    assert row(bob).gone_at == dropped
    running.refresh_from_db()
    assert row(carol).gone_at == running.ended_at


def test_a_web_process_that_was_killed_served_until_its_last_heartbeat(running: Meeting) -> None:
    heard = timezone.now() - timedelta(minutes=40)
    process = WebProcess.objects.create(id=uuid4(), host="here", pid=1, heartbeat_at=heard)
    bob = came(running, uuid4(), process.id)
    Participant.objects.update(joined_at=heard - timedelta(minutes=20))
    sweep()
    assert row(bob).gone_at == heard
    assert sweep(timezone.now() + timedelta(minutes=5)) == 1
    told = read_attendance(Sitting(running)).people[0]
    assert (told.seconds, told.left_at) == (20 * 60, heard)


def test_whoever_comes_back_after_that_was_there(running: Meeting) -> None:
    process = WebProcess.objects.create(
        id=uuid4(), host="here", pid=1, heartbeat_at=timezone.now() - timedelta(minutes=1)
    )
    bob = came(running, uuid4(), process.id)
    sweep()
    came(running, uuid4(), token=bob.resume_token)
    told = read_attendance(Sitting(running)).people[0]
    assert (told.is_there, len(told.intervals)) == (True, 1)


def test_a_stay_from_before_that_was_noted_ends_when_it_ended(meeting: Meeting) -> None:
    was_there(meeting, "Bob", 0, 30, gone_at=None)
    assert read_attendance(Sitting(meeting)).people[0].left_at == at(30)


def test_an_account_in_two_browsers_is_one_person_and_a_bot_is_none(meeting: Meeting, alice: User) -> None:
    was_there(meeting, "Alice", 0, 30, user=alice, role="host")
    was_there(meeting, "Alice A.", 10, 50, user=alice)
    was_there(meeting, "Echo", 0, 50, guest=f"{BOT_GUEST}{uuid4().hex}")
    told = read_attendance(Sitting(meeting))
    assert [(one.name, one.seconds, one.user_id) for one in told.people] == [("Alice A.", 50 * 60, alice.pk)]
    assert told.most == 1


def test_time_in_breakout_rooms_is_time_in_the_meeting(meeting: Meeting, alice: User) -> None:
    room = start_meeting(Person(user_id=alice.pk), "Red")
    Meeting.objects.filter(id=room.id).update(parent=meeting)
    was_there(meeting, "Bob", 0, 20)
    was_there(room, "Bob", 20, 40, role="co_host")
    was_there(meeting, "Bob", 40, 60)
    told = read_attendance(Sitting(meeting)).people
    assert [(one.seconds, len(one.intervals), one.role) for one in told] == [(3600, 1, "attendee")]


class TestSpeaking:
    def sample(self, participant: UUID | None, spoke: object, seconds: object = 5.0, step: str = "quality") -> Row:
        return Row(Event("page", step, "ok", 0.0, {"seconds": seconds, "spoke": spoke}), uuid4(), None, participant)

    def test_samples_add_up(self, meeting: Meeting) -> None:
        bob, carol = was_there(meeting, "Bob", 0, 30), was_there(meeting, "Carol", 0, 30)
        rows = [self.sample(bob.id, 1500), self.sample(carol.id, 200), self.sample(bob.id, 2500), self.sample(None, 9)]
        for _ in range(2):
            add_spoken(spoken_in(rows))
        assert [one.spoke_seconds for one in read_attendance(Sitting(meeting)).people] == [8.0, 0.4]

    @pytest.mark.parametrize("spoke", [-5, 0, None, "9", True, [1]])
    def test_nonsense_counts_for_nothing(self, spoke: object) -> None:
        assert spoken_in([self.sample(uuid4(), spoke)]) == {}

    def test_nobody_speaks_for_longer_than_a_sample_is_about(self) -> None:
        bob = uuid4()
        assert spoken_in([self.sample(bob, 60_000)]) == {bob: 5000}
        assert spoken_in([self.sample(bob, 10**12, 10**9)]) == {bob: 30_000}
        assert spoken_in([self.sample(bob, 400, step="publish")]) == {}


class TestSittings:
    @pytest.fixture
    def weekly(self, meeting: Meeting, alice: User) -> Meeting:
        Meeting.objects.filter(id=meeting.id).update(state="open", ended_at=None, started_at=None)
        plan = read_plan(NINE.replace(tzinfo=None), "UTC", 60, "FREQ=WEEKLY;COUNT=3")
        plan_meeting(meeting.id, plan, by=Person(user_id=alice.pk))
        return meeting

    def test_each_has_its_own(self, weekly: Meeting) -> None:
        week = 7 * 24 * 60
        was_there(weekly, "Bob", -20, 30)
        was_there(weekly, "Carol", week + 5, week + 60)
        was_there(weekly, "Dora", week + 300, week + 320)
        first, second, third = weekly.occurrences.order_by("starts_at")
        sittings = sittings_of(weekly)
        assert [one.occurrence for one in sittings] == [first, second, third]
        told = [[p.name for p in read_attendance(one_of(sittings, one.id)).people] for one in (first, second, third)]
        assert told == [["Bob"], ["Carol", "Dora"], []]
        latest = one_of(sittings, now=at(week + 600))
        assert latest.occurrence == second
        assert read_attendance(latest).people[0].late_seconds == 5 * 60

    def test_before_the_first_it_is_the_first(self, weekly: Meeting) -> None:
        assert one_of(sittings_of(weekly), now=at(-600)).occurrence == weekly.occurrences.order_by("starts_at").first()

    def test_one_of_another_meeting(self, weekly: Meeting) -> None:
        with pytest.raises(Refusal, match="NOT_FOUND"):
            one_of(sittings_of(weekly), uuid4())
