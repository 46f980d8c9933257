"""Chat, attendance and meetings are kept as long as the site says."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from meetings.actions.start import start_meeting
from meetings.audit import note_act
from meetings.identity import Person
from meetings.models import Act, ChatMessage, Knock, Meeting, Occurrence, Participant, Schedule
from meetings.retention import purge_meetings, purge_messages, purge_stays
from meetings.tasks import purge_kept
from tests.attendance.conftest import was_there, wrote

pytestmark = pytest.mark.django_db(transaction=True)

NOW = timezone.now()
MONTH = timedelta(days=30)


def ago(**span: float) -> Any:
    return NOW - timedelta(**span)


def a_stay(meeting: Meeting, left: Any, **more: Any) -> Participant:
    times = {"joined_at": ago(days=400), "left_at": left, "gone_at": left, "left_reason": "left", **more}
    stay = was_there(meeting, "Bob", 0, None)
    Participant.objects.filter(id=stay.id).update(**times)
    stay.refresh_from_db()
    return stay


def a_message(author: Participant, sent: Any) -> ChatMessage:
    message: ChatMessage = wrote(author, "Hello", 0)
    ChatMessage.objects.filter(id=message.id).update(sent_at=sent)
    return message


def ended(host: User, when: Any) -> Meeting:
    meeting = start_meeting(Person(user_id=host.pk), "Old")
    Meeting.objects.filter(id=meeting.id).update(state="ended", ended_at=when)
    return meeting


def test_unless_it_says_so_everything_is_kept(meeting: Meeting, alice: User) -> None:
    stay = a_stay(meeting, ago(days=3000))
    a_message(stay, ago(days=3000))
    ended(alice, ago(days=3000))
    assert purge_kept() == (0, 0, 0)
    assert (ChatMessage.objects.count(), Participant.objects.count(), Meeting.objects.count()) == (1, 1, 2)


def test_each_for_its_time(meeting: Meeting, alice: User, settings: Any) -> None:
    settings.CHAT_DAYS, settings.ATTENDANCE_DAYS, settings.MEETING_DAYS = 10, 20, 30
    old, young = a_stay(meeting, ago(days=20, minutes=5)), a_stay(meeting, ago(days=19))
    a_message(young, ago(days=10, minutes=5))
    kept = a_message(young, ago(days=9))
    gone, stays = ended(alice, ago(days=30, minutes=5)), ended(alice, ago(days=29))
    Meeting.objects.filter(id=meeting.id).update(ended_at=NOW)
    assert purge_kept() == (1, 1, 1)
    assert list(ChatMessage.objects.all()) == [kept]
    assert not Participant.objects.filter(id=old.id).exists()
    assert set(Meeting.objects.all()) == {meeting, stays}
    assert gone not in Meeting.objects.all()
    assert purge_kept() == (0, 0, 0)


def test_no_statement_deletes_more_than_a_chunk(meeting: Meeting) -> None:
    stays = [a_stay(meeting, ago(days=40)) for _ in range(7)]
    for stay in stays:
        a_message(stay, ago(days=40))
    with CaptureQueriesContext(connection) as queries:
        assert purge_messages(MONTH, chunk=3) == 7
        assert purge_stays(MONTH, chunk=3) == 7
    deleting = [query["sql"] for query in queries.captured_queries if query["sql"].startswith("DELETE")]
    assert sum('FROM "meetings_chatmessage"' in sql for sql in deleting) >= 3
    assert sum('FROM "meetings_participant"' in sql for sql in deleting) == 3


def test_a_stay_is_found_by_its_messages_as_long_as_they_are_kept(meeting: Meeting) -> None:
    stay = a_stay(meeting, ago(days=40))
    message = a_message(stay, ago(days=40))
    assert purge_stays(MONTH) == 0
    message.delete()
    assert purge_stays(MONTH) == 1


def test_whoever_is_there_and_whoever_may_not_come_again_is_kept(alice: User) -> None:
    running = start_meeting(Person(user_id=alice.pk), "Running")
    there = was_there(running, "Carol", 0, None)
    banned = a_stay(running, ago(days=40), left_reason="removed", banned=True)
    assert purge_stays(MONTH) == 0
    assert set(Participant.objects.all()) == {there, banned}
    Meeting.objects.filter(id=running.id).update(state="ended", ended_at=NOW)
    assert purge_stays(MONTH) == 1


def test_the_audit_trail_outlives_stays_and_meetings(meeting: Meeting) -> None:
    note_act(meeting.id, "locked", {}, by=a_stay(meeting, ago(days=40)))
    assert purge_stays(MONTH) == 1
    act = Act.objects.get()
    assert (act.participant, act.data["by"]["displayName"]) == (None, "Bob")
    assert purge_meetings(MONTH) == 1
    act.refresh_from_db()
    assert (act.meeting, act.data["code"]) == (None, meeting.code)


def test_waits_at_doors_go_with_attendance(meeting: Meeting) -> None:
    for decided in (ago(days=40), ago(days=1)):
        Knock.objects.create(
            meeting=meeting,
            display_name="Dora",
            asked_at=decided,
            decided_at=decided,
            decision="left",
            connection=uuid4(),
        )
    purge_stays(MONTH)
    assert Knock.objects.count() == 1


def test_a_meeting_that_comes_again_is_kept(alice: User) -> None:
    weekly = ended(alice, ago(days=40))
    plan = Schedule.objects.create(
        meeting=weekly, day=NOW.date(), hour=NOW.time(), zone="UTC", minutes=60, spread_until=NOW
    )
    coming = Occurrence.objects.create(
        schedule=plan,
        meeting=weekly,
        original=NOW,
        starts_at=NOW + timedelta(days=1),
        ends_at=NOW + timedelta(days=1, hours=1),
    )
    assert purge_meetings(MONTH) == 0
    Occurrence.objects.filter(id=coming.id).update(cancelled=True)
    assert purge_meetings(MONTH) == 1


def test_celery_looks_every_day() -> None:
    known = django_settings.CELERY_BEAT_SCHEDULE["purge-kept"]
    assert known == {"task": "meetings.tasks.purge_kept", "schedule": 24 * 3600.0}
    assert purge_kept.name == known["task"]
