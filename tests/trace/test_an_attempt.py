"""A join, step by step, as the stream tells it afterwards: what this process and the node saw of it."""

from __future__ import annotations

import json
import os
import socket
import time
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.utils import timezone

from meetings.actions.sweep import sweep
from meetings.database import in_database
from meetings.models import JoinAttempt, Meeting, MeetingEvent, Participant, WebProcess
from meetings.trace.ending import end_abandoned
from meetings.trace.page_steps import page_events
from meetings.trace.recorder import finish_recording
from tests.live.waiting import eventually
from tests.meetings.conftest import Someone
from tests.meetings.socket_client import Refused

pytestmark = pytest.mark.django_db(transaction=True)

Json = dict[str, Any]
NO_SUCH_PID = 2**22 + 1


def told(attempt: UUID | str, *steps: Json, sent_at: float | None = None) -> Json:
    return {"attemptId": str(attempt), "sentAt": sent_at or time.time() * 1000, "steps": list(steps)}


def a_step(name: str = "page-opened", outcome: str = "ok", ago: float = 0.0, **data: Any) -> Json:
    return {"step": name, "outcome": outcome, "at": (time.time() - ago) * 1000, "data": data}


def rows(attempt: UUID) -> list[MeetingEvent]:
    return list(MeetingEvent.objects.filter(attempt_id=attempt).order_by("at", "id"))


async def written(attempt: UUID) -> tuple[JoinAttempt, list[MeetingEvent]]:
    await finish_recording()
    return await in_database(JoinAttempt.objects.get, id=attempt), await in_database(rows, attempt)


async def test_a_join_is_one_row_and_its_steps(alice: Someone, meeting: Meeting) -> None:
    attempt = uuid4()
    socket, joined = await alice.join(meeting, attemptId=str(attempt), displayName="Alice")
    row, events = await written(attempt)
    assert (row.meeting_id, str(row.participant_id)) == (meeting.id, joined["participantId"])
    assert (row.display_name, row.guest, row.ended_at) == ("Alice", alice.guest, None)
    assert row.joined_at is not None
    steps = [(event.side, event.step, event.outcome) for event in events]
    assert steps[0] == ("web", "socket-open", "ok")
    assert [one for one in steps if one[1] in ("admitted", "room", "joined")] == [
        ("web", "admitted", "ok"),
        ("web", "room", "ok"),
        ("web", "joined", "ok"),
    ]
    room = next(event for event in events if event.step == "room")
    assert room.data["made"] is True
    assert room.data["worker"] == 0
    assert socket is not None


async def test_a_client_without_an_attempt_id_gets_one(alice: Someone, meeting: Meeting) -> None:
    await alice.join(meeting)
    await finish_recording()
    assert await in_database(JoinAttempt.objects.filter(meeting=meeting).count) == 1


async def test_leaving_ends_the_attempt_however_soon(alice: Someone, meeting: Meeting) -> None:
    attempt = uuid4()
    socket, _ = await alice.join(meeting, attemptId=str(attempt))
    await socket.ask("leave-meeting")
    row, events = await written(attempt)
    assert (row.end_reason, row.ended_at is not None) == ("left", True)
    assert [event.data for event in events if event.step == "ended"] == [{"reason": "left"}]


async def test_joining_again_after_leaving_is_another_attempt(alice: Someone, meeting: Meeting) -> None:
    first, second = uuid4(), uuid4()
    socket, _ = await alice.join(meeting, attemptId=str(first))
    await socket.ask("leave-meeting")
    await socket.ask("join-meeting", {"meetingId": str(meeting.id), "attemptId": str(second)})
    assert (await written(first))[0].end_reason == "left"
    assert (await written(second))[0].ended_at is None


async def test_a_resume_over_another_socket_goes_on_with_the_attempt(alice: Someone, meeting: Meeting) -> None:
    attempt = uuid4()
    socket, joined = await alice.join(meeting, attemptId=str(attempt))
    await socket.drop()
    await finish_recording()
    await alice.join(meeting, attemptId=str(attempt), resumeToken=joined["resumeToken"])
    row, events = await written(attempt)
    assert row.ended_at is None
    assert [event.data["resumed"] for event in events if event.step == "admitted"] == [False, True]
    assert len([event for event in events if event.step == "socket-open"]) == 2


async def test_whoever_does_not_come_back_ends_as_disconnected(alice: Someone, meeting: Meeting, settings: Any) -> None:
    settings.GRACE_SECONDS = 0
    attempt = uuid4()
    socket, joined = await alice.join(meeting, attemptId=str(attempt))
    await finish_recording()
    await socket.drop()

    async def gone() -> bool:
        await in_database(sweep)
        return await in_database(Participant.objects.filter(id=joined["participantId"], left_at=None).count) == 0

    await eventually("the grace period has passed", gone)
    assert (await written(attempt))[0].end_reason == "disconnected"


