"""What clients see when media break: one answer to each request, and people who stay people."""

from __future__ import annotations

import asyncio
import logging
from typing import Any
from uuid import uuid4

import pytest
from channels.layers import InMemoryChannelLayer

from media import embedded
from media.client import close_media_client, get_media_client
from media.conf import media_settings
from media.errors import MediaError
from meetings import audience
from meetings.database import in_database
from meetings.handlers import joining
from meetings.models import Meeting, Participant
from tests.live.waiting import eventually
from tests.meetings.conftest import Someone
from tests.meetings.misbehaving_media import MisbehavingMedia, raising, silent_until
from tests.meetings.socket_client import Closed

Json = dict[str, Any]
CREATE: dict[str, Any] = {"direction": "send"}


@pytest.fixture
async def broken(monkeypatch: pytest.MonkeyPatch, meeting: Meeting) -> MisbehavingMedia:
    media = MisbehavingMedia()
    monkeypatch.setattr(joining, "get_media_client", lambda: media)
    return media


@pytest.mark.parametrize("code", ["MEDIA_UNAVAILABLE", "MEDIA_OVERLOADED"])
async def test_fault_the_node_refuses_to_take_somebody(
    broken: MisbehavingMedia, alice: Someone, bob: Someone, meeting: Meeting, code: str
) -> None:
    """Nobody is in a meeting whose media would not have them."""
    at_alices, _ = await alice.join(meeting)
    broken.faults["join-meeting"] = raising(MediaError(code, "There is no worker."))
    at_bobs = await bob.socket()
    refused = await at_bobs.refusal(code, "join-meeting", {"meetingId": str(meeting.id)})
    assert refused.details == "There is no worker."
    await at_bobs.refusal("NOT_IN_MEETING", "leave-meeting")
    assert await in_database(Participant.objects.filter(meeting=meeting).count) == 1
    # Whoever heard that he came hears that he went.
    assert await at_alices.pushes_so_far() == ["participant-joined", "participant-left"]
    broken.faults.clear()
    await at_bobs.ask("join-meeting", {"meetingId": str(meeting.id)})


async def test_fault_the_node_refuses_somebody_who_comes_back(
    broken: MisbehavingMedia, bob: Someone, meeting: Meeting
) -> None:
    """They keep their place for what is left of a grace period, and may try again."""
    socket, bobs = await bob.join(meeting)
    await socket.drop()
    back = await bob.socket()
    resuming = {"meetingId": str(meeting.id), "resumeToken": bobs["resumeToken"]}
    broken.faults["join-meeting"] = raising(MediaError("MEDIA_UNAVAILABLE", "There is no worker."))
    await back.refusal("MEDIA_UNAVAILABLE", "join-meeting", resuming)
    broken.faults.clear()
    assert (await back.ask("join-meeting", resuming))["participantId"] == bobs["participantId"]


async def test_fault_media_are_taken_up_afresh_while_they_are_away(
    broken: MisbehavingMedia, alice: Someone, bob: Someone, meeting: Meeting
) -> None:
    """Whoever is in a meeting stays in it without media."""
    at_alices, _ = await alice.join(meeting)
    at_bobs, _ = await bob.join(meeting)
    broken.faults["join-meeting"] = raising(MediaError("MEDIA_UNAVAILABLE", "There is no worker."))
    await at_bobs.refusal("MEDIA_UNAVAILABLE", "join-meeting", {"meetingId": str(meeting.id)})
    await at_alices.ask("lock-meeting", {"locked": True})
    await at_bobs.push("meeting-updated")
    assert "participant-left" not in await at_alices.pushes_so_far()


async def test_fault_something_unexpected(
    broken: MisbehavingMedia, bob: Someone, meeting: Meeting, caplog: pytest.LogCaptureFixture
) -> None:
    socket, _ = await bob.join(meeting)
    broken.faults["create-transport"] = raising(ZeroDivisionError("the secret inside"))
    with caplog.at_level(logging.ERROR, "meetings.consumers"):
        refused = await socket.refusal("INTERNAL_ERROR", "create-transport", {"meetingId": str(meeting.id), **CREATE})
    assert "secret" not in str(refused.data)
    errors = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert [record.name for record in errors] == ["meetings.consumers"]
    await socket.ask("ping")


async def test_fault_a_code_that_the_contract_does_not_have(
    broken: MisbehavingMedia, bob: Someone, meeting: Meeting
) -> None:
    socket, _ = await bob.join(meeting)
    broken.faults["create-transport"] = raising(MediaError("FLUX_CAPACITOR_EMPTY", "1.21 GW are missing."))
    await socket.refusal("INTERNAL_ERROR", "create-transport", {"meetingId": str(meeting.id), **CREATE})


async def test_transport_creation_failed(broken: MisbehavingMedia, bob: Someone, meeting: Meeting) -> None:
    socket, _ = await bob.join(meeting)
    broken.faults["create-transport"] = raising(MediaError("TRANSPORT_CREATION_FAILED", "No port is free."))
    refused = await socket.refusal(
        "TRANSPORT_CREATION_FAILED", "create-transport", {"meetingId": str(meeting.id), **CREATE}
    )
    assert refused.data["message"] == "Failed to create transport"


