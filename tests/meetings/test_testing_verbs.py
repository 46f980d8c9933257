"""`test-…`: a room for trying out, on a real worker, of which nothing may be left."""

from __future__ import annotations

import asyncio
import time
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from asgiref.sync import sync_to_async
from django.test import Client

from media import embedded
from media.client import get_media_client
from media.errors import MediaError
from meetings.models import JoinAttempt, MeetingEvent
from meetings.signalling import rehearsal
from tests.live.waiting import eventually
from tests.meetings.conftest import Someone
from tests.meetings.socket_client import SignallingSocket
from tests.node import rtp

Json = dict[str, Any]
NOBODYS = "00000000-0000-4000-8000-000000000000"
WITHOUT_A_TEST: dict[str, Json] = {
    "test-transport": {"way": "udp", "direction": "send"},
    "test-connect": {"way": "udp", "transportId": NOBODYS, "dtlsParameters": rtp.DTLS},
    "test-produce": {"kind": "audio", "source": "mic", "rtpParameters": rtp.microphone()},
    "test-consume": {"producerId": NOBODYS, "rtpCapabilities": {}},
}


async def on_the_worker() -> tuple[int, int, int, int]:
    """Routers, transports, producers and consumers on the one worker there is."""
    [worker] = (await get_media_client().workers())["workers"]
    return worker["routers"], worker["transports"], worker["producers"], worker["consumers"]


async def nothing_is_left() -> None:
    async def empty() -> bool:
        return await on_the_worker() == (0, 0, 0, 0)

    await eventually("nothing of the test is left on the worker", empty)
    assert rehearsal._running == set()


@pytest.fixture
def fresh_node() -> None:
    """What is counted is what the test made: rooms that others left wait for those who may come back to them."""
    embedded.stop()


@pytest_asyncio.fixture
async def socket(fresh_node: None, alice: Someone, media: None) -> SignallingSocket:
    return await alice.socket()


@pytest.fixture
def short_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rehearsal, "SECONDS", 0.2)


async def test_an_echo_comes_back_through_a_real_worker(socket: SignallingSocket) -> None:
    begun = await socket.ask("test-begin")
    assert begun["rtpCapabilities"]["codecs"]
    for direction in ("send", "recv"):
        made = await socket.ask("test-transport", {"way": "echo", "direction": direction})
        assert {one["protocol"] for one in made["params"]["iceCandidates"]} == {"udp", "tcp"}
        wanted = {"transportId": made["params"]["id"], "dtlsParameters": rtp.DTLS}
        assert await socket.ask("test-connect", {"way": "echo", **wanted}) == {"transportId": made["params"]["id"]}
    for kind, source, parameters in (("audio", "mic", rtp.microphone()), ("video", "camera", rtp.camera(1))):
        sent = await socket.ask("test-produce", {"kind": kind, "source": source, "rtpParameters": parameters})
        wanted = {"producerId": sent["producerId"], "rtpCapabilities": begun["rtpCapabilities"]}
        got = await socket.ask("test-consume", wanted)
        assert (got["producerId"], got["source"], got["type"]) == (sent["producerId"], source, "simple")
    assert await on_the_worker() == (1, 2, 2, 2)
    assert await socket.ask("test-end") == {"verdicts": []}
    await nothing_is_left()


async def test_each_way_has_a_connection_of_its_own(socket: SignallingSocket) -> None:
    await socket.ask("test-begin")
    made = [
        await socket.ask("test-transport", {"way": way, "direction": "send"}) for way in ("echo", "udp", "tcp", "turn")
    ]
    assert len({one["params"]["id"] for one in made}) == 4
    assert await on_the_worker() == (1, 4, 0, 0)
    # A second one for the same way takes the place of the first.
    await socket.ask("test-transport", {"way": "udp", "direction": "send"})
    assert await on_the_worker() == (1, 4, 0, 0)
    await socket.ask("test-end")
    await nothing_is_left()


