"""What processes that died leave behind, and the periodic tasks that find it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from meetings import tasks
from meetings.actions.beat import beat, end_beat
from meetings.actions.disconnect import disconnect
from meetings.actions.join import Entry, Joined
from meetings.actions.start import start_meeting
from meetings.actions.sweep import DEAD_AFTER, sweep
from meetings.database import in_database
from meetings.identity import Person
from meetings.models import Meeting, Participant, WebProcess
from tests.live.waiting import eventually
from tests.meetings.coming_in import join
from tests.meetings.conftest import Someone

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def joined() -> Joined:
    process = uuid4()
    beat(process, "host", 1)
    meeting = start_meeting(Person(guest="alice"), "Swept")
    return join(str(meeting.id), Entry(Person(), uuid4(), served_by=process))


def stay(joined: Joined) -> Participant:
    return Participant.objects.get(id=joined.participant_id)


def test_those_of_living_processes_are_left_alone(joined: Joined) -> None:
    assert sweep() == 0
    assert stay(joined).disconnected_at is None


def test_fault_web_process_dies(joined: Joined) -> None:
    """Its participants get a grace period, in which they may come back over another process."""
    died = timezone.now() + DEAD_AFTER + timedelta(seconds=1)
    assert sweep(died) == 0
    assert stay(joined).disconnected_at == died
    assert not WebProcess.objects.exists()
    assert sweep(died + timedelta(seconds=19)) == 0
    assert sweep(died + timedelta(seconds=21)) == 1
    assert stay(joined).left_reason == "disconnected"
    assert Meeting.objects.get(id=joined.meeting_id).present == 0


def test_fault_process_stops_before_it_could_say_who_is_gone(joined: Joined) -> None:
    end_beat(stay(joined).served_by_id)  # type: ignore[arg-type]  # the fixture set it
    assert sweep() == 0
    assert stay(joined).disconnected_at is not None


def test_fault_timer_is_lost(joined: Joined, settings: Any) -> None:
    settings.GRACE_SECONDS = 0
    disconnect(stay(joined).connection)
    assert tasks.sweep_presence() == 1
    assert tasks.sweep_presence() == 0


def test_heartbeat_makes_its_row_again() -> None:
    process = uuid4()
    beat(process, "host", 1)
    WebProcess.objects.all().delete()
    beat(process, "host", 1)
    beat(process, "host", 1)
    assert WebProcess.objects.get().id == process


def test_expired_sessions_are_purged() -> None:
    for expiry in (-1, 3600):
        store = SessionStore()
        store.set_expiry(expiry)
        store["guest"] = "g"
        store.create()
    tasks.purge_sessions()
    assert Session.objects.count() == 1


async def test_others_are_told_by_the_sweep(alice: Someone, bob: Someone, meeting: Meeting) -> None:
    at_alices, _ = await alice.join(meeting)
    _, bobs = await bob.join(meeting)
    later = timezone.now() + timedelta(minutes=5)

    def gone() -> int:
        Participant.objects.filter(id=bobs["participantId"]).update(disconnected_at=timezone.now())
        return Participant.objects.filter(disconnected_at__isnull=False).count()

    assert await in_database(gone) == 1

    async def swept() -> bool:
        return await in_database(sweep, later) >= 1

    await eventually("the sweep", swept)
    assert (await at_alices.push("participant-left"))["reason"] == "disconnected"