async def test_a_refused_join_says_why_and_ends_with_its_socket(alice: Someone, meeting: Meeting, bob: Someone) -> None:
    await in_database(Meeting.objects.filter(id=meeting.id).update, locked=True)
    attempt = uuid4()
    socket = await bob.socket()
    with pytest.raises(Refused):
        await socket.ask("join-meeting", {"meetingId": str(meeting.id), "attemptId": str(attempt)})
    await socket.drop()
    row, events = await written(attempt)
    assert (row.joined_at, row.end_reason) == (None, "refused")
    assert next(event for event in events if event.step == "admitted").data["code"] == "MEETING_LOCKED"


async def test_an_attempt_that_was_never_more_than_a_page_is_abandoned(alice: Someone, media: None) -> None:
    attempt = uuid4()
    socket = await alice.socket()
    await socket.ask("trace", told(attempt, a_step()))
    await socket.drop()
    assert (await written(attempt))[0].end_reason == "abandoned"


# Steps of the page


async def test_what_a_page_tells_stands_where_it_happened(alice: Someone, media: None) -> None:
    """Its clock is an hour ahead, and it tells of a moment five seconds ago."""
    attempt, hour = uuid4(), 3600 * 1000
    socket = await alice.socket()
    step = a_step("microphone", "failed", ago=5, reason="denied")
    step["at"] += hour
    await socket.ask("trace", told(attempt, step, sent_at=time.time() * 1000 + hour))
    _, events = await written(attempt)
    microphone = next(event for event in events if event.step == "microphone")
    assert microphone.at.timestamp() == pytest.approx(time.time() - 5, abs=2)
    assert microphone.data == {"reason": "denied"}
    clock = next(event for event in events if event.step == "clock")
    assert clock.outcome == "changed"
    assert clock.data["offMs"] == pytest.approx(hour, abs=2000)


async def test_the_data_of_a_step_may_have_any_names(alice: Someone, media: None) -> None:
    """Those of an event's own parts, as the time of a test beforehand has one, and those of the code around it."""
    attempt = uuid4()
    socket = await alice.socket()
    data = dict.fromkeys(("at", "side", "step", "outcome", "data", "self"), "told")
    step = {"step": "precall", "outcome": "ok", "at": time.time() * 1000, "data": data}
    await socket.ask("trace", told(attempt, step, a_step("joined")))
    _, events = await written(attempt)
    precall = next(event for event in events if event.step == "precall")
    assert (precall.side, precall.outcome, precall.data) == ("page", "ok", data)
    assert any(event.step == "joined" for event in events)


def test_a_message_that_was_long_on_its_way_does_not_shift_what_came_before() -> None:
    """The first message took 300 ms, the second 10 ms: their steps stand in the order of the page's clock."""
    step = {"step": "join-asked", "outcome": "ok", "at": 1_000_000.0}
    first = page_events({"sentAt": 1_000_000.0, "steps": [step]}, [], 1_000.3)
    later = {"step": "joined", "outcome": "ok", "at": 1_000_020.0}
    second = page_events({"sentAt": 1_000_100.0, "steps": [later]}, first, 1_000.11)
    assert [event.data for event in second if event.step == "clock"] == [{"offMs": -10}]
    joined = next(event for event in second if event.step == "joined")
    assert joined.at == pytest.approx(1_000.03)
    third = page_events({"sentAt": 1_000_900.0, "steps": [later]}, [*first, *second], 1_002.0)
    assert [event.step for event in third] == ["joined"]
    assert third[0].at == pytest.approx(1_000.03)


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"attemptId": "not-a-uuid"}, "attemptId"),
        ({"steps": [a_step("no-such-step")]}, "steps[0].step"),
        ({"steps": [a_step("room")]}, "steps[0].step"),
        ({"steps": [{**a_step(), "outcome": "grand"}]}, "steps[0].outcome"),
        ({"steps": [{**a_step(), "at": 1e300}]}, "steps[0].at"),
        ({"steps": [{**a_step(), "at": "now"}]}, "steps[0].at"),
        ({"steps": [{**a_step(), "data": []}]}, "steps[0].data"),
        ({"steps": [a_step(text="x" * 5000)]}, "steps[0].data"),
        ({"steps": [a_step(text="a\u0000b")]}, "steps[0].data"),
        ({"steps": [a_step(deep={"er": ["a\ud800b"]})]}, "steps[0].data"),
        ({"steps": [a_step()] * 101}, "steps"),
        ({"sentAt": -1}, "sentAt"),
        ({"surplus": 1}, "surplus"),
    ],
)
async def test_a_trace_that_is_none_is_refused_and_the_socket_lives_on(
    alice: Someone, media: None, data: Json, field: str
) -> None:
    socket = await alice.socket()
    with pytest.raises(Refused) as refused:
        await socket.ask("trace", {**told(uuid4(), a_step()), **data})
    assert refused.value.code == "BAD_REQUEST"
    assert refused.value.details.startswith(field)
    assert await socket.ask("ping") == {}