async def test_a_test_is_no_meeting_and_nobody_is_in_it(socket: SignallingSocket) -> None:
    await socket.ask("test-begin")
    await socket.ask("test-transport", {"way": "udp", "direction": "send"})
    assert (await on_the_worker())[0] == 1
    status = await get_media_client().status()
    assert (status["activeRooms"], status["totalParticipants"]) == (0, 0)
    [numbers] = await get_media_client().numbers()
    assert (numbers["rooms"], numbers["participants"]) == (0, 0)
    assert await socket.pushes_so_far() == []


async def test_nothing_is_left_when_the_socket_closes(socket: SignallingSocket) -> None:
    await socket.ask("test-begin")
    await socket.ask("test-transport", {"way": "turn", "direction": "send"})
    await socket.drop()
    await nothing_is_left()


async def test_nothing_is_left_when_the_socket_closes_while_the_room_is_made(socket: SignallingSocket) -> None:
    socket.send('{"id": 1, "event": "test-begin"}')
    socket.send('{"id": 2, "event": "test-transport", "data": {"way": "udp", "direction": "send"}}')
    await asyncio.sleep(0)
    await socket.drop()
    await nothing_is_left()


@pytest.mark.usefixtures("short_tests")
async def test_a_test_that_nobody_ends_is_ended(socket: SignallingSocket) -> None:
    await socket.ask("test-begin")
    await nothing_is_left()
    refused = await socket.refusal("NOT_IN_MEETING", "test-transport", WITHOUT_A_TEST["test-transport"])
    assert "test" in refused.details


async def test_a_second_test_takes_the_place_of_the_first(socket: SignallingSocket) -> None:
    first = await socket.ask("test-begin")
    await socket.ask("test-transport", {"way": "udp", "direction": "send"})
    second = await socket.ask("test-begin")
    assert first["testId"] != second["testId"]
    assert await on_the_worker() == (1, 0, 0, 0)


@pytest.mark.parametrize("event", WITHOUT_A_TEST)
async def test_without_a_test_there_is_nothing_to_ask_for(event: str, socket: SignallingSocket) -> None:
    await socket.refusal("NOT_IN_MEETING", event, WITHOUT_A_TEST[event])


async def test_ending_no_test_is_harmless(socket: SignallingSocket) -> None:
    assert await socket.ask("test-end") == {"verdicts": []}


async def test_tests_of_one_socket_are_limited(socket: SignallingSocket) -> None:
    for _ in range(5):
        await socket.ask("test-begin")
    refused = await socket.refusal("RATE_LIMITED", "test-begin")
    assert refused.data["retryAfter"] > 1


async def test_too_many_tests_at_once_do_not_crowd_out_meetings(
    socket: SignallingSocket, alice: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rehearsal, "MOST_AT_ONCE", 1)
    await socket.ask("test-begin")
    await (await alice.socket()).refusal("MEDIA_OVERLOADED", "test-begin")
    await socket.ask("test-end")
    await (await alice.socket()).ask("test-begin")


async def test_without_a_worker_the_test_says_so(socket: SignallingSocket, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: Any) -> Json:
        raise MediaError("MEDIA_UNAVAILABLE", "There is no media node.")

    monkeypatch.setattr(get_media_client(), "call", away)
    refused = await socket.refusal("MEDIA_UNAVAILABLE", "test-begin")
    assert refused.details
    await socket.refusal("NOT_IN_MEETING", "test-transport", WITHOUT_A_TEST["test-transport"])
    assert rehearsal._running == set()


async def test_what_is_sent_has_to_be_of_its_kind(socket: SignallingSocket) -> None:
    await socket.ask("test-begin")
    wrong = {"kind": "audio", "source": "camera", "rtpParameters": {}}
    await socket.refusal("BAD_REQUEST", "test-produce", wrong)
    await socket.refusal("TRANSPORT_NOT_FOUND", "test-produce", WITHOUT_A_TEST["test-produce"])
    unknown = {"producerId": NOBODYS, "rtpCapabilities": {}}
    await socket.refusal("PRODUCER_NOT_FOUND", "test-consume", unknown)
    await socket.refusal("TRANSPORT_NOT_FOUND", "test-connect", {**WITHOUT_A_TEST["test-connect"], "way": "echo"})