async def test_fault_the_node_is_silent(broken: MisbehavingMedia, bob: Someone, meeting: Meeting) -> None:
    """Pings are answered, requests behind the silent one wait for their turn, and each gets its answer."""
    socket, _ = await bob.join(meeting)
    speak = asyncio.Event()
    transport = {"id": "t", "iceParameters": {}, "iceCandidates": [], "dtlsParameters": {}}
    broken.faults["create-transport"] = silent_until(speak, {"direction": "send", "params": transport})
    socket.send(
        f'{{"id": "a", "event": "create-transport", "data": {{"meetingId": "{meeting.id}", "direction": "send"}}}}'
    )
    socket.send('{"id": "b", "event": "leave-meeting"}')
    await socket.ask("ping")
    speak.set()
    assert (await socket.answer_to("a", "create-transport"))["params"]["id"] == "t"
    assert await socket.answer_to("b", "leave-meeting") == {}


async def test_fault_a_ping_goes_by_while_the_node_is_silent(
    broken: MisbehavingMedia, bob: Someone, meeting: Meeting
) -> None:
    """What others do meanwhile is neither lost nor told before the answer that is waited for."""
    socket, joined = await bob.join(meeting)
    speak = asyncio.Event()
    transport = {"id": "t", "iceParameters": {}, "iceCandidates": [], "dtlsParameters": {}}
    broken.faults["create-transport"] = silent_until(speak, {"direction": "send", "params": transport})
    socket.send(
        f'{{"id": "a", "event": "create-transport", "data": {{"meetingId": "{meeting.id}", "direction": "send"}}}}'
    )
    await socket.ask("ping")
    somebody = {"participantId": str(uuid4()), "kind": "video", "source": "camera", "paused": False}
    producers = [{**somebody, "producerId": str(uuid4())} for _ in range(2)]
    broken.tell(joined["participantId"], "new-producer", producers[0])
    await socket.ask("ping")
    broken.tell(joined["participantId"], "new-producer", producers[1])
    speak.set()
    frames = [await socket.next_frame() for _ in range(3)]
    assert [frame.get("id", frame["event"]) for frame in frames] == ["a", "new-producer", "new-producer"]
    assert [frame["data"] for frame in frames[1:]] == producers


async def test_fault_what_the_answer_to_a_join_lists_is_cut_and_offered_again(
    broken: MisbehavingMedia, bob: Someone, meeting: Meeting
) -> None:
    """Under the same id, before the answer is out: it is news although the answer has it."""
    socket, joined = await bob.join(meeting)
    names = {"participantId": str(uuid4()), "producerId": str(uuid4())}
    producer = {**names, "kind": "video", "source": "camera", "paused": False}

    async def cut_at_once() -> Json:
        broken.tell(joined["participantId"], "producer-closed", names)
        broken.tell(joined["participantId"], "new-producer", producer)
        room = {"made": False, "worker": 0, "router": str(uuid4())}
        return {
            "room": room,
            "rtpCapabilities": {"codecs": [], "headerExtensions": []},
            "resumed": True,
            "producers": [producer],
            "ownProducers": [],
        }

    broken.faults["join-meeting"] = cut_at_once
    reply = await socket.ask("join-meeting", {"meetingId": str(meeting.id)})
    assert reply["producers"] == [producer]
    frames = [await socket.next_frame() for _ in range(2)]
    assert [frame["event"] for frame in frames] == ["producer-closed", "new-producer"]


async def test_fault_the_node_dies_and_comes_back(alice: Someone, bob: Someone, meeting: Meeting) -> None:
    """The real one: sockets are told, people stay, requests are refused; then media are taken up afresh."""
    at_alices, _ = await alice.join(meeting)
    at_bobs, bobs = await bob.join(meeting)
    assert await in_database(embedded.stop)
    for socket in (at_alices, at_bobs):
        assert (await socket.push("media-lost"))["reason"]
    await at_alices.ask("lock-meeting", {"locked": True})
    await at_bobs.push("meeting-updated")
    embedded.start(media_settings())
    for socket in (at_alices, at_bobs):
        assert await socket.push("media-restored") == {}

    async def up() -> bool:
        return (await get_media_client().status())["workers"] == 1

    await eventually("the worker is up again", up, within=15)
    await at_bobs.refusal("ROUTER_NOT_FOUND", "restart-ice", {"transportId": "gone"})
    again = await at_bobs.ask("join-meeting", {"meetingId": str(meeting.id), "resumeToken": bobs["resumeToken"]})
    assert again["participantId"] == bobs["participantId"]
    assert again["state"] == {"resumed": True, "mediaResumed": False, "ownProducers": []}
    await at_bobs.ask("create-transport", {"meetingId": str(meeting.id), "direction": "send"})
    # On a busy machine it takes so long that it is said what is waited for.
    told = [event for event in await at_alices.pushes_so_far() if event not in ("verdict", "participant-trouble")]
    assert told == [], "nobody left or came"


async def test_media_cannot_start_and_joining_says_so(
    alice: Someone, meeting: Meeting, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await close_media_client()
    settings.MEDIA_EMBEDDED = False
    settings.MEDIA_SOCKET = "/nonexistent/media.sock"
    socket = await alice.socket()
    await socket.refusal("MEDIA_UNAVAILABLE", "join-meeting", {"meetingId": str(meeting.id)})
    await socket.ask("ping")
    await close_media_client()


async def test_fault_the_channel_layer_breaks(bob: Someone, meeting: Meeting, monkeypatch: pytest.MonkeyPatch) -> None:
    """A socket that hears nothing of the others must not look alive."""
    broken_layer = InMemoryChannelLayer()

    async def receive(_channel: str) -> Json:
        raise ConnectionError("Redis is gone")

    monkeypatch.setattr(broken_layer, "receive", receive)
    monkeypatch.setattr(audience, "get_channel_layer", lambda: broken_layer)
    socket = await bob.socket()
    with pytest.raises(Closed) as closed:
        await socket.next_frame()
    assert closed.value.code == 4500
