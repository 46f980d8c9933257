"""What is noted becomes rows: whose they are, in which order, and when the database fails."""

from __future__ import annotations

import time
from typing import Any
from uuid import uuid4

import pytest
from django.db import OperationalError

from meetings import numbers
from meetings.database import in_database
from meetings.models import JoinAttempt, MeetingEvent
from meetings.trace import recorder as recording
from meetings.trace.attempt import MOST_EVENTS, MOST_SAMPLES
from meetings.trace.event import Event
from meetings.trace.recorder import Recorder, finish_recording, recorder
from meetings.trace.writing import Batch, Row, write
from tests.live.waiting import eventually

pytestmark = pytest.mark.django_db(transaction=True)

Json = dict[str, Any]


def steps_of(attempt_id: Any) -> list[tuple[str, str, str]]:
    rows = MeetingEvent.objects.filter(attempt_id=attempt_id).order_by("at", "id")
    return [(row.side, row.step, row.outcome) for row in rows]


async def test_noting_waits_for_nothing_and_finishing_writes_everything() -> None:
    attempt = recorder().begin(uuid4(), time.time())
    attempt.note("web", "socket-open", address="203.0.113.9")
    attempt.describe(address="203.0.113.9")
    await finish_recording()
    assert await in_database(steps_of, attempt.id) == [("web", "socket-open", "ok")]
    row = await in_database(JoinAttempt.objects.get, id=attempt.id)
    assert row.address == "203.0.113.9"
    assert row.report == attempt.report
    assert row.began_at.timestamp() == pytest.approx(attempt.began_at, abs=0.001)


async def test_whoever_cannot_wait_has_it_written_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "GATHER_SECONDS", 60)
    attempt = recorder().begin(uuid4())
    for step in ("socket-open", "room"):
        attempt.note("web", step)
        await recorder().catch_up()
        assert (await in_database(steps_of, attempt.id))[-1] == ("web", step, "ok")
    await recorder().catch_up()
    attempt.note("web", "ended", reason="tested")
    assert len(await in_database(steps_of, attempt.id)) == 2, "nobody hurries any more"
    await finish_recording()
    assert len(await in_database(steps_of, attempt.id)) == 3


async def test_what_was_written_before_is_remembered_and_not_written_again() -> None:
    attempt_id = uuid4()
    before = Event("page", "socket", "waiting", time.time() - 5, {"seconds": 5})
    await in_database(write, Batch({attempt_id: before.at}, rows=[Row(before, attempt_id, None, None)]))
    attempt = recorder().begin(attempt_id)
    attempt.note("web", "socket-open")

    async def read() -> bool:
        return attempt.written

    await eventually("it is written", read)
    assert [event.step for event in attempt.events] == ["socket", "socket-open"]
    await finish_recording()
    assert len(await in_database(steps_of, attempt_id)) == 2
    row = await in_database(JoinAttempt.objects.get, id=attempt_id)
    assert row.began_at.timestamp() == pytest.approx(before.at, abs=0.001)


async def test_an_attempt_whose_meeting_and_participant_never_were_is_written_down() -> None:
    attempt = recorder().begin(uuid4())
    attempt.describe(meeting_id=uuid4(), participant_id=uuid4())
    attempt.note("web", "admitted", "failed", code="MEETING_NOT_FOUND")
    await finish_recording()
    assert await in_database(steps_of, attempt.id) == [("web", "admitted", "failed")]


async def test_a_database_that_is_away_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The write fails as with a database that shut down, twice, and then succeeds."""
    monkeypatch.setattr(recording, "RETRY_SECONDS", 0.01)
    refusals = iter((OperationalError("server closed the connection"), OperationalError("still away")))

    def away_twice(batch: Batch) -> Any:
        error = next(refusals, None)
        if error is not None:
            raise error
        return write(batch)

    monkeypatch.setattr(recording, "write", away_twice)
    mine = Recorder()
    attempt = mine.begin(uuid4())
    attempt.describe(display_name="Ada")
    attempt.note("page", "page-opened")

    async def is_written() -> bool:
        return attempt.written

    await eventually("it is written", is_written)
    assert await in_database(steps_of, attempt.id) == [("page", "page-opened", "ok")]
    assert (await in_database(JoinAttempt.objects.get, id=attempt.id)).display_name == "Ada"


async def test_what_the_database_refuses_for_good_is_counted_and_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(batch: Batch) -> Any:
        raise ValueError("no")

    lost_before = numbers.EVENTS_LOST._value.get()
    monkeypatch.setattr(recording, "write", broken)
    mine = Recorder()
    attempt = mine.begin(uuid4())
    attempt.note("page", "page-opened")

    async def counted() -> bool:
        return bool(numbers.EVENTS_LOST._value.get() == lost_before + 1)

    await eventually("it is counted", counted)
    monkeypatch.setattr(recording, "write", write)
    attempt.note("page", "joined")
    await mine.finish()
    assert await in_database(steps_of, attempt.id) == [("page", "joined", "ok")]


async def test_a_long_call_is_remembered_by_its_beginning_and_its_end() -> None:
    attempt = recorder().begin(uuid4())
    attempt.note("web", "socket-open")
    for number in range(MOST_EVENTS + 50):
        attempt.note("page", "connection", number=number)
        attempt.note("page", "quality", number=number)
    samples = [event for event in attempt.events if event.step == "quality"]
    assert len(attempt.events) <= MOST_EVENTS + 1
    assert [event.data["number"] for event in samples] == list(range(MOST_EVENTS + 50))[-MOST_SAMPLES:]
    assert attempt.events[0].step == "socket-open"
    assert attempt.events[-2].data["number"] == MOST_EVENTS + 49
    await finish_recording()
    assert await in_database(MeetingEvent.objects.filter(attempt_id=attempt.id).count) == 2 * MOST_EVENTS + 101


async def test_what_is_held_back_is_written_with_what_happens_next_and_when_the_socket_goes() -> None:
    attempt = recorder().begin(uuid4())
    whole: Json = {"seconds": 5, "down": {"kbps": 900, "loss": 0, "jitter": 3, "well": 2}}
    for _ in range(4):
        attempt.note("page", "quality", **whole)
    assert len([event for event in attempt.events if event.step == "quality"]) == 4, "verdicts see each"
    attempt.note("page", "socket-lost", "failed")
    for _ in range(4):
        attempt.note("page", "quality", **whole)
    attempt.write_all()
    await finish_recording()
    rows = await in_database(lambda: list(MeetingEvent.objects.filter(attempt_id=attempt.id).order_by("id")))
    assert [(row.step, row.data.get("seconds")) for row in rows] == [
        *[("quality", 5), ("quality", 5), ("quality", 10)],
        ("socket-lost", None),
        *[("quality", 15), ("quality", 5)],
    ]


def test_writing_a_join_takes_a_fixed_number_of_queries(django_assert_num_queries: Any) -> None:
    attempt_id = uuid4()
    events = [Event("page", "connection", "ok", time.time(), {"n": number}) for number in range(40)]
    batch = Batch(
        {attempt_id: time.time()}, {attempt_id: {"address": "x"}}, [Row(one, attempt_id, None, None) for one in events]
    )

    # Begin, what there was, the attempt, its columns, the events, commit.
    with django_assert_num_queries(6):
        write(batch)
