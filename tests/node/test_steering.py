"""Steering: what an administrator does to a transport, a producer or a consumer, with real media running over it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from media.client import MediaClient
from media.errors import MediaError
from media.node.node import MediaNode
from media.node.tracing import Traces
from meetings.bot.received import ReceivedVideo

from .attendees import Attendee
from .people import Json, Person, until

pytestmark = pytest.mark.media

MakePerson = Callable[..., Person]
Steer = Callable[..., Awaitable[Json]]


@pytest.fixture
def steer(client: MediaClient) -> Steer:
    async def do(act: str, kind: str, object_id: str, **more: Any) -> Json:
        return await client.call("steer", "", "", {"act": act, "kind": kind, "id": object_id, **more})

    return do


async def refused(call: Awaitable[Json], code: str) -> MediaError:
    with pytest.raises(MediaError) as refusal:
        await call
    assert refusal.value.code == code, refusal.value
    return refusal.value


async def transports_of(client: MediaClient) -> dict[tuple[str, str], Json]:
    tree = await client.call("tree", "", "", {})
    everything = [one for worker in tree["workers"] for router in worker["routers"] for one in router["transports"]]
    return {(one["participant"], one["direction"]): one for one in everything}


async def flows(seen: ReceivedVideo, frames: int = 8) -> None:
    before = seen.frames
    await until(lambda: seen.frames >= before + frames, "frames to arrive", patience=20)


async def stands_still(seen: ReceivedVideo) -> None:
    """Wait until no new picture arrives."""
    async with asyncio.timeout(10):
        stamp: Any = None
        while stamp != seen.last_stamp:
            stamp = seen.last_stamp
            await asyncio.sleep(0.5)


async def test_a_call_is_seen_and_steered(
    attendee: Callable[[str], Attendee], client: MediaClient, steer: Steer, node: MediaNode
) -> None:
    alice, bob = attendee("alice"), attendee("bob")
    await asyncio.gather(alice.join(), bob.join())
    camera, mic = await alice.send()
    seen = await bob.watch(camera)
    await bob.listen(mic)
    await flows(seen)

    await sees_its_numbers(client)
    await pauses_and_resumes_a_producer(steer, client, alice, bob, camera, seen)
    consumer = next(
        one["id"] for one in (await transports_of(client))["bob", "recv"]["consumers"] if one["kind"] == "video"
    )
    await pauses_and_resumes_a_consumer(steer, client, alice, bob, camera, consumer, seen)
    await traces_a_key_frame(steer, client, camera, consumer)
    await caps(steer, client)
    await closes(steer, client, alice, bob, camera, consumer)


async def sees_its_numbers(client: MediaClient) -> None:
    """Addresses, states, bitrates, scores: what a running call has."""
    send: Json = {}
    recv: Json = {}
    async with asyncio.timeout(15):
        while not (send.get("bitrateIn") and recv.get("bitrateOut") and recv.get("rtt") is not None):
            transports = await transports_of(client)
            send, recv = transports["alice", "send"], transports["bob", "recv"]
            await asyncio.sleep(0.1)
    assert (send["iceState"], send["dtlsState"]) == ("completed", "connected")
    assert send["tuple"]["protocol"] == "udp"
    assert send["tuple"]["remoteIp"]
    assert send["bitrateIn"] > 5_000
    assert recv["bitrateOut"] > 5_000
    assert 0 <= recv["rtt"] < 1000
    video = next(one for one in send["producers"] if one["kind"] == "video")
    assert video["bitrate"] > 0
    assert video["score"] == [10]
    received = next(one for one in recv["consumers"] if one["kind"] == "video")
    assert received["bitrate"] > 0
    assert received["loss"] == 0
    assert received["producerId"] == video["id"]


async def pauses_and_resumes_a_producer(
    steer: Steer, client: MediaClient, alice: Attendee, bob: Attendee, camera: str, seen: ReceivedVideo
) -> None:
    names = {"participantId": "alice", "producerId": camera}
    done = await steer("pause", "producer", camera)
    assert done == {
        "act": "pause",
        "kind": "producer",
        "id": camera,
        "meeting": "standup",
        "participant": "alice",
    }
    assert await alice.person.hears("producer-paused") == names
    assert await bob.person.hears("producer-paused") == names
    await stands_still(seen)
    entry = next(one for one in (await transports_of(client))["alice", "send"]["producers"] if one["id"] == camera)
    assert (entry["paused"], entry["held"]) == (True, True)
    await steer("pause", "producer", camera)

    await steer("resume", "producer", camera)
    assert await alice.person.hears("producer-resumed") == names
    assert await bob.person.hears("producer-resumed") == names
    await flows(seen)
    assert len(bob.person.told("producer-paused")) == 1

    # What the owner turned off is the owner's to turn on.
    await alice.person.call("pause-producer", producerId=camera)
    refusal = await refused(steer("resume", "producer", camera), "PRODUCE_FAILED")
    assert "owner" in refusal.details
    await alice.person.call("resume-producer", producerId=camera)
    await flows(seen)


async def pauses_and_resumes_a_consumer(
    steer: Steer,
    client: MediaClient,
    alice: Attendee,
    bob: Attendee,
    camera: str,
    consumer: str,
    seen: ReceivedVideo,
) -> None:
    paused = len(bob.person.told("consumer-paused"))
    await steer("pause", "consumer", consumer)
    assert (await bob.person.hears("consumer-paused", paused + 1))["consumerId"] == consumer
    await stands_still(seen)
    entry = next(one for one in (await transports_of(client))["bob", "recv"]["consumers"] if one["id"] == consumer)
    assert (entry["paused"], entry["producerPaused"]) == (True, False)
    resumed = len(bob.person.told("consumer-resumed"))
    await alice.person.call("pause-producer", producerId=camera)
    await bob.person.hears("consumer-paused", paused + 2)
    await alice.person.call("resume-producer", producerId=camera)
    await steer("resume", "consumer", consumer)
    assert (await bob.person.hears("consumer-resumed", resumed + 1))["consumerId"] == consumer
    await flows(seen)
    assert len(bob.person.told("consumer-resumed")) == resumed + 1, "its owner's resume let nothing through to Bob"


async def traces_a_key_frame(steer: Steer, client: MediaClient, camera: str, consumer: str) -> None:
    await refused(client.call("trace", "", "", {"id": camera}), "BAD_REQUEST")
    await refused(steer("trace", "producer", camera, types=["weather"]), "BAD_REQUEST")
    await refused(steer("trace", "producer", camera, seconds=1000), "BAD_REQUEST")
    await steer("trace", "producer", camera, types=["keyframe", "pli", "fir"], seconds=3)
    await steer("request-key-frame", "consumer", consumer)

    seen: list[Json] = []
    trace: Json = {"seen": 0, "running": True}
    async with asyncio.timeout(10):
        while trace["running"]:
            trace = await client.call("trace", "", "", {"id": camera, "after": trace["seen"]})
            seen += trace["events"]
            await asyncio.sleep(0.05)
    assert len(seen) == trace["seen"] == sum(trace["counts"].values())
    types = [event["type"] for event in seen]
    asked = next(place for place, name in enumerate(types) if name in ("pli", "fir"))
    assert "keyframe" in types[asked:]
    assert seen[asked]["direction"] == "out"
    # It was turned off in the worker.
    await steer("request-key-frame", "producer", camera)
    assert (await client.call("trace", "", "", {"id": camera}))["seen"] == trace["seen"]


async def caps(steer: Steer, client: MediaClient) -> None:
    transports = await transports_of(client)
    send, recv = transports["alice", "send"]["id"], transports["bob", "recv"]["id"]
    await refused(steer("cap-outgoing", "transport", recv, bitrate=10), "BAD_REQUEST")
    await refused(steer("cap-outgoing", "transport", recv, bitrate="1"), "BAD_REQUEST")
    await steer("cap-outgoing", "transport", recv, bitrate=200_000)
    await steer("cap-incoming", "transport", send, bitrate=300_000)

    async def shown(cap_in: int | None, cap_out: int | None) -> None:
        async with asyncio.timeout(10):
            while True:
                transports = await transports_of(client)
                if (transports["alice", "send"]["capIn"], transports["bob", "recv"]["capOut"]) == (cap_in, cap_out):
                    return
                await asyncio.sleep(0.1)

    await shown(300_000, 200_000)
    await steer("cap-outgoing", "transport", recv, bitrate=0)
    await steer("cap-incoming", "transport", send, bitrate=0)
    await shown(None, None)


async def closes(steer: Steer, client: MediaClient, alice: Attendee, bob: Attendee, camera: str, consumer: str) -> None:
    await steer("close", "consumer", consumer)
    assert await bob.person.hears("consumer-closed") == {"consumerId": consumer, "producerId": camera}
    await refused(steer("close", "consumer", consumer), "CONSUMER_NOT_FOUND")
    await bob.person.refused("pause-consumer", "CONSUMER_NOT_FOUND", consumerId=consumer)

    await steer("close", "producer", camera)
    names = {"participantId": "alice", "producerId": camera}
    assert await alice.person.hears("producer-closed") == names
    assert await bob.person.hears("producer-closed") == names
    await refused(steer("pause", "producer", camera), "PRODUCER_NOT_FOUND")

    before = await transports_of(client)
    send = before["alice", "send"]["id"]
    (mic,) = (one["id"] for one in before["alice", "send"]["producers"])
    await steer("close", "transport", send)
    await alice.person.sees(
        lambda: (
            {"transportId": send, "iceState": "closed", "dtlsState": "closed"} in alice.person.told("transport-state")
        ),
        "the end of the transport",
    )
    assert (await bob.person.hears("producer-closed", 2))["producerId"] == mic
    await bob.person.hears("consumer-closed", 2)
    after = await transports_of(client)
    assert set(before) - set(after) == {("alice", "send")}
    await refused(steer("cap-incoming", "transport", send, bitrate=100_000), "TRANSPORT_NOT_FOUND")
    await alice.person.call("create-transport", direction="send")
    assert ("alice", "send") in await transports_of(client)

    recv = after["bob", "recv"]["id"]
    await steer("close", "transport", recv)
    assert ("bob", "recv") not in await transports_of(client)


async def test_key_frame_that_nobody_can_ask_for(
    person: MakePerson, node: MediaNode, capabilities: Json, steer: Steer
) -> None:
    alice, bob = person("alice"), person("bob")
    await alice.fast_join(capabilities)
    camera, mic = await alice.send("camera"), await alice.send("mic")
    assert (
        "Nobody receives" in (await refused(steer("request-key-frame", "producer", camera), "CONSUME_FAILED")).details
    )
    await bob.fast_join(capabilities)
    assert "no key frames" in (await refused(steer("request-key-frame", "producer", mic), "BAD_REQUEST")).details


async def test_trace_ends_with_what_is_traced_and_can_be_read_after(
    person: MakePerson, node: MediaNode, capabilities: Json, steer: Steer, client: MediaClient
) -> None:
    alice = person("alice")
    await alice.fast_join(capabilities)
    camera = await alice.send("camera")
    await steer("trace", "producer", camera)
    assert (await client.call("trace", "", "", {"id": camera}))["running"] is True
    await alice.call("close-producer", producerId=camera)
    ended = await client.call("trace", "", "", {"id": camera})
    assert (ended["running"], ended["endsInMs"], ended["events"]) == (False, 0, [])


async def test_trace_that_is_replaced_or_stopped_is_over_in_the_worker(
    person: MakePerson, node: MediaNode, capabilities: Json, steer: Steer, client: MediaClient
) -> None:
    alice = person("alice")
    await alice.fast_join(capabilities)
    camera = await alice.send("camera")
    room = node.rooms.find("standup")
    assert room is not None
    producer = room.peers["alice"].producers[camera]
    traces = Traces()
    await traces.begin(producer, ["rtp"], 30)
    await traces.begin(producer, ["pli"], 30)
    assert (await producer.dump())["traceEventTypes"] == ["pli"]
    await traces.close()
    assert (await producer.dump())["traceEventTypes"] == []


async def test_owner_who_turns_on_what_was_paused_is_heard_again(
    person: MakePerson, node: MediaNode, capabilities: Json, steer: Steer
) -> None:
    alice, bob = person("alice"), person("bob")
    for someone in (alice, bob):
        await someone.fast_join(capabilities)
    mic = await alice.send("mic")
    await steer("pause", "producer", mic)
    await alice.hears("producer-paused")
    await alice.call("resume-producer", producerId=mic)
    await bob.hears("producer-resumed")
    # It is an ordinary producer again: its owner's pause is its owner's.
    await alice.call("pause-producer", producerId=mic)
    await refused(steer("resume", "producer", mic), "PRODUCE_FAILED")
