"""Who hears of what is wrong, and that it is over: the participant, hosts, hosts who come later, the attempt's row."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID, uuid4

import pytest

from meetings.database import in_database
from meetings.models import JoinAttempt, Meeting, MeetingEvent, report_of
from meetings.trace.load import Loads
from meetings.trace.recorder import finish_recording
from tests.live.waiting import eventually
from tests.meetings.conftest import Someone
from tests.meetings.socket_client import SignallingSocket

pytestmark = pytest.mark.django_db(transaction=True)

Json = dict[str, Any]


@pytest.fixture(autouse=True)
def _idle_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker with nothing to do: the one of these tests shares its cores with every other test, and would say so."""
    monkeypatch.setattr(Loads, "of", lambda _loads, _peer: {"worker": 0, "cpu": 0.02, "lagMs": 1})


async def tell(socket: SignallingSocket, attempt: str, step: str, outcome: str = "ok", **data: Any) -> None:
    now = time.time() * 1000
    steps = [{"step": step, "outcome": outcome, "at": now, "data": data}]
    await socket.ask("trace", {"attemptId": attempt, "sentAt": now, "steps": steps})


def codes(push: Json) -> list[str]:
    return [verdict["code"] for verdict in push["verdicts"]]


async def test_the_participant_and_the_host_hear_of_it_and_of_its_end(
    alice: Someone, bob: Someone, meeting: Meeting
) -> None:
    host, _ = await alice.join(meeting)
    attempt = str(uuid4())
    socket, joined = await bob.join(meeting, attemptId=attempt, displayName="Bob")

    await tell(socket, attempt, "microphone", "failed", reason="denied")

    told = await socket.push("verdict")
    assert codes(told) == ["MICROPHONE_DENIED"]
    assert told["report"] == report_of(UUID(attempt))
    heard = await host.push("participant-trouble")
    assert (heard["participantId"], codes(heard)) == (joined["participantId"], ["MICROPHONE_DENIED"])
    assert "Bob" in heard["verdicts"][0]["sentence"]

    await tell(socket, attempt, "microphone", "ok")

    assert codes(await socket.push("verdict")) == []
    assert codes(await host.push("participant-trouble")) == []
    await finish_recording()
    row = await in_database(JoinAttempt.objects.get, id=attempt)
    assert (row.code, row.now_code, row.outcome) == ("MICROPHONE_DENIED", "", "impaired")
    assert row.sentence
    noted = await in_database(
        lambda: list(
            MeetingEvent.objects.filter(attempt_id=UUID(attempt), step="verdict").values_list("outcome", flat=True)
        )
    )
    assert noted == ["failed", "ok"]


async def test_nobody_but_hosts_hears_of_others(
    alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting
) -> None:
    host, _ = await alice.join(meeting)
    attempt = str(uuid4())
    socket, _ = await bob.join(meeting, attemptId=attempt)
    attendee, _ = await mallory.join(meeting)
    await tell(socket, attempt, "camera", "failed", reason="busy")
    await host.push("participant-trouble")
    # What everybody hears comes after it.
    await host.ask("lock-meeting", {"locked": True})
    heard: list[str] = []
    while "meeting-updated" not in heard:
        heard.append((await attendee.next_frame())["event"])
    assert not {"participant-trouble", "verdict"} & set(heard)


async def test_a_host_who_comes_later_is_told(alice: Someone, bob: Someone, meeting: Meeting) -> None:
    attempt = str(uuid4())
    socket, joined = await bob.join(meeting, attemptId=attempt)
    await tell(socket, attempt, "camera", "failed", reason="none")
    await socket.push("verdict")
    host, _ = await alice.join(meeting)
    heard = await host.push("participant-trouble")
    assert (heard["participantId"], codes(heard)) == (joined["participantId"], ["NO_CAMERA"])


async def test_what_was_wrong_goes_on_being_wrong_over_another_socket(alice: Someone, meeting: Meeting) -> None:
    attempt = str(uuid4())
    socket, joined = await alice.join(meeting, attemptId=attempt)
    await tell(socket, attempt, "microphone", "failed", reason="busy")
    await socket.push("verdict")
    await socket.drop()
    await finish_recording()
    again, _ = await alice.join(meeting, attemptId=attempt, resumeToken=joined["resumeToken"])
    assert codes(await again.push("verdict")) == ["MICROPHONE_BUSY"]


async def test_an_attempt_without_trouble_ends_up_well(
    alice: Someone, meeting: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody who neither sends nor receives: nothing can be wrong, and after a while nothing was."""
    monkeypatch.setattr("meetings.trace.watch.SETTLED_AFTER", 0.3)
    monkeypatch.setattr("meetings.trace.watch.LOOK_SECONDS", 0.1)
    attempt = str(uuid4())
    await alice.join(meeting, attemptId=attempt)

    async def well() -> bool:
        return await in_database(JoinAttempt.objects.filter(id=attempt, outcome="well").count) == 1

    await eventually("it is well", well)


async def test_what_was_held_back_of_samples_is_written_when_the_socket_goes(alice: Someone, meeting: Meeting) -> None:
    attempt = str(uuid4())
    socket, _ = await alice.join(meeting, attemptId=attempt)
    for _ in range(4):
        await tell(socket, attempt, "quality", seconds=5, down={"kbps": 900, "loss": 0, "jitter": 3, "well": 2})
    await socket.drop()
    await finish_recording()
    samples = MeetingEvent.objects.filter(attempt_id=UUID(attempt), step="quality").order_by("id")
    rows = await in_database(lambda: list(samples.values_list("data", flat=True)))
    assert [data["seconds"] for data in rows] == [5, 5, 10]


async def test_whoever_receives_what_was_lost_on_its_way_to_us_is_not_blamed(
    alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting
) -> None:
    """Without a host, too. Bob's packets are lost between him and us; Mallory sees the holes."""
    bobs, mallorys = str(uuid4()), str(uuid4())
    at_bobs, joined = await bob.join(meeting, attemptId=bobs)
    at_mallorys, _ = await mallory.join(meeting, attemptId=mallorys)
    await tell(at_bobs, bobs, "quality", seconds=5, up={"kbps": 300, "loss": 0.3, "rtt": 20}, spoke=0)
    assert codes(await at_bobs.push("verdict")) == ["UPLINK_LOSS"]

    stream = {"participantId": joined["participantId"], "source": "camera", "kbps": 200, "loss": 0.3, "packets": 200}
    down = {"kbps": 200, "loss": 0.3, "streams": [stream]}
    for _ in range(3):
        await tell(at_mallorys, mallorys, "quality", seconds=5, down=down, spoke=0)
    # What she is told of herself comes after all that.
    await tell(at_mallorys, mallorys, "microphone", "failed", reason="denied")
    assert codes(await at_mallorys.push("verdict")) == ["MICROPHONE_DENIED"]