async def test_a_test_beside_a_meeting_leaves_the_meeting_alone(alice: Someone, meeting: Any) -> None:
    socket, joined = await alice.join(meeting)
    capabilities = joined["rtpCapabilities"]
    await socket.ask("join-meeting", {"meetingId": str(meeting.id), "rtpCapabilities": capabilities})
    await socket.ask("test-begin")
    assert await on_the_worker() == (2, 2, 0, 0)
    await socket.ask("test-end")
    assert await on_the_worker() == (1, 2, 0, 0)


def told(attempt: UUID, *steps: tuple[str, str, Json]) -> Json:
    """A `trace` message of the test page."""
    now = time.time() * 1000
    each = [{"step": step, "outcome": outcome, "at": now, "data": data} for step, outcome, data in steps]
    return {"attemptId": str(attempt), "purpose": "test", "sentAt": now, "steps": each}


async def row_of(attempt: UUID) -> JoinAttempt:
    """What is written down of it once it has ended."""

    def ended() -> JoinAttempt | None:
        return JoinAttempt.objects.filter(id=attempt).exclude(ended_at=None).first()

    return await eventually("the attempt is written down", sync_to_async(ended))


async def test_a_test_is_an_attempt_of_its_own_kind_judged_by_the_same_rules(socket: SignallingSocket) -> None:
    attempt = uuid4()
    steps = told(attempt, ("page-opened", "ok", {}), ("microphone", "failed", {"reason": "denied"}))
    await socket.ask("trace", steps)
    await socket.ask("test-begin")
    [verdict] = (await socket.ask("test-end"))["verdicts"]
    assert verdict["code"] == "MICROPHONE_DENIED"
    assert verdict["action"]
    row = await row_of(attempt)
    assert (row.purpose, row.code, row.end_reason, row.meeting_id) == ("test", "MICROPHONE_DENIED", "tested", None)
    await socket.drop()
    events = [event async for event in MeetingEvent.objects.filter(attempt=attempt)]
    assert {(event.side, event.step) for event in events} >= {
        ("page", "microphone"), ("web", "socket-open"), ("web", "room"), ("web", "ended"),
    }  # fmt: skip
    assert (await row_of(attempt)).end_reason == "tested", "the end of the socket is not another end"


async def test_a_test_without_a_worker_is_told_no_worker(
    socket: SignallingSocket, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: Any) -> Json:
        raise MediaError("MEDIA_UNAVAILABLE", "There is no media node.")

    monkeypatch.setattr(get_media_client(), "call", away)
    attempt = uuid4()
    await socket.ask("trace", told(attempt, ("page-opened", "ok", {})))
    await socket.refusal("MEDIA_UNAVAILABLE", "test-begin")
    [verdict] = (await socket.ask("test-end"))["verdicts"]
    assert (verdict["code"], verdict["severity"]) == ("NO_WORKER", "failing")
    assert (await row_of(attempt)).outcome == "failed"


async def test_blocked_udp_is_told_although_media_run(socket: SignallingSocket) -> None:
    await socket.ask(
        "trace",
        told(
            uuid4(),
            ("way", "failed", {"way": "udp", "ms": 5000, "ports": [44444]}),
            ("way", "ok", {"way": "tcp", "ms": 40, "ports": [44444]}),
        ),
    )
    [verdict] = (await socket.ask("test-end"))["verdicts"]
    assert (verdict["code"], verdict["severity"]) == ("MEDIA_PORT_BLOCKED", "impaired")
    assert "UDP 44444" in verdict["action"]


async def test_a_page_that_is_closed_while_testing_has_abandoned_it(socket: SignallingSocket) -> None:
    attempt = uuid4()
    await socket.ask("trace", told(attempt, ("page-opened", "ok", {})))
    await socket.ask("test-begin")
    await socket.drop()
    row = await row_of(attempt)
    assert (row.purpose, row.end_reason) == ("test", "abandoned")


