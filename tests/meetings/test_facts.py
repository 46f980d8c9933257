"""Facts reach sockets from wherever they are published, when they are committed and not before."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from celery import shared_task
from django.db import transaction

from kcs.embedded import EmbeddedCelery
from meetings import facts
from meetings.actions.end import end_meeting
from meetings.actions.start import start_meeting
from meetings.database import in_database
from meetings.models import Meeting
from tests.meetings.conftest import Someone

ENDED = "meetings.tests.end"


@shared_task(name=ENDED)
def end_in_a_task(meeting_id: str) -> None:
    end_meeting(Meeting.objects.get(id=meeting_id).id)


async def test_from_a_thread_that_is_nobodys(bob: Someone, meeting: Meeting) -> None:
    socket, _ = await bob.join(meeting)
    await asyncio.to_thread(facts.publish, meeting.id, "meeting-ended", {})
    assert await socket.push("meeting-ended") == {}


async def test_from_a_database_thread(bob: Someone, meeting: Meeting) -> None:
    socket, _ = await bob.join(meeting)
    await in_database(end_meeting, meeting.id)
    assert await socket.push("meeting-ended") == {}


async def test_from_the_embedded_celery_worker(bob: Someone, meeting: Meeting) -> None:
    """Its threads have no loop, and the in-memory layer wakes nobody else's."""
    socket, _ = await bob.join(meeting)
    worker = await in_database(EmbeddedCelery)
    try:
        await in_database(end_in_a_task.delay, str(meeting.id))
        assert await socket.push("meeting-ended") == {}
    finally:
        assert await in_database(worker.stop)


async def test_what_is_rolled_back_is_not_told(bob: Someone, meeting: Meeting) -> None:
    socket, _ = await bob.join(meeting)

    def half_an_end() -> None:
        with transaction.atomic():
            end_meeting(meeting.id)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await in_database(half_an_end)
    assert await socket.pushes_so_far() == []


async def test_in_order(bob: Someone, meeting: Meeting) -> None:
    socket, _ = await bob.join(meeting)
    entries = [{"participantId": str(number), "reason": "left"} for number in range(200)]

    def publish_all() -> None:
        for entry in entries:
            facts.publish(meeting.id, "participant-left", entry)

    await in_database(publish_all)
    assert [await socket.push("participant-left") for _ in entries] == entries


async def test_other_meetings_hear_nothing(alice: Someone, bob: Someone, meeting: Meeting) -> None:
    other = await in_database(start_meeting, alice.person, "Other")
    at_bobs, _ = await bob.join(meeting)
    at_alices, _ = await alice.join(other)
    await at_alices.ask("end-meeting")
    assert await at_bobs.pushes_so_far() == []


@pytest.mark.django_db(transaction=True)
def test_without_a_socket_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command or a Celery worker of its own hands the fact to the layer itself."""
    sent: list[Any] = []

    async def group_send(group: str, fact: facts.Fact) -> None:
        sent.append((group, fact["event"]))

    monkeypatch.setattr(facts, "_group_send", group_send)
    facts.publish("m", "meeting-ended", {})
    assert sent == [("meeting.m", "meeting-ended")]
