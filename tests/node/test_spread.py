"""A meeting that lives on more than one worker: nobody notices, unless one of the workers dies."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable

import pytest

from media.client import MediaClient
from media.node.config import NodeConfig
from media.node.node import MediaNode
from media.node.peer import Peer
from media.node.place import Place

from .attendees import HERTZ, Attendee, more_frames
from .people import Json, Person, until

pytestmark = pytest.mark.media

MakePerson = Callable[..., Person]
MakeAttendee = Callable[[str], Attendee]


@pytest.fixture
def config() -> NodeConfig:
    """Small workers: a meeting of two has its share of one, and the third goes to the other."""
    return NodeConfig(workers=2, consumers_per_worker=8)


def worker_of(node: MediaNode, participant: str, meeting: str = "standup") -> int:
    peer = node.rooms.find_peer(meeting, participant)
    assert peer is not None
    return peer.place.slot.index


def brought_to(place: Place) -> list[str]:
    """The ids of what is piped to a place."""
    return sorted(
        producer
        for transport in place.router.transports.values()
        if transport.type == "pipe"
        for producer in transport.producers
    )


async def counts(client: MediaClient, index: int, *what: str) -> list[int]:
    row = (await client.workers())["workers"][index]
    return [row[name] for name in what]  # type: ignore[literal-required]


async def two_and_one(node: MediaNode, attendee: MakeAttendee) -> tuple[Attendee, Attendee, Attendee, list[str]]:
    """Alice and Bob on one worker, both sending, and Carol on the other; alice's camera and microphone."""
    alice, bob, carol = attendee("alice"), attendee("bob"), attendee("carol")
    await asyncio.gather(alice.join(), bob.join())
    camera, microphone = await alice.send()
    for producer_id in await bob.send():
        await (alice.watch(producer_id) if producer_id != bob.sent[1] else alice.listen(producer_id))
    await bob.watch(camera)
    await bob.listen(microphone)
    await carol.join()
    assert worker_of(node, "alice") == worker_of(node, "bob") != worker_of(node, "carol")
    return alice, bob, carol, [camera, microphone]


async def test_picture_sound_and_who_speaks_reach_from_worker_to_worker(
    node: MediaNode, attendee: MakeAttendee, client: MediaClient
) -> None:
    alice, bob, carol, (camera, microphone) = await two_and_one(node, attendee)
    there = worker_of(node, "carol")
    assert await counts(client, there, "producers") == [0], "nothing is piped before somebody wants it"

    seen, heard = await carol.watch(camera), await carol.listen(microphone)
    await more_frames(seen, 20)
    await more_frames(heard, 50)
    assert seen.changes >= 15
    assert heard.share_of_tone(HERTZ) > 0.8
    assert await counts(client, there, "producers", "consumers") == [2, 2]

    carols_camera, carols_microphone = await carol.send()
    seen, heard = await alice.watch(carols_camera), await alice.listen(carols_microphone)
    await more_frames(seen, 20)
    await more_frames(heard, 50)

    for other in (alice, bob):
        await other.person.call("close-producer", producerId=other.sent[1])
    for someone in (alice, carol):
        await someone.person.sees(
            lambda told=someone.person.told: {"participantId": "carol"} in told("active-speaker"),  # type: ignore[misc]
            "carol to be the one who speaks",
        )
    await alice.person.sees(
        lambda: any(
            level["participantId"] == "carol" for data in alice.person.told("audio-levels") for level in data["levels"]
        ),
        "carol's microphone to be heard from the other worker",
    )


async def test_pause_resume_and_close_reach_from_worker_to_worker(
    node: MediaNode, attendee: MakeAttendee, client: MediaClient
) -> None:
    alice, _, carol, (camera, microphone) = await two_and_one(node, attendee)
    seen = await carol.watch(camera)
    await more_frames(seen, 10)

    await alice.person.call("pause-producer", producerId=camera)
    assert (await carol.person.hears("consumer-paused"))["producerId"] == camera
    await alice.person.call("resume-producer", producerId=camera)
    assert (await carol.person.hears("consumer-resumed"))["producerId"] == camera
    await more_frames(seen, 10)

    consumed = await carol.person.call("consume", producerId=microphone)
    assert consumed["producerPaused"] is False
    await alice.person.call("close-producer", producerId=camera)
    assert (await carol.person.hears("consumer-closed"))["producerId"] == camera
    there = worker_of(node, "carol")
    assert await counts(client, there, "producers") == [1], "the picture's pipe is gone, the sound's is not"