async def say(attempt: UUID, outcome: str, **data: Any) -> list[str]:
    """What the person says of the speaker after the test, as its page posts it; the codes of what is wrong then."""
    body = told(attempt, ("speaker", outcome, data))
    del body["attemptId"]

    def post() -> Any:
        path = f"/api/meetings/attempts/{attempt}/steps"
        return Client().post(path, body, content_type="application/json")

    response = await sync_to_async(post)()
    assert response.status_code == 200
    return [verdict["code"] for verdict in response.json()["verdicts"]]


async def test_what_the_person_says_after_the_test_is_in_its_verdict(socket: SignallingSocket) -> None:
    attempt = uuid4()
    closed = {"way": "tcp", "ports": [44444]}
    steps = told(attempt, ("way", "ok", {"way": "udp"}), ("way", "failed", closed), ("speaker", "ok", {}))
    await socket.ask("trace", steps)
    ended = await socket.ask("test-end")
    assert [(one["code"], one["severity"]) for one in ended["verdicts"]] == [("MEDIA_PORT_BLOCKED", "notice")]
    row = await JoinAttempt.objects.aget(id=attempt)
    assert (row.end_reason, row.code, row.outcome) == ("tested", "MEDIA_PORT_BLOCKED", "trying"), "written by then"

    assert await say(attempt, "failed", reason="unheard") == ["NO_SPEAKER", "MEDIA_PORT_BLOCKED"]
    row = await JoinAttempt.objects.aget(id=attempt)
    assert (row.end_reason, row.code, row.now_code, row.outcome) == ("tested", "NO_SPEAKER", "NO_SPEAKER", "impaired")
    assert "did not hear" in row.sentence

    assert await say(attempt, "ok", heard=True) == ["MEDIA_PORT_BLOCKED"]
    await socket.drop()
    row = await JoinAttempt.objects.aget(id=attempt)
    assert (row.end_reason, row.code, row.outcome) == ("tested", "MEDIA_PORT_BLOCKED", "trying")


async def test_what_went_wrong_before_is_not_forgotten_for_an_answer(socket: SignallingSocket) -> None:
    attempt = uuid4()
    await socket.ask("trace", told(attempt, ("camera", "failed", {"reason": "busy"})))

    async def judged() -> bool:
        return await JoinAttempt.objects.filter(id=attempt, code="CAMERA_BUSY").aexists()

    await eventually("the camera's trouble is written down", judged)
    await socket.ask("trace", told(attempt, ("camera", "ok", {})))
    assert await socket.ask("test-end") == {"verdicts": []}
    assert await say(attempt, "ok", heard=True) == []
    row = await JoinAttempt.objects.aget(id=attempt)
    assert (row.code, row.now_code, row.outcome) == ("CAMERA_BUSY", "", "impaired")
    assert row.sentence


async def test_the_addresses_that_were_announced_are_steps_of_a_test_as_of_a_join(socket: SignallingSocket) -> None:
    attempt = uuid4()
    await socket.ask("trace", told(attempt, ("page-opened", "ok", {})))
    await socket.ask("test-begin")
    addresses = {}
    for direction in ("send", "recv"):
        made = await socket.ask("test-transport", {"way": "echo", "direction": direction})
        each = made["params"]["iceCandidates"]
        addresses[direction] = [{name: one[name] for name in ("ip", "port", "protocol")} for one in each]
    await socket.ask("test-end")
    noted = MeetingEvent.objects.filter(attempt=attempt, side="node", step="announced")
    assert {one.data["direction"]: one.data["candidates"] async for one in noted} == addresses


async def test_without_a_socket_the_steps_of_a_test_go_over_http(socket: SignallingSocket) -> None:
    attempt = uuid4()
    body = told(attempt, ("socket", "failed", {"ms": 5000}))
    del body["attemptId"]

    def post() -> Any:
        path = f"/api/meetings/attempts/{attempt}/steps"
        return Client().post(path, body, content_type="application/json")

    response = await sync_to_async(post)()
    assert response.status_code == 200
    assert [verdict["code"] for verdict in response.json()["verdicts"]] == ["SOCKET_UNREACHABLE"]
    assert (await JoinAttempt.objects.aget(id=attempt)).purpose == "test"
