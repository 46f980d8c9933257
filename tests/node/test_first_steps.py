"""What the web process is told of each step of a participant's media."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest

from media.client import MediaClient
from media.link.frames import Event, FromNode
from media.node.node import MediaNode
from media.node.peer import Peer
from tests.mediasoup.rtp import OPUS_PARAMETERS, opus

from .media_endpoint import MediaEndpoint
from .people import Json, Person, until

pytestmark = pytest.mark.media

MakePerson = Callable[..., Person]
Endpoint = Callable[[Person, str], Awaitable[MediaEndpoint]]


@pytest.fixture
async def endpoint(node: MediaNode) -> AsyncIterator[Endpoint]:
    async with AsyncExitStack() as stack:

        async def make(person: Person, direction: str) -> MediaEndpoint:
            made = await MediaEndpoint.of(node, person, direction)
            stack.push_async_callback(made.close)
            return made

        yield make


def steps(person: Person, step: str, **data: object) -> list[Json]:
    """What was told of a step, of those whose data have this in them."""
    told = [one for one in person.steps if one["step"] == step]
    return [one for one in told if data.items() <= one["data"].items()]


async def knows(person: Person, step: str, **data: object) -> Json:
    """Wait until it was told of a step with these data."""
    await person.sees(lambda: bool(steps(person, step, **data)), f"{step} {data}; there was {person.steps}")
    return steps(person, step, **data)[0]


def peer_of(node: MediaNode, name: str) -> Peer:
    room = node.rooms.find("standup")
    assert room is not None
    return room.peers[name]


async def test_every_step_from_the_addresses_to_the_first_media(
    person: MakePerson, node: MediaNode, capabilities: Json, endpoint: Endpoint
) -> None:
    began = time.time()
    alice, bob = person("alice"), person("bob")
    reply = await alice.join(rtpCapabilities=capabilities)
    for direction in ("send", "recv"):
        told = await knows(alice, "announced", direction=direction)
        assert told["outcome"] == "ok"
        assert began <= told["at"] <= time.time()
        assert told["data"]["candidates"] == [
            {"ip": one["address"], "port": one["port"], "protocol": one["protocol"]}
            for one in reply["transports"][direction]["iceCandidates"]
        ]
    assert {one["step"] for one in alice.steps} == {"announced"}

    sending = await endpoint(alice, "send")
    stun = await knows(alice, "first-stun", direction="send")
    path = await knows(alice, "selected-tuple", direction="send")
    assert stun["outcome"] == path["outcome"] == "ok"
    assert stun["data"] == path["data"]
    port = reply["transports"]["send"]["iceCandidates"][0]["port"]
    assert stun["data"]["protocol"] == "udp"
    assert stun["data"]["local"].endswith(f":{port}")
    assert stun["data"]["remote"].count(":") == 1
    await knows(alice, "dtls", direction="send", state="connected")
    assert [(one["outcome"], one["data"]["state"]) for one in steps(alice, "dtls")] == [
        ("waiting", "connecting"),
        ("ok", "connected"),
    ]
    assert not steps(alice, "first-stun", direction="recv")

    mic = (await alice.call("produce", kind="audio", source="mic", rtpParameters=OPUS_PARAMETERS))["producerId"]
    assert not steps(alice, "first-rtp-in")
    sending.send(opus)
    told = await knows(alice, "first-rtp-in")
    assert told["data"] == {"direction": "send", "source": "mic", "producerId": mic}

    await bob.join(rtpCapabilities=capabilities)
    receiving = await endpoint(bob, "recv")
    told = await knows(bob, "first-rtp-out")
    assert (told["outcome"], told["data"]) == ("ok", {"direction": "recv"})
    await until(lambda: receiving.rtp > 5, "more packets")
    for someone, step in ((alice, "first-rtp-in"), (bob, "first-rtp-out")):
        assert len(steps(someone, step)) == 1
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "media-first-rtp-out"]


async def test_nothing_is_looked_for_where_nothing_can_go_out(
    person: MakePerson, node: MediaNode, capabilities: Json, endpoint: Endpoint
) -> None:
    def looking() -> bool:
        return any(task.get_name() == "media-first-rtp-out" for task in asyncio.all_tasks())

    alice, bob = person("alice"), person("bob")
    await alice.join(rtpCapabilities=capabilities)
    sending = await endpoint(alice, "send")
    mic = (await alice.call("produce", kind="audio", source="mic", rtpParameters=OPUS_PARAMETERS))["producerId"]
    sending.send(opus)
    await bob.join(rtpCapabilities=capabilities)
    [consumer] = [one.id for one in peer_of(node, "bob").consumers.values()]
    await bob.call("pause-consumer", consumerId=consumer)
    await endpoint(bob, "recv")
    await knows(bob, "dtls", direction="recv", state="connected")
    assert not looking()
    await alice.call("pause-producer", producerId=mic)
    await bob.hears("consumer-paused")
    await bob.call("resume-consumer", consumerId=consumer)
    assert not looking()
    await alice.call("resume-producer", producerId=mic)
    await knows(bob, "first-rtp-out")
    assert not looking()


async def test_path_that_is_lost_is_told_of_and_the_end_of_a_transport(
    person: MakePerson, node: MediaNode, capabilities: Json, endpoint: Endpoint
) -> None:
    alice = person("alice")
    await alice.join(rtpCapabilities=capabilities)
    await endpoint(alice, "send")
    await knows(alice, "dtls", direction="send", state="connected")
    transport = peer_of(node, "alice").transports["send"]
    # As the worker says it when no consent has come for half a minute, and when it does again.
    transport._handle("WEBRTCTRANSPORT_ICE_STATE_CHANGE", {"iceState": "DISCONNECTED"})
    assert (await knows(alice, "ice", state="disconnected"))["outcome"] == "failed"
    transport._handle("WEBRTCTRANSPORT_ICE_STATE_CHANGE", {"iceState": "CONNECTED"})
    assert (await knows(alice, "ice", state="connected"))["outcome"] == "ok"
    path = {"localAddress": "10.0.0.1", "localPort": 4000, "remoteIp": "fd00::1", "remotePort": 5000, "protocol": "TCP"}
    transport._handle("WEBRTCTRANSPORT_ICE_SELECTED_TUPLE_CHANGE", {"tuple": path})
    told = await knows(alice, "selected-tuple", remote="[fd00::1]:5000", local="10.0.0.1:4000", protocol="tcp")
    assert told["outcome"] == "changed"

    await alice.call("create-transport", direction="send")
    assert (await knows(alice, "ice", state="closed"))["data"]["direction"] == "send"
    # The receiving one was never connected: its end is no news.
    await alice.call("create-transport", direction="recv")
    await alice.sees(lambda: len(steps(alice, "announced")) == 4, "the new addresses")
    assert len(steps(alice, "ice", state="closed")) == 1


async def test_who_pauses_what_is_told_to_whom_it_belongs(
    person: MakePerson, node: MediaNode, capabilities: Json, client: MediaClient
) -> None:
    alice, bob = person("alice"), person("bob")
    for someone in (alice, bob):
        await someone.fast_join(capabilities)

    async def steer(act: str, kind: str, object_id: str) -> None:
        await client.call("steer", "", "", {"act": act, "kind": kind, "id": object_id})

    mic = await alice.send("mic", paused=True)
    camera = await alice.send("camera")
    consumer = (await bob.call("consume", producerId=camera))["id"]
    for _ in range(2):
        await alice.call("resume-producer", producerId=mic)
    await steer("pause", "producer", mic)
    # What was turned off for them they turn off themselves: it is theirs now.
    await alice.call("pause-producer", producerId=mic)
    await alice.call("resume-producer", producerId=mic)
    await steer("pause", "producer", camera)
    await steer("resume", "producer", camera)
    for _ in range(2):
        await bob.call("pause-consumer", consumerId=consumer)
    await steer("resume", "consumer", consumer)
    await steer("pause", "consumer", consumer)
    await bob.call("resume-consumer", consumerId=consumer)

    await alice.sees(lambda: len(steps(alice, "paused")) == 8, f"all; there was {alice.steps}")
    its_mic, its_camera = ({"source": "mic", "producerId": mic}, {"source": "camera", "producerId": camera})
    assert [one["data"] for one in steps(alice, "paused")] == [
        {**its_mic, "by": "self", "on": True},
        {**its_mic, "by": "self", "on": False},
        {**its_mic, "by": "administrator", "on": True},
        {**its_mic, "by": "administrator", "on": False},
        {**its_mic, "by": "self", "on": True},
        {**its_mic, "by": "self", "on": False},
        {**its_camera, "by": "administrator", "on": True},
        {**its_camera, "by": "administrator", "on": False},
    ]
    await bob.sees(lambda: len(steps(bob, "paused")) == 6, f"all; there was {bob.steps}")
    received = {**its_camera, "consumerId": consumer, "participantId": "alice"}
    assert [one["data"] for one in steps(bob, "paused")] == [
        {**received, "by": "administrator at the sender", "on": True},
        {**received, "by": "administrator at the sender", "on": False},
        {**received, "by": "self", "on": True},
        {**received, "by": "self", "on": False},
        {**received, "by": "administrator", "on": True},
        {**received, "by": "administrator", "on": False},
    ]
    assert {one["outcome"] for one in steps(bob, "paused")} == {"changed"}


async def test_what_happens_while_nobody_speaks_for_them_is_told_to_who_does_next(
    person: MakePerson, node: MediaNode, capabilities: Json, client_of: Callable[[], MediaClient], endpoint: Endpoint
) -> None:
    alice = person("alice")
    await alice.join(rtpCapabilities=capabilities)
    await knows(alice, "announced", direction="recv")
    await alice.call("detach")
    await endpoint(alice, "send")
    peer = peer_of(node, "alice")
    await until(lambda: peer.transports["send"].dtls_state == "connected", "DTLS")
    again = person("alice", through=client_of())
    await again.join(resume=True)
    await knows(again, "dtls", state="connected")
    assert sorted(one["step"] for one in again.steps) == ["dtls", "dtls", "first-stun", "selected-tuple"]
    assert [one["at"] for one in again.steps] == sorted(one["at"] for one in again.steps)
    assert not steps(alice, "dtls")


async def test_steps_follow_the_answer_to_the_join(
    node: MediaNode, client: MediaClient, person: MakePerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen where the frames go out, as nobody reads them in between."""
    alice = person("alice")
    await alice.join()
    [link] = node._links
    sent: list[str] = []
    send = link.send

    def note(frame: FromNode) -> None:
        sent.append(frame.name if isinstance(frame, Event) else "reply")
        send(frame)

    monkeypatch.setattr(link, "send", note)
    bob = person("bob")
    await bob.fast_join(await client.rtp_capabilities())
    await bob.sees(lambda: len(steps(bob, "announced")) == 2, "its addresses")
    assert sent[-3:] == ["reply", "media-step", "media-step"]