async def test_a_producer_that_is_paused_arrives_paused(
    node: MediaNode, person: MakePerson, capabilities: Json
) -> None:
    alice, bob, carol = person("alice"), person("bob"), person("carol")
    for someone in (alice, bob):
        await someone.fast_join(capabilities)
    paused = await alice.send("camera", paused=True)
    await alice.send("mic")
    await bob.call("consume", producerIds=[paused])
    for source in ("camera", "mic"):
        await alice.call("consume", producerId=await bob.send(source))
    reply = await carol.fast_join(capabilities)
    assert worker_of(node, "carol") != worker_of(node, "alice")
    assert {one["producerId"]: one["producerPaused"] for one in reply["consumers"]}[paused] is True
    # And when it is resumed as the pipe comes up, nobody is left with a still.
    await alice.call("resume-producer", producerId=paused)
    assert (await carol.hears("consumer-resumed"))["producerId"] == paused


async def test_the_pipe_goes_when_nobody_there_needs_it(
    node: MediaNode, attendee: MakeAttendee, client: MediaClient, person: MakePerson
) -> None:
    alice, _, carol, (camera, _) = await two_and_one(node, attendee)
    here, there = worker_of(node, "alice"), worker_of(node, "carol")
    seen = await carol.watch(camera)
    await more_frames(seen, 5)
    await carol.person.call("leave-meeting")
    assert await counts(client, there, "routers", "transports", "producers", "consumers") == [0, 0, 0, 0]
    assert await counts(client, here, "routers", "transports", "producers") == [1, 4, 4]
    room = node.rooms.find("standup")
    assert room is not None
    assert [place.slot.index for place in room.places] == [here]
    assert alice.person.told("media-lost") == []


async def test_simulcast_layers_are_chosen_across_workers(
    node: MediaNode, person: MakePerson, capabilities: Json
) -> None:
    alice, bob, carol = person("alice"), person("bob"), person("carol")
    for someone in (alice, bob):
        await someone.fast_join(capabilities)
    camera = await alice.send("camera")
    await bob.call("consume", producerId=camera)
    for source in ("camera", "mic", "screen"):
        await alice.call("consume", producerId=await bob.send(source))
    reply = await carol.fast_join(capabilities)
    assert worker_of(node, "carol") != worker_of(node, "alice")
    consumer = {one["producerId"]: one for one in reply["consumers"]}[camera]
    assert consumer["type"] == "simulcast"
    assert await carol.call("set-preferred-layers", consumerId=consumer["id"], spatialLayer=1, temporalLayer=1)
    assert await carol.call("request-key-frame", consumerId=consumer["id"])


@pytest.mark.parametrize("killed", ["alice", "carol"])
async def test_a_worker_that_dies_hits_only_those_on_it(node: MediaNode, attendee: MakeAttendee, killed: str) -> None:
    alice, bob, carol, (camera, _) = await two_and_one(node, attendee)
    carols_camera, carols_microphone = await carol.send()
    seen = {"carol": await carol.watch(camera), "alice": await alice.watch(carols_camera)}
    for received in seen.values():
        await more_frames(received, 5)
    hit, spared = ([alice, bob], [carol]) if killed == "alice" else ([carol], [alice, bob])
    worker = node.supervisor.slots[worker_of(node, killed)].worker
    assert worker is not None

    os.kill(worker.pid, signal.SIGKILL)

    for someone in hit:
        await someone.person.hears("media-restored")
    gone = {camera} if killed == "alice" else {carols_camera, carols_microphone}
    for someone in spared:
        await someone.person.sees(
            lambda someone=someone: gone <= {data["producerId"] for data in someone.person.told("producer-closed")},  # type: ignore[misc]
            "what went with the worker",
        )
        assert someone.person.told("media-lost") == []

    # The tiles of those who were hit fill again, and who speaks is told again, whichever worker it was heard in.
    await until(lambda: len(node.supervisor.up) == 2, "the worker to be there again: the other one is full")
    back = attendee(killed)
    await back.join()
    again, _ = await back.send()
    watcher = spared[0]
    await more_frames(await watcher.watch(again), 10)
    told = len(watcher.person.told("audio-levels"))
    await watcher.person.hears("audio-levels", told + 1)