async def test_a_socket_that_is_in_a_meeting_speaks_for_its_own_attempt_only(alice: Someone, meeting: Meeting) -> None:
    socket, _ = await alice.join(meeting, attemptId=str(uuid4()))
    with pytest.raises(Refused) as refused:
        await socket.ask("trace", told(uuid4(), a_step()))
    assert refused.value.code == "NOT_ALLOWED"


async def test_a_flood_of_steps_is_refused(alice: Someone, media: None) -> None:
    socket, attempt = await alice.socket(), uuid4()

    async def flood() -> None:
        for _ in range(200):
            await socket.ask("trace", told(attempt, a_step()))

    with pytest.raises(Refused) as refused:
        await flood()
    assert refused.value.code == "RATE_LIMITED"
    assert refused.value.data["retryAfter"] > 0


# Over HTTP


def post(attempt: UUID, body: Json, **headers: str) -> Any:
    url = f"/api/meetings/attempts/{attempt}/steps"
    return Client(headers=headers).post(url, json.dumps(body), content_type="application/json")


def over_http(*steps: Json) -> Json:
    return {name: value for name, value in told("", *steps).items() if name != "attemptId"}


def test_a_page_without_a_socket_is_heard_and_answered() -> None:
    attempt = uuid4()
    answer = post(attempt, over_http(a_step("page-opened", ago=9), a_step("socket", "waiting", ago=1, seconds=8)))
    assert answer.status_code == 200
    assert [verdict["code"] for verdict in answer.json()["verdicts"]] == ["SOCKET_UNREACHABLE"]
    row = JoinAttempt.objects.get(id=attempt)
    assert (row.code, row.now_code, row.outcome) == ("SOCKET_UNREACHABLE", "SOCKET_UNREACHABLE", "failed")
    assert [event.step for event in rows(attempt)] == ["page-opened", "socket", "clock"]


def test_what_was_told_over_http_is_there_when_the_socket_opens_at_last() -> None:
    attempt = uuid4()
    post(attempt, {**over_http(a_step()), "displayName": "Ada"})
    answer = post(attempt, {**over_http(a_step("joined")), "displayName": "Eve"})
    assert answer.json() == {"verdicts": []}
    assert JoinAttempt.objects.get(id=attempt).display_name == "Ada"


@pytest.mark.parametrize("body", [{}, {"steps": []}, {"sentAt": 1, "steps": 7}, {"sentAt": 1e12, "steps": [], "x": 1}])
def test_a_body_that_is_no_trace_is_refused(body: Json) -> None:
    answer = post(uuid4(), body)
    assert (answer.status_code, answer.json()["code"]) == (400, "BAD_REQUEST")
    assert JoinAttempt.objects.count() == 0


def test_an_attempt_may_tell_only_so_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("meetings.trace.posted.MOST_EVENTS", 3)
    attempt = uuid4()
    assert post(attempt, over_http(*[a_step()] * 5)).status_code == 200
    answer = post(attempt, over_http(a_step()))
    assert (answer.status_code, answer.json()["code"]) == (429, "RATE_LIMITED")


@pytest.mark.parametrize(("proxies", "address"), [(0, "127.0.0.1"), (1, "203.0.113.9"), (2, "198.51.100.7")])
def test_the_address_is_what_our_own_proxies_wrote(settings: Any, proxies: int, address: str) -> None:
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": proxies}
    attempt = uuid4()
    post(attempt, over_http(a_step()), **{"x-forwarded-for": "6.6.6.6, 198.51.100.7, 203.0.113.9"})
    assert JoinAttempt.objects.get(id=attempt).address == address


def test_attempts_that_came_to_nothing_are_ended_after_a_while() -> None:
    attempt = uuid4()
    post(attempt, over_http(a_step(ago=3600)))
    assert end_abandoned() == 0
    assert end_abandoned(timezone.now() + timedelta(hours=1)) == 1
    assert JoinAttempt.objects.get(id=attempt).end_reason == "abandoned"


# Web processes


@pytest.mark.parametrize(
    ("host", "pid", "reason"),
    [
        (socket.gethostname(), NO_SUCH_PID, f"it died without a word [pid:{NO_SUCH_PID}]"),
        (socket.gethostname(), os.getpid(), None),
        ("another-host", NO_SUCH_PID, None),
        (None, 0, "it has stopped"),
    ],
    ids=["died", "runs", "runs elsewhere", "stopped"],
)
async def test_coming_back_tells_what_became_of_the_web_process(
    alice: Someone, meeting: Meeting, host: str | None, pid: int, reason: str | None
) -> None:
    attempt = uuid4()
    first, joined = await alice.join(meeting, attemptId=str(attempt))
    await first.drop()

    def was_held_by_another() -> None:
        process = None
        if host is not None:
            process = WebProcess.objects.create(host=host, pid=pid, heartbeat_at=timezone.now())
        Participant.objects.filter(id=joined["participantId"]).update(served_by=process)

    await in_database(was_held_by_another)
    await alice.join(meeting, attemptId=str(attempt), resumeToken=joined["resumeToken"])
    _, events = await written(attempt)
    assert [event.data["reason"] for event in events if event.step == "process"] == ([reason] if reason else [])
