"""The states of a meeting: every step from every state, and what happens by itself."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from meetings.actions import change
from meetings.actions.end import end_meeting
from meetings.actions.end_empty import end_empty
from meetings.actions.join import Entry
from meetings.actions.leave import leave
from meetings.actions.start import start_meeting
from meetings.calendars.plan import read_plan
from meetings.identity import Person
from meetings.lifecycle import STEPS
from meetings.models import Meeting, MeetingEvent
from meetings.planning.extend import extend_meeting
from meetings.planning.plan import plan_meeting
from meetings.protocol.codes import Refusal
from tests.meetings.coming_in import join

pytestmark = pytest.mark.django_db(transaction=True)

ALICE, BOB = Person(guest="alice", display_name="Alice"), Person(guest="bob")
STATE = Meeting.State


@pytest.fixture
def meeting(settings: Any) -> Meeting:
    settings.ALLOW_ANONYMOUS_HOSTS = True
    return start_meeting(ALICE, "Standup")


def into(meeting: Meeting, state: str) -> None:
    ended = timezone.now() if state in (STATE.ENDED, STATE.CANCELLED) else None
    started = timezone.now() if state == STATE.LIVE else None
    Meeting.objects.filter(id=meeting.id).update(state=state, ended_at=ended, started_at=started)


def take(step: str, meeting: Meeting, by: Person) -> None:
    if step == "end":
        if not end_meeting(meeting.id, by=by):
            raise Refusal("WRONG_STATE", "It has ended already.")
    elif step == "change":
        change.change(meeting.id, {"title": "Changed"}, by=by)
    elif step == "extend":
        extend_meeting(meeting.id, 15, by=by)
    elif step == "plan":
        plan_meeting(meeting.id, read_plan(datetime.fromisoformat("2031-01-06T09:00"), "UTC", 60), by=by)
    else:
        getattr(change, step)(meeting.id, by=by)


@pytest.mark.parametrize("state", STATE.values)
@pytest.mark.parametrize("step", STEPS)
def test_step_from_state(step: str, state: str, meeting: Meeting) -> None:
    into(meeting, state)
    if state in STEPS[step]:
        take(step, meeting, ALICE)
        return
    with pytest.raises(Refusal) as refused:
        take(step, meeting, ALICE)
    assert refused.value.code == "WRONG_STATE"
    if step != "end":
        could = refused.value.extra["allowed"]
        assert sorted(could) == sorted(name for name, states in STEPS.items() if state in states)


@pytest.mark.parametrize("step", STEPS)
def test_a_stranger_takes_no_step(step: str, meeting: Meeting) -> None:
    with pytest.raises(Refusal) as refused:
        take(step, meeting, BOB)
    assert refused.value.code in ("NOT_IN_MEETING", "NOT_ALLOWED")


def test_two_hosts_end_it_at_once(meeting: Meeting) -> None:
    def one(_: int) -> bool:
        try:
            return end_meeting(meeting.id, by=ALICE)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(one, range(4))) == [False, False, False, True]
    assert MeetingEvent.objects.filter(meeting=meeting, step="ended").count() == 1


def test_a_started_meeting_lets_people_in_before_its_time(meeting: Meeting) -> None:
    Meeting.objects.filter(id=meeting.id).update(starts_at=timezone.now() + timedelta(hours=1))
    entry = Entry(BOB, uuid4())
    with pytest.raises(Refusal) as refused:
        join(str(meeting.id), entry)
    assert refused.value.code == "MEETING_NOT_STARTED"
    assert change.start(meeting.id, by=ALICE).state == STATE.LIVE
    join(str(meeting.id), entry)


def test_nobody_joins_what_was_cancelled_until_it_is_opened_again(meeting: Meeting) -> None:
    change.cancel(meeting.id, by=ALICE)
    with pytest.raises(Refusal) as refused:
        join(str(meeting.id), Entry(ALICE, uuid4()))
    assert refused.value.code == "MEETING_CANCELLED"
    change.reopen(meeting.id, by=ALICE)
    join(str(meeting.id), Entry(ALICE, uuid4()))


def test_an_empty_meeting_ends_by_itself_where_somebody_said_so(meeting: Meeting, settings: Any) -> None:
    later = timezone.now() + timedelta(minutes=30)
    assert end_empty(later) == 0, "nobody was ever in it"
    leave(join(str(meeting.id), Entry(ALICE, uuid4())).participant_id)
    assert end_empty(later) == 0, "the site lets links stay good"
    settings.EMPTY_MINUTES = 60
    assert end_empty(later) == 0, "it has not been empty for long enough"
    Meeting.objects.filter(id=meeting.id).update(empty_minutes=0)
    assert end_empty(later + timedelta(days=9)) == 0, "its host said never"
    Meeting.objects.filter(id=meeting.id).update(empty_minutes=10)
    back = join(str(meeting.id), Entry(ALICE, uuid4()))
    assert end_empty(later) == 0, "somebody is back"
    leave(back.participant_id)
    assert end_empty(later) == 1
    meeting.refresh_from_db()
    assert meeting.state == STATE.ENDED
    assert MeetingEvent.objects.get(meeting=meeting, step="ended").data["by"] is None


def test_what_was_deleted_is_remembered(meeting: Meeting) -> None:
    change.delete(meeting.id, by=ALICE)
    assert not Meeting.objects.filter(id=meeting.id).exists()
    act = MeetingEvent.objects.get(step="deleted")
    assert (act.data["code"], act.data["by"]["displayName"]) == (meeting.code, "Alice")
