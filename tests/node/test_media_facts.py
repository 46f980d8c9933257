"""Producing and consuming, and who is told what about it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from media.node.node import MediaNode

from . import rtp
from .people import Json, Person

MakePerson = Callable[..., Person]


@pytest.fixture
async def alice(person: MakePerson, capabilities: Json) -> Person:
    alice = person("alice")
    await alice.fast_join(capabilities)
    return alice


@pytest.fixture
async def bob(person: MakePerson, capabilities: Json) -> Person:
    bob = person("bob")
    await bob.fast_join(capabilities)
    return bob


async def test_produce_tells_the_others_and_not_the_sender(alice: Person, bob: Person) -> None:
    reply = await alice.call("produce", kind="video", source="screen", rtpParameters=rtp.camera(1), paused=True)
    fact = await bob.hears("new-producer")
    assert reply == {"kind": "video", "producerId": fact["producerId"], "source": "screen"}
    assert fact == {
        "participantId": "alice",
        "producerId": reply["producerId"],
        "kind": "video",
        "source": "screen",
        "paused": True,
    }
    await bob.send("mic")
    await alice.hears("new-producer")
    assert [data["participantId"] for data in alice.told("new-producer")] == ["bob"]


async def test_other_meetings_are_told_nothing(alice: Person, bob: Person, person: MakePerson) -> None:
    stranger = person("stranger", "elsewhere")
    await stranger.join()
    mic = await alice.send("mic")
    await bob.hears("new-producer")
    await stranger.refused("consume", "PRODUCER_NOT_FOUND", producerId=mic)
    assert stranger.events == []


async def test_pausing_resuming_and_closing_a_producer(alice: Person, bob: Person) -> None:
    mic = await alice.send("mic")
    await bob.hears("new-producer")
    consumed = await bob.call("consume", producerId=mic)
    names = {"participantId": "alice", "producerId": mic}
    ids = {"consumerId": consumed["id"], "producerId": mic}

    assert await alice.call("pause-producer", producerId=mic) == {"producerId": mic}
    assert await bob.hears("producer-paused") == names
    assert await bob.hears("consumer-paused") == ids

    assert await alice.call("resume-producer", producerId=mic) == {"producerId": mic}
    assert await bob.hears("producer-resumed") == names
    assert await bob.hears("consumer-resumed") == ids

    assert await alice.call("close-producer", producerId=mic) == {"producerId": mic}
    assert await bob.hears("producer-closed") == names
    assert await bob.hears("consumer-closed") == ids

    await alice.refused("pause-producer", "PRODUCER_NOT_FOUND", producerId=mic)
    await bob.refused("pause-consumer", "CONSUMER_NOT_FOUND", consumerId=consumed["id"])
    assert alice.told("producer-paused") == []


async def test_pausing_twice_tells_once(alice: Person, bob: Person) -> None:
    mic = await alice.send("mic")
    for _ in range(2):
        await alice.call("pause-producer", producerId=mic)
    await alice.call("resume-producer", producerId=mic)
    await bob.hears("producer-resumed")
    assert len(bob.told("producer-paused")) == 1


async def test_leaving_closes_what_was_sent(alice: Person, bob: Person) -> None:
    sent = {await alice.send("mic"), await alice.send("camera")}
    await bob.call("consume", producerIds=list(sent))
    await alice.call("leave-meeting")
    await bob.hears("producer-closed", 2)
    await bob.hears("consumer-closed", 2)
    assert {data["producerId"] for data in bob.told("producer-closed")} == sent


async def test_a_new_transport_takes_the_place_of_the_old_with_what_ran_over_it(alice: Person, bob: Person) -> None:
    mic = await alice.send("mic")
    new = await alice.call("create-transport", direction="send")
    assert (await bob.hears("producer-closed"))["producerId"] == mic
    await alice.call("connect-transport", transportId=new["params"]["id"], dtlsParameters=rtp.DTLS)
    assert await alice.send("mic") != mic


async def test_restart_ice_gives_new_credentials(alice: Person) -> None:
    transport = (await alice.join(resume=True))["transports"]["send"]
    restarted = await alice.call("restart-ice", transportId=transport["id"])
    assert restarted["transportId"] == transport["id"]
    assert restarted["iceParameters"]["usernameFragment"] != transport["iceParameters"]["usernameFragment"]


class TestConsume:
    async def test_one(self, alice: Person, bob: Person) -> None:
        cam = await alice.send("camera")
        reply = await bob.call("consume", producerId=cam, paused=True)
        parameters = reply.pop("rtpParameters")
        assert [codec["mimeType"] for codec in parameters["codecs"]] == ["video/VP8", "video/rtx"]
        assert reply == {
            "id": reply["id"],
            "producerId": cam,
            "participantId": "alice",
            "kind": "video",
            "source": "camera",
            "type": "simulcast",
            "producerPaused": False,
        }

    async def test_several_with_their_failures(self, alice: Person, bob: Person, capabilities: Json) -> None:
        mic, cam = await alice.send("mic"), await alice.send("camera")
        reply = await bob.call(
            "consume", producerIds=[mic, cam, "nobody's", mic], rtpCapabilities=rtp.audio_only(capabilities)
        )
        assert [consumer["producerId"] for consumer in reply["consumers"]] == [mic]
        assert reply["failed"] == [
            {"producerId": cam, "code": "CANNOT_CONSUME"},
            {"producerId": "nobody's", "code": "PRODUCER_NOT_FOUND"},
        ]

    async def test_by_participant_and_kind(self, alice: Person, bob: Person) -> None:
        await alice.send("screen")
        cam, mic = await alice.send("camera"), await alice.send("mic")
        for kind, producer_id in (("video", cam), ("audio", mic)):
            reply = await bob.call("consume", meetingId="standup", producerParticipantId="alice", kind=kind)
            assert reply["producerId"] == producer_id
        await bob.refused("consume", "PRODUCER_NOT_FOUND", producerParticipantId="carol", kind="audio")

    async def test_twice_gives_the_same_consumer(self, alice: Person, bob: Person) -> None:
        mic = await alice.send("mic")
        assert await bob.call("consume", producerId=mic) == await bob.call("consume", producerId=mic)

    async def test_what_cannot_be_received(self, alice: Person, bob: Person, capabilities: Json) -> None:
        cam = await alice.send("camera")
        refusal = await bob.refused(
            "consume", "CANNOT_CONSUME", producerId=cam, rtpCapabilities=rtp.audio_only(capabilities)
        )
        assert refusal.details

    async def test_without_a_transport_or_capabilities(self, alice: Person, person: MakePerson) -> None:
        mic = await alice.send("mic")
        carol = person("carol")
        await carol.join()
        await carol.refused("consume", "TRANSPORT_NOT_FOUND", producerId=mic)
        await carol.call("create-transport", direction="recv")
        await carol.refused("consume", "CONSUME_FAILED", producerId=mic)

    async def test_pause_resume_layers_priority_and_key_frames(
        self, node: MediaNode, alice: Person, bob: Person
    ) -> None:
        consumer = (await bob.call("consume", producerId=await alice.send("camera")))["id"]
        named = {"consumerId": consumer}
        peer = node.rooms.find_peer("standup", "bob")
        assert peer is not None
        forwarded = peer.consumer(consumer)
        assert await bob.call("pause-consumer", **named) == named
        assert (await forwarded.dump())["paused"] is True
        assert await bob.call("resume-consumer", **named) == named
        assert (await forwarded.dump())["paused"] is False
        assert await bob.call("set-preferred-layers", spatialLayer=0, temporalLayer=1, **named) == named
        assert await bob.call("set-preferred-layers", spatialLayer=2, **named) == named
        assert forwarded.preferred_layers == {"spatialLayer": 2, "temporalLayer": 2}
        assert await bob.call("set-consumer-priority", priority=7, **named) == named
        assert forwarded.priority == 7
        assert await bob.call("request-key-frame", **named) == named
        await bob.refused("set-consumer-priority", "BAD_REQUEST", priority=1000, **named)

    async def test_a_producer_that_closes_while_it_is_consumed(self, alice: Person, bob: Person) -> None:
        """Whichever wins: bob ends without the consumer, and without a push about one that he never heard of."""
        closed = 0
        for _ in range(10):
            mic = await alice.send("mic")
            consumed, _ = await asyncio.gather(
                bob.call("consume", producerIds=[mic]), alice.call("close-producer", producerId=mic)
            )
            if consumed["consumers"]:
                closed += 1
                told = await bob.hears("consumer-closed", closed)
                assert told["consumerId"] == consumed["consumers"][0]["id"]
            else:
                assert consumed["failed"] == [{"producerId": mic, "code": "PRODUCER_NOT_FOUND"}]
        assert (await bob.join(resume=True))["consumers"] == []
        assert len(bob.told("consumer-closed")) == closed


async def test_produce_under_an_id_of_ones_own(person: MakePerson, capabilities: Json) -> None:
    alice, bob = person("alice"), person("bob")
    for someone in (alice, bob):
        await someone.fast_join(capabilities)
    chosen = "5f0d3c0e-5d0b-4f4b-9a44-1f1f7f1f3c11"
    assert await alice.send("mic", producerId=chosen) == chosen
    assert (await bob.hears("new-producer"))["producerId"] == chosen
    # Neither twice nor in place of somebody else's, and nothing that could be guessed or come about by chance.
    camera = {"kind": "video", "source": "camera", "rtpParameters": rtp.camera()}
    await alice.refused("produce", "PRODUCE_FAILED", **camera, producerId=chosen)
    await bob.refused("produce", "PRODUCE_FAILED", **camera, producerId=chosen)
    await bob.refused("produce", "BAD_REQUEST", **camera, producerId="1")
    assert await bob.send("camera")
