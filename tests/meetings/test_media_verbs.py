"""Requests that go through to the media node: transports, producers, consumers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from meetings.models import Meeting
from meetings.protocol.requests import REQUESTS
from tests.meetings.conftest import Someone
from tests.meetings.socket_client import SignallingSocket
from tests.node import rtp

Json = dict[str, Any]
NOBODYS = "00000000-0000-4000-8000-000000000000"

# A valid payload for each relayed request, about things that do not exist.
PAYLOADS: dict[str, Json] = {
    "create-transport": {"meetingId": NOBODYS, "direction": "send"},
    "connect-transport": {"transportId": NOBODYS, "dtlsParameters": rtp.DTLS},
    "restart-ice": {"transportId": NOBODYS},
    "produce": {"meetingId": NOBODYS, "kind": "audio", "source": "mic", "rtpParameters": {}},
    "pause-producer": {"producerId": NOBODYS},
    "resume-producer": {"producerId": NOBODYS},
    "close-producer": {"producerId": NOBODYS},
    "consume": {"producerId": NOBODYS},
    "pause-consumer": {"consumerId": NOBODYS},
    "resume-consumer": {"consumerId": NOBODYS},
    "set-preferred-layers": {"consumerId": NOBODYS, "spatialLayer": 0},
    "set-consumer-priority": {"consumerId": NOBODYS, "priority": 1},
    "request-key-frame": {"consumerId": NOBODYS},
}


@dataclass(frozen=True)
class Pair:
    """Alice and Bob in a meeting, with transports; `joined` is what each was answered."""

    meeting: Meeting
    alice: SignallingSocket
    bob: SignallingSocket
    alices: Json
    bobs: Json

    async def alice_sends(self, kind: str, source: str, rtp_parameters: Json, **more: Any) -> str:
        data = {"meetingId": str(self.meeting.id), "kind": kind, "source": source, "rtpParameters": rtp_parameters}
        produced = await self.alice.ask("produce", {**data, **more})
        assert produced == {"kind": kind, "source": source, "producerId": produced["producerId"]}
        return str(produced["producerId"])


@pytest.fixture
async def pair(alice: Someone, bob: Someone, meeting: Meeting) -> Pair:
    at_alices, first = await alice.join(meeting)
    capabilities = first["rtpCapabilities"]
    alices = await at_alices.ask("join-meeting", {"meetingId": str(meeting.id), "rtpCapabilities": capabilities})
    at_bobs, bobs = await bob.join(meeting, rtpCapabilities=capabilities)
    await at_alices.push("participant-joined")
    return Pair(meeting, at_alices, at_bobs, alices, bobs)


def test_every_relayed_request_is_tried() -> None:
    assert set(PAYLOADS) == {event for event, request in REQUESTS.items() if request.relayed}


@pytest.mark.parametrize("event", PAYLOADS)
async def test_whoever_is_not_in_the_meeting_is_told_so(event: str, mallory: Someone, meeting: Meeting) -> None:
    await (await mallory.socket()).refusal("NOT_IN_MEETING", event, PAYLOADS[event])


@pytest.mark.parametrize("event", ["create-transport", "produce"])
async def test_another_meeting_than_ones_own(event: str, pair: Pair) -> None:
    await pair.bob.refusal("NOT_IN_MEETING", event, PAYLOADS[event])


async def test_step_by_step(alice: Someone, meeting: Meeting) -> None:
    socket, _ = await alice.join(meeting)
    for direction in ("send", "recv"):
        created = await socket.ask("create-transport", {"meetingId": meeting.code, "direction": direction})
        assert created["direction"] == direction
        assert created["iceServers"] == []
        transport = created["params"]["id"]
        connected = await socket.ask("connect-transport", {"transportId": transport, "dtlsParameters": rtp.DTLS})
        assert connected == {"transportId": transport}
        restarted = await socket.ask("restart-ice", {"transportId": transport})
        assert restarted["iceParameters"] != created["params"]["iceParameters"]


async def test_ice_servers_of_the_site(alice: Someone, meeting: Meeting, settings: Any) -> None:
    settings.ICE_SERVERS = [{"urls": "stun:stun.example.org"}]
    socket, joined = await alice.join(meeting)
    created = await socket.ask("create-transport", {"meetingId": str(meeting.id), "direction": "send"})
    assert joined["iceServers"] == created["iceServers"] == settings.ICE_SERVERS


async def test_dtls_parameters_when_joining_connect_both(alice: Someone, meeting: Meeting) -> None:
    socket, first = await alice.join(meeting)
    await socket.ask("leave-meeting")
    joined = await socket.ask(
        "join-meeting",
        {"meetingId": str(meeting.id), "rtpCapabilities": first["rtpCapabilities"], "dtlsParameters": rtp.DTLS},
    )
    assert [joined["transports"][direction]["connected"] for direction in ("send", "recv")] == [True, True]
    transport = joined["transports"]["send"]["id"]
    await socket.refusal(
        "TRANSPORT_CONNECT_FAILED", "connect-transport", {"transportId": transport, "dtlsParameters": rtp.DTLS}
    )


async def test_dtls_parameters_that_make_no_sense(pair: Pair) -> None:
    transport = pair.bobs["transports"]["send"]["id"]
    await pair.bob.refusal(
        "TRANSPORT_CONNECT_FAILED", "connect-transport", {"transportId": transport, "dtlsParameters": {}}
    )


async def test_other_peoples_transports(pair: Pair) -> None:
    alices = pair.alices["transports"]["send"]["id"]
    await pair.bob.refusal(
        "TRANSPORT_NOT_FOUND", "connect-transport", {"transportId": alices, "dtlsParameters": rtp.DTLS}
    )
    await pair.bob.refusal("TRANSPORT_NOT_FOUND", "restart-ice", {"transportId": alices})


async def test_produce_mute_and_close_as_the_other_sees_them(pair: Pair) -> None:
    producer = await pair.alice_sends("audio", "mic", rtp.microphone(), paused=True)
    assert await pair.bob.push("new-producer") == {
        "participantId": pair.alices["participantId"],
        "producerId": producer,
        "kind": "audio",
        "source": "mic",
        "paused": True,
    }
    names = {"participantId": pair.alices["participantId"], "producerId": producer}
    for verb, seen in (("resume", "resumed"), ("pause", "paused"), ("close", "closed")):
        assert await pair.alice.ask(f"{verb}-producer", {"producerId": producer}) == {"producerId": producer}
        assert await pair.bob.push(f"producer-{seen}") == names
    await pair.alice.refusal("PRODUCER_NOT_FOUND", "pause-producer", {"producerId": producer})


async def test_producing_the_same_source_twice(pair: Pair) -> None:
    await pair.alice_sends("audio", "mic", rtp.microphone())
    again = {"meetingId": str(pair.meeting.id), "kind": "audio", "source": "mic", "rtpParameters": rtp.microphone()}
    await pair.alice.refusal("PRODUCE_FAILED", "produce", again)


async def test_rtp_parameters_that_mediasoup_refuses(pair: Pair) -> None:
    senseless = {"meetingId": str(pair.meeting.id), "kind": "video", "source": "camera", "rtpParameters": {}}
    await pair.alice.refusal("PRODUCE_FAILED", "produce", senseless)


async def test_source_and_kind_must_fit(pair: Pair) -> None:
    data = {"meetingId": str(pair.meeting.id), "kind": "audio", "source": "camera", "rtpParameters": rtp.microphone()}
    refused = await pair.alice.refusal("BAD_REQUEST", "produce", data)
    assert "source" in refused.details


async def test_other_peoples_producers(pair: Pair) -> None:
    producer = await pair.alice_sends("audio", "mic", rtp.microphone())
    for verb in ("pause", "resume", "close"):
        await pair.bob.refusal("PRODUCER_NOT_FOUND", f"{verb}-producer", {"producerId": producer})


async def test_consume_in_each_of_its_forms(pair: Pair) -> None:
    microphone = await pair.alice_sends("audio", "mic", rtp.microphone())
    camera = await pair.alice_sends("video", "camera", rtp.camera())
    one = await pair.bob.ask("consume", {"producerId": microphone})
    assert (one["producerId"], one["type"], one["source"]) == (microphone, "simple", "mic")
    several = await pair.bob.ask("consume", {"producerIds": [camera, NOBODYS], "paused": True})
    assert [consumer["producerId"] for consumer in several["consumers"]] == [camera]
    assert several["consumers"][0]["type"] == "simulcast"
    assert several["failed"] == [{"producerId": NOBODYS, "code": "PRODUCER_NOT_FOUND"}]
    first_systems = await pair.bob.ask(
        "consume",
        {
            "meetingId": str(pair.meeting.id),
            "producerParticipantId": pair.alices["participantId"],
            "kind": "video",
            "rtpCapabilities": pair.bobs["rtpCapabilities"],
        },
    )
    assert first_systems["producerId"] == camera


async def test_late_joiner_gets_consumers_with_the_reply(pair: Pair, mallory: Someone) -> None:
    producer = await pair.alice_sends("audio", "mic", rtp.microphone())
    _, joined = await mallory.join(pair.meeting, rtpCapabilities=pair.bobs["rtpCapabilities"])
    assert [one["producerId"] for one in joined["producers"]] == [producer]
    assert [one["producerId"] for one in joined["consumers"]] == [producer]


async def test_verbs_of_a_consumer(pair: Pair) -> None:
    camera = await pair.alice_sends("video", "camera", rtp.camera())
    consumer = (await pair.bob.ask("consume", {"producerId": camera}))["id"]
    mine = {"consumerId": consumer}
    for event, more in (
        ("pause-consumer", {}),
        ("resume-consumer", {}),
        ("set-preferred-layers", {"spatialLayer": 1}),
        ("set-preferred-layers", {"spatialLayer": 1, "temporalLayer": 0}),
        ("set-consumer-priority", {"priority": 200}),
        ("request-key-frame", {}),
    ):
        assert await pair.bob.ask(event, {**mine, **more}) == mine
        await pair.alice.refusal("CONSUMER_NOT_FOUND", event, {**mine, **more})
    await pair.alice.ask("pause-producer", {"producerId": camera})
    assert await pair.bob.push("consumer-paused") == {**mine, "producerId": camera}
    await pair.alice.ask("close-producer", {"producerId": camera})
    assert await pair.bob.push("consumer-closed") == {**mine, "producerId": camera}


async def test_consuming_what_cannot_be_consumed(pair: Pair, mallory: Someone) -> None:
    camera = await pair.alice_sends("video", "camera", rtp.camera())
    socket, _ = await mallory.join(pair.meeting)
    await socket.refusal("TRANSPORT_NOT_FOUND", "consume", {"producerId": camera})
    await socket.ask("create-transport", {"meetingId": str(pair.meeting.id), "direction": "recv"})
    await socket.refusal("CONSUME_FAILED", "consume", {"producerId": camera})
    deaf: Json = {"codecs": [], "headerExtensions": []}
    await socket.refusal("CANNOT_CONSUME", "consume", {"producerId": camera, "rtpCapabilities": deaf})
    nonsense = {"codecs": [{"mimeType": 7}]}
    await socket.refusal("BAD_REQUEST", "consume", {"producerId": camera, "rtpCapabilities": nonsense})
    await socket.refusal("PRODUCER_NOT_FOUND", "consume", {"producerId": NOBODYS})
