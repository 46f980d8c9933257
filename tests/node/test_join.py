"""Joining: at once, step by step, late, and again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from media.client import MediaClient
from media.mediasoup.consumer import Consumer
from media.mediasoup.producer import Producer
from media.node.node import MediaNode
from media.node.peer import Peer

from . import rtp
from .people import Json, Person

MakePerson = Callable[..., Person]


async def test_a_join_without_capabilities_makes_no_transports(person: MakePerson, capabilities: Json) -> None:
    reply = await person("alice").join()
    room = reply.pop("room")
    assert room["made"] is True
    assert room["worker"] == 0
    assert (await person("bob").join())["room"] == {**room, "made": False}
    assert reply == {"rtpCapabilities": capabilities, "resumed": False, "producers": [], "ownProducers": []}


async def test_the_fast_join_answers_everything_at_once(person: MakePerson, capabilities: Json) -> None:
    alice = person("alice")
    await alice.fast_join(capabilities)
    mic, cam = await alice.send("mic"), await alice.send("camera", paused=True)

    reply = await person("bob").fast_join(capabilities)

    assert reply["resumed"] is False
    assert {fact["producerId"]: fact for fact in reply["producers"]} == {
        mic: {"participantId": "alice", "producerId": mic, "kind": "audio", "source": "mic", "paused": False},
        cam: {"participantId": "alice", "producerId": cam, "kind": "video", "source": "camera", "paused": True},
    }
    assert reply["ownProducers"] == []
    for direction in ("send", "recv"):
        transport = reply["transports"][direction]
        assert set(transport) == {"id", "iceParameters", "iceCandidates", "dtlsParameters", "connected"}
        assert transport["connected"] is True
    consumers = {consumer["producerId"]: consumer for consumer in reply["consumers"]}
    assert set(consumers) == {mic, cam}
    assert consumers[mic]["type"] == "simple"
    assert consumers[cam]["type"] == "simulcast"
    assert consumers[cam]["producerPaused"] is True
    assert consumers[mic]["participantId"] == consumers[cam]["participantId"] == "alice"
    assert consumers[cam]["source"] == "camera"
    assert consumers[mic]["rtpParameters"]["codecs"][0]["mimeType"] == "audio/opus"
    assert consumers[cam]["rtpParameters"]["encodings"][0]["scalabilityMode"] == "L3T3"
    assert "failed" not in reply


async def test_without_dtls_parameters_the_transports_wait_for_connect(person: MakePerson, capabilities: Json) -> None:
    alice = person("alice")
    reply = await alice.join(rtpCapabilities=capabilities)
    for direction in ("send", "recv"):
        transport = reply["transports"][direction]
        assert transport["connected"] is False
        connected = await alice.call("connect-transport", transportId=transport["id"], dtlsParameters=rtp.DTLS)
        assert connected == {"transportId": transport["id"]}
    again = await alice.join(resume=True)
    assert all(transport["connected"] for transport in again["transports"].values())


async def test_step_by_step_works_as_well(person: MakePerson, capabilities: Json) -> None:
    alice, bob = person("alice"), person("bob")
    await alice.fast_join(capabilities)
    mic = await alice.send("mic")
    await bob.join()
    received = (await bob.call("create-transport", direction="recv"))["params"]
    await bob.call("connect-transport", transportId=received["id"], dtlsParameters=rtp.DTLS)
    consumed = await bob.call("consume", producerId=mic, rtpCapabilities=capabilities)
    assert consumed["producerId"] == mic
    assert consumed["rtpParameters"]["mid"] == "0"


async def test_what_cannot_be_received_is_left_out_of_a_fast_join(person: MakePerson, capabilities: Json) -> None:
    alice = person("alice")
    await alice.fast_join(capabilities)
    mic, cam = await alice.send("mic"), await alice.send("camera")

    reply = await person("radio").fast_join(rtp.audio_only(capabilities))

    assert [consumer["producerId"] for consumer in reply["consumers"]] == [mic]
    assert reply["failed"] == [{"producerId": cam, "code": "CANNOT_CONSUME"}]
    assert len(reply["producers"]) == 2


async def test_joins_and_produces_at_the_same_time_leave_no_gap_and_no_double(
    node: MediaNode, person: MakePerson, capabilities: Json
) -> None:
    """Whoever joins while others begin to send learns of each producer exactly once: in the reply or by a push."""
    senders = [person(f"sender-{n}") for n in range(8)]
    await asyncio.gather(*(sender.fast_join(capabilities) for sender in senders))
    joiners = [person(f"joiner-{n}") for n in range(8)]

    async def send_everything(sender: Person) -> list[str]:
        return [await sender.send(source) for source in ("mic", "camera", "screen", "screen-audio")]

    by_sender, replies = await asyncio.gather(
        asyncio.gather(*map(send_everything, senders)),
        asyncio.gather(*(joiner.fast_join(capabilities) for joiner in joiners)),
    )

    sent = [producer for producers in by_sender for producer in producers]
    for joiner, reply in zip(joiners, replies, strict=True):
        in_reply = [fact["producerId"] for fact in reply["producers"]]
        assert {consumer["producerId"] for consumer in reply["consumers"]} == set(in_reply)
        if missing := len(sent) - len(in_reply):
            await joiner.hears("new-producer", missing)
        pushed = [fact["producerId"] for fact in joiner.told("new-producer")]
        assert sorted(in_reply + pushed) == sorted(sent)


async def test_what_appears_while_a_join_consumes_is_consumed_too(
    person: MakePerson, capabilities: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, bob = person("alice"), person("bob")
    await alice.fast_join(capabilities)
    mic = await alice.send("mic")
    late: list[str] = []
    consume = Peer.consume

    async def interrupted(peer: Peer, producer: Producer, paused: bool = False) -> Consumer:
        if not late:
            late.append(await alice.send("camera"))
        return await consume(peer, producer, paused)

    monkeypatch.setattr(Peer, "consume", interrupted)
    reply = await bob.fast_join(capabilities)

    assert {consumer["producerId"] for consumer in reply["consumers"]} == {mic, *late}
    assert bob.told("new-producer") == []


async def test_a_join_that_fails_leaves_nothing_behind(
    node: MediaNode, person: MakePerson, client: MediaClient, capabilities: Json
) -> None:
    alice = person("alice")
    bad_dtls = {"role": "client", "fingerprints": [{"algorithm": "sha-9", "value": "no"}]}
    await alice.refused(
        "join-meeting", "TRANSPORT_CONNECT_FAILED", rtpCapabilities=capabilities, dtlsParameters=bad_dtls
    )
    await alice.refused("join-meeting", "BAD_REQUEST", rtpCapabilities={"codecs": [{"mimeType": 7}]})
    status = await client.status()
    assert (status["activeRooms"], status["totalParticipants"]) == (0, 0)


async def test_joining_afresh_replaces_the_peer(person: MakePerson, client: MediaClient, capabilities: Json) -> None:
    alice, bob = person("alice"), person("bob")
    first = await alice.fast_join(capabilities)
    await bob.fast_join(capabilities)
    mic = await alice.send("mic")
    await bob.hears("new-producer")

    second = await alice.fast_join(capabilities)

    assert second["resumed"] is False
    assert second["transports"]["send"]["id"] != first["transports"]["send"]["id"]
    assert await bob.hears("producer-closed") == {"participantId": "alice", "producerId": mic}
    assert (await client.status())["totalParticipants"] == 2


async def test_what_was_meant_for_replaced_transports_is_refused(person: MakePerson, capabilities: Json) -> None:
    alice = person("alice")
    first = await alice.fast_join(capabilities)
    second = await alice.fast_join(capabilities)

    await alice.refused(
        "produce",
        "TRANSPORT_NOT_FOUND",
        kind="audio",
        source="mic",
        rtpParameters=rtp.microphone(),
        transportId=first["transports"]["send"]["id"],
    )
    assert await alice.send("mic", transportId=second["transports"]["send"]["id"])


class TestResume:
    async def test_it_gives_back_what_was_there_and_what_was_missed(
        self, person: MakePerson, client: MediaClient, capabilities: Json
    ) -> None:
        alice, bob = person("alice"), person("bob")
        before = await alice.fast_join(capabilities)
        mic = await alice.send("mic")
        await bob.fast_join(capabilities)
        early = await bob.send("mic")
        consumed = await alice.call("consume", producerId=early)
        await alice.call("detach")
        missed = await bob.send("camera")
        seen = len(alice.events)

        back = await alice.fast_join(capabilities, resume=True)

        assert back["resumed"] is True
        for direction in ("send", "recv"):
            assert back["transports"][direction] == before["transports"][direction]
        assert [fact["producerId"] for fact in back["ownProducers"]] == [mic]
        consumers = {consumer["producerId"]: consumer["id"] for consumer in back["consumers"]}
        assert set(consumers) == {early, missed}
        assert consumers[early] == consumed["id"]
        assert all(event in ("consumer-score", "transport-state") for event, _ in alice.events[seen:])
        assert bob.told("producer-closed") == []

    async def test_it_reaches_through_another_web_process(
        self, person: MakePerson, client_of: Callable[[], MediaClient], capabilities: Json
    ) -> None:
        old, bob = person("alice"), person("bob")
        await old.fast_join(capabilities)
        await bob.fast_join(capabilities)
        other_process = client_of()
        new = person("alice", through=other_process)

        assert (await new.fast_join(capabilities, resume=True))["resumed"] is True
        # The old web process notices its dead socket late: that must not take the pushes from the new one.
        await old.call("detach")
        mic = await bob.send("mic")

        assert (await new.hears("new-producer"))["producerId"] == mic
        assert old.told("new-producer") == []

    async def test_with_nothing_to_come_back_to_it_is_a_join(self, person: MakePerson, capabilities: Json) -> None:
        reply = await person("alice").fast_join(capabilities, resume=True)
        assert reply["resumed"] is False
        assert reply["transports"]["send"]["connected"] is True

    async def test_a_producer_closed_meanwhile_is_gone(self, person: MakePerson, capabilities: Json) -> None:
        alice, bob = person("alice"), person("bob")
        await alice.fast_join(capabilities)
        mic = await alice.send("mic")
        reply = await bob.fast_join(capabilities)
        assert [consumer["producerId"] for consumer in reply["consumers"]] == [mic]
        await bob.call("detach")
        await alice.call("close-producer", producerId=mic)

        back = await bob.join(resume=True)

        assert back["producers"] == []
        assert back["consumers"] == []