async def test_many_who_want_the_same_at_once_share_a_pipe(
    node: MediaNode, person: MakePerson, capabilities: Json, client: MediaClient
) -> None:
    alice = person("alice")
    await alice.fast_join(capabilities)
    mic, camera = await alice.send("mic"), await alice.send("camera")
    room = node.rooms.find("standup")
    assert room is not None
    here = worker_of(node, "alice")
    there = await room.place_on(node.supervisor.slots[1 - here])
    others = [person(f"p{n}") for n in range(4)]
    for other in others:
        await other.fast_join(capabilities)
        await other.call("leave-meeting")
    there = await room.place_on(node.supervisor.slots[1 - here])
    sent = list(room.producers())
    origin = room.origin_of(sent[0])
    assert origin is not None
    give_up = await asyncio.gather(*(there.bring(producer, origin) for _ in range(10) for producer in sent))
    assert brought_to(there) == sorted([mic, camera])
    for no_more in give_up[:-2]:
        no_more()
        no_more()
    assert brought_to(there) == sorted([mic, camera])
    # Wanted again in the same moment in which it is given up.
    again = asyncio.gather(*(there.bring(producer, origin) for producer in sent))
    for no_more in give_up[-2:]:
        no_more()
    for no_more in await again:
        no_more()
    assert brought_to(there) == []
    await until(lambda: there.piped_here == 0, "the pipes to go")


class TestAdmission:
    @pytest.fixture
    def config(self) -> NodeConfig:
        return NodeConfig(workers=1, consumers_per_worker=8)

    async def test_joins_are_refused_before_the_worker_is_over_its_limit(
        self, node: MediaNode, person: MakePerson, capabilities: Json, client: MediaClient
    ) -> None:
        inside: list[Person] = []
        refusals = []
        for n in range(5):
            someone = person(f"p{n}")
            if len(inside) < 3:
                await someone.fast_join(capabilities)
                mic = await someone.send("mic")
                for other in inside:
                    await other.call("consume", producerId=mic)
                inside.append(someone)
            else:
                refusals.append(await someone.refused("join-meeting", "MEDIA_OVERLOADED", rtpCapabilities=capabilities))
        assert all("limit" in refusal.details for refusal in refusals)
        assert await counts(client, 0, "consumers") == [6]
        # Another meeting may begin: two more consumers fit.
        await person("host", "another").fast_join(capabilities)
        # Those inside are not disturbed, and whoever leaves makes room.
        await inside.pop().call("leave-meeting")
        await person("p4").fast_join(capabilities)

    async def test_a_room_that_nobody_got_into_does_not_stay(
        self, node: MediaNode, person: MakePerson, capabilities: Json, client: MediaClient
    ) -> None:
        node.rooms.loads.limit = 1
        alice, bob = person("alice"), person("bob")
        await alice.fast_join(capabilities)
        await alice.send("mic")
        await alice.send("camera")
        await bob.refused("join-meeting", "MEDIA_OVERLOADED", rtpCapabilities=capabilities)
        node.supervisor.slots[0].pulse.cpu = 1.0
        await person("host", "another").refused("join-meeting", "MEDIA_OVERLOADED", rtpCapabilities=capabilities)
        assert [room.meeting for room in node.rooms] == ["standup"]
        assert await counts(client, 0, "routers") == [1]

    async def test_consumes_are_refused_at_the_limit(
        self, node: MediaNode, person: MakePerson, capabilities: Json, client: MediaClient
    ) -> None:
        alice, bob, carol = person("alice"), person("bob"), person("carol")
        for someone in (alice, bob, carol):
            await someone.fast_join(capabilities)
        sent = [await alice.send(source) for source in ("mic", "camera", "screen", "screen-audio")]
        await bob.call("consume", producerIds=sent)
        reply = await carol.call("consume", producerIds=sent)
        assert len(reply["consumers"]) == 4
        late = await bob.send("mic")
        refusal = await alice.refused("consume", "MEDIA_OVERLOADED", producerId=late)
        assert "limit" in refusal.details
        reply = await carol.call("consume", producerIds=[*sent, late])
        assert [failure["code"] for failure in reply["failed"]] == ["MEDIA_OVERLOADED"]
        assert len(reply["consumers"]) == 4, "what is consumed already is answered"
        # What is not wanted any more makes room for others.
        await alice.call("close-producer", producerId=sent[0])
        await until(lambda: sum(len(peer.consumers) for peer in _peers(node)) == 6, "the consumers to close")
        assert (await alice.call("consume", producerId=late))["producerId"] == late

    async def test_a_crowd_that_comes_at_once_is_counted_before_it_has_consumed(
        self, node: MediaNode, person: MakePerson, capabilities: Json, client: MediaClient
    ) -> None:
        host = person("host")
        await host.fast_join(capabilities)
        for source in ("mic", "camera"):
            await host.send(source)
        crowd = [person(f"p{n}") for n in range(12)]
        outcomes = await asyncio.gather(*(one.fast_join(capabilities) for one in crowd), return_exceptions=True)
        refused = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
        assert {getattr(refusal, "code", refusal) for refusal in refused} == {"MEDIA_OVERLOADED"}
        [consumers] = await counts(client, 0, "consumers")
        assert 0 < consumers <= 8


def _peers(node: MediaNode) -> list[Peer]:
    return [peer for room in node.rooms for peer in room.peers.values()]