async def test_what_an_administrator_paused_at_its_sender_is_told_to_receivers_until_it_is_over(
    person: MakePerson, node: MediaNode, capabilities: Json, client: MediaClient
) -> None:
    alice, bob = person("alice"), person("bob")
    for someone in (alice, bob):
        await someone.fast_join(capabilities)

    async def pause(kind: str, object_id: str) -> None:
        await client.call("steer", "", "", {"act": "pause", "kind": kind, "id": object_id})

    mic, camera = await alice.send("mic"), await alice.send("camera")
    for producer in (mic, camera):
        await pause("producer", producer)
    for producer in (mic, camera):
        await bob.call("consume", producerId=producer)
    await bob.sees(lambda: len(steps(bob, "paused")) == 2, "both, although they came later")
    await alice.call("resume-producer", producerId=mic)
    await bob.sees(lambda: len(steps(bob, "paused")) == 3, "that its owner turned it on")
    await alice.call("close-producer", producerId=camera)
    await bob.sees(lambda: len(steps(bob, "paused")) == 4, "that it is gone")
    told = [one["data"] for one in steps(bob, "paused")]
    assert [(one["source"], one["on"]) for one in told] == [
        ("mic", True),
        ("camera", True),
        ("mic", False),
        ("camera", False),
    ]
    assert {one["by"] for one in told} == {"administrator at the sender"}
    # Their owner is told so, too: the camera is gone, and with it what was done to it.
    assert [(one["data"]["source"], one["data"]["on"]) for one in steps(alice, "paused")] == [
        ("mic", True),
        ("camera", True),
        ("mic", False),
        ("camera", False),
    ]
    # What they pause themselves is no news to others.
    await alice.call("pause-producer", producerId=mic)
    await alice.sees(lambda: len(steps(alice, "paused")) == 5, "their own")
    assert len(steps(bob, "paused")) == 4
