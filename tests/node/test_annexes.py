"""A meeting that outgrows its node: annexes on others, with media between them over SRTP, and nobody notices."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from media.client import MediaClient
from media.errors import MediaError
from media.link.address import TcpAddress
from media.link.security import LinkSecurity
from media.mediasoup.pipe_transport import PipeTransport
from media.node import key_frames
from media.node.config import NodeConfig
from media.node.node import MediaNode
from tests.live.server import free_port
from tests.live.waiting import eventually
from tests.mediasoup.rtp import VP8_PARAMETERS, vp8

from .attendees import HERTZ, Attendee, more_frames
from .certificates import make_certificate
from .media_endpoint import Deaf, MediaEndpoint
from .people import Json, Person, until
from .test_many_nodes import Cluster, at, cluster, linked

__all__ = ["cluster"]

pytestmark = [pytest.mark.media, pytest.mark.django_db(transaction=True)]

MEETING = "standup"
# A meeting may have one consumer here: whoever comes once two things are sent goes elsewhere.
SMALL = 0.01


class Site:
    """Nodes that talk over TLS. The first one, "one", has little room for a meeting."""

    def __init__(self, cluster: Cluster, directory: Path) -> None:
        made = make_certificate(directory, "127.0.0.1")
        self.cluster = cluster
        self.security = LinkSecurity(certificate=made.certificate, key=made.key, secret="a secret that is long enough")

    async def start(self, name: str, share: float = 1.0, limit: int = 100, workers: int = 1) -> MediaNode:
        config = NodeConfig(name=name, workers=workers, consumers_per_worker=limit, room_share=share)
        listen = TcpAddress("127.0.0.1", free_port())
        node = await self.cluster.start(name, listen=listen, security=self.security, node=config)
        await until(lambda: len(node.supervisor.up) == workers, "all workers to start")
        return node

    async def web(self, nodes: int) -> MediaClient:
        web = self.cluster.web(security=self.security)
        await eventually("all nodes are linked", lambda: linked(web, nodes), within=15)
        return web


@pytest.fixture
def site(cluster: Cluster, run_dir: Path) -> Site:
    return Site(cluster, run_dir)


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as stack:
        yield stack


def peers(node: MediaNode) -> set[str]:
    room = node.rooms.find(MEETING)
    return set(room.peers) if room is not None else set()


def pipes(node: MediaNode) -> list[PipeTransport]:
    return [
        transport
        for slot in node.supervisor.slots
        if slot.worker is not None
        for router in slot.worker.routers.values()
        for transport in router.transports.values()
        if isinstance(transport, PipeTransport)
    ]


def piped_to(node: MediaNode) -> set[str]:
    return {producer for pipe in pipes(node) for producer in pipe.producers}


async def people_on_two(site: Site) -> tuple[MediaNode, MediaNode, MediaClient, Person, Person, list[str]]:
    """Alice at home, who sends, and Bob on an annex, who receives and sends; what alice sends and what bob does."""
    one = await site.start("one", SMALL)
    first = await site.web(1)
    capabilities = await first.rtp_capabilities()
    alice = Person(first, MEETING, "alice")
    await alice.fast_join(capabilities)
    sent = [await alice.send("mic"), await alice.send("camera")]
    two = await site.start("two")
    await eventually("both are linked", lambda: linked(first, 2), within=15)
    bob = Person(first, MEETING, "bob")
    reply = await bob.fast_join(capabilities)
    assert (peers(one), peers(two)) == ({"alice"}, {"bob"})
    assert await at(MEETING) == "one"
    assert sorted(fact["producerId"] for fact in reply["producers"]) == sorted(sent)
    assert sorted(fact["producerId"] for fact in reply["consumers"]) == sorted(sent)
    mic = await bob.send("mic")
    fact = await alice.hears("new-producer")
    assert fact == {"participantId": "bob", "producerId": mic, "kind": "audio", "source": "mic", "paused": False}
    assert (await alice.call("consume", producerId=mic))["participantId"] == "bob"
    return one, two, first, alice, bob, [*sent, mic]


async def test_what_the_node_sees_is_told_by_the_annex_where_they_are(site: Site) -> None:
    one, two, _, alice, bob, sent = await people_on_two(site)
    for someone, node in ((alice, one), (bob, two)):
        await someone.sees(
            lambda someone=someone: [step["step"] for step in someone.steps].count("announced") == 2,  # type: ignore[misc]
            "its addresses",
        )
        seen = await someone.call("witness", stats=True)
        assert (seen["node"], seen["hung"]) == (node.name, False)
        assert len(seen["transports"]) == 2
    assert {consumer["producerId"] for consumer in seen["consumers"]} == set(sent[:2])
    assert {consumer["participantId"] for consumer in seen["consumers"]} == {"alice"}
    assert [producer["id"] for producer in seen["producers"]] == sent[2:]


class TestMedia:
    @pytest.mark.parametrize("asks", [True, False])
    async def test_a_key_frame_that_does_not_come_is_asked_for_at_home(
        self, site: Site, stack: AsyncExitStack, monkeypatch: pytest.MonkeyPatch, asks: bool
    ) -> None:
        """By who waits for it, or by the node for them."""
        if asks:
            monkeypatch.setattr(key_frames, "WAITS", ())
        one = await site.start("one", SMALL)
        web = await site.web(1)
        capabilities = await web.rtp_capabilities()
        alice, bob = Person(web, MEETING, "alice"), Person(web, MEETING, "bob")
        await alice.join(rtpCapabilities=capabilities)
        sending = await MediaEndpoint.of(one, alice, "send")
        stack.push_async_callback(sending.close)
        await alice.send("mic")
        await alice.call("produce", kind="video", source="camera", rtpParameters=VP8_PARAMETERS)
        two = await site.start("two")
        await eventually("both are linked", lambda: linked(web, 2), within=15)
        consumers = (await bob.join(rtpCapabilities=capabilities))["consumers"]
        [camera] = [consumer["id"] for consumer in consumers if consumer["kind"] == "video"]
        receiving = await MediaEndpoint.of(two, bob, "recv")
        stack.push_async_callback(receiving.close)
        deaf = Deaf(vp8, sending)
        sending.send(deaf)
        await until(lambda: sending.key_frames_wanted == 2, "the worker's own requests")
        sent = sending.sent
        await until(lambda: sending.sent > sent + 30, "more of the video")
        assert receiving.rtp == 0
        deaf.listen()
        if asks:
            assert sending.key_frames_wanted == 2
            await bob.call("request-key-frame", consumerId=camera)
        await until(lambda: receiving.rtp > 20, "the picture")

    async def test_picture_sound_and_who_speaks_reach_from_node_to_node(
        self, site: Site, stack: AsyncExitStack
    ) -> None:
        one = await site.start("one", SMALL)
        web = await site.web(1)
        alice = Attendee(Person(web, MEETING, "alice"), stack)
        await alice.join()
        camera, microphone = await alice.send()
        two = await site.start("two")
        await eventually("both are linked", lambda: linked(web, 2), within=15)
        bob = Attendee(Person(web, MEETING, "bob"), stack)
        await bob.join()
        assert (peers(one), peers(two)) == ({"alice"}, {"bob"})
        assert pipes(one) == pipes(two) == [], "nothing is piped before somebody wants it"

        seen, heard = await bob.watch(camera), await bob.listen(microphone)
        await more_frames(seen, 20)
        await more_frames(heard, 50)
        assert seen.changes >= 15
        assert heard.share_of_tone(HERTZ) > 0.8

        bobs_camera, bobs_microphone = await bob.send()
        await alice.person.hears("new-producer", 2)
        seen, heard = await alice.watch(bobs_camera), await alice.listen(bobs_microphone)
        await more_frames(seen, 20)
        await more_frames(heard, 50)
        assert heard.share_of_tone(HERTZ) > 0.8

        # Each way its own pipe, encrypted, and the bytes went over it.
        for here, there in ((one, two), (two, one)):
            [sending] = [pipe for pipe in pipes(here) if pipe.consumers]
            [receiving] = [pipe for pipe in pipes(there) if pipe.producers]
            assert sending.srtp_parameters is not None
            assert receiving.srtp_parameters is not None
            assert sending.srtp_parameters["keyBase64"] != receiving.srtp_parameters["keyBase64"]
            assert sending.tuple["remotePort"] == receiving.tuple["localPort"]
            assert (await receiving.get_stats())[0]["rtpBytesReceived"] > 20_000
            assert (await sending.get_stats())[0]["rtpBytesSent"] > 20_000
        assert piped_to(two) == {camera, microphone}
        assert piped_to(one) == {bobs_camera, bobs_microphone}

        trees, _ = await web.ask_nodes("tree", {})
        ends = [
            (transport["tuple"]["localPort"], transport["tuple"]["remotePort"])
            for tree in trees
            for router in tree["workers"][0]["routers"]
            for transport in router["transports"]
            if transport["type"] == "pipe"
        ]
        assert len(ends) == 4
        assert sorted(ends) == sorted((remote, local) for local, remote in ends), "the tree shows both ends of each"

        # Voices are compared at home, and both parts are told.
        await alice.person.call("close-producer", producerId=microphone)
        for someone in (alice, bob):
            await someone.person.sees(
                lambda told=someone.person.told: {"participantId": "bob"} in told("active-speaker"),  # type: ignore[misc]
                "bob to be the one who speaks",
            )
            await someone.person.hears("audio-levels")

    async def test_pause_resume_and_close_reach_from_node_to_node_and_a_late_joiner_sees_how_it_is(
        self, site: Site
    ) -> None:
        one, two, web, alice, bob, (mic, camera, bobs) = await people_on_two(site)
        for sender, receiver, producer in ((alice, bob, camera), (bob, alice, bobs)):
            await sender.call("pause-producer", producerId=producer)
            await receiver.hears("producer-paused")
            assert (await receiver.hears("consumer-paused"))["producerId"] == producer
        carol = Person(web, MEETING, "carol")
        reply = await carol.fast_join(await web.rtp_capabilities())
        assert peers(two) == {"bob", "carol"}
        assert {fact["producerId"]: fact["paused"] for fact in reply["producers"]} == {
            mic: False,
            camera: True,
            bobs: True,
        }
        assert {one["producerId"]: one["producerPaused"] for one in reply["consumers"]}[camera] is True
        for sender, receiver, producer in ((alice, bob, camera), (bob, alice, bobs)):
            await sender.call("resume-producer", producerId=producer)
            await receiver.hears("producer-resumed")
            assert (await receiver.hears("consumer-resumed"))["producerId"] == producer
        assert (await carol.hears("consumer-resumed"))["producerId"]

        await alice.call("close-producer", producerId=camera)
        for someone in (bob, carol):
            assert (await someone.hears("producer-closed"))["producerId"] == camera
            assert (await someone.hears("consumer-closed"))["producerId"] == camera
        await until(lambda: piped_to(two) == {mic}, "the picture's pipe to go, and the sound's to stay")
        await bob.call("leave-meeting")
        assert (await alice.hears("producer-closed"))["producerId"] == bobs
        await until(lambda: piped_to(one) == set() and len(pipes(one)) == 1, "the pipe from the annex to go")

    async def test_the_pipe_goes_when_nobody_needs_it_and_the_annex_with_its_last_one(self, site: Site) -> None:
        one, two, _, alice, bob, (mic, camera, _) = await people_on_two(site)
        assert piped_to(two) == {mic, camera}
        await bob.call("leave-meeting")
        await until(lambda: not pipes(one) and not pipes(two), "the pipes to go")
        assert list(two.rooms) == []
        room = one.rooms.find(MEETING)
        assert room is not None
        await until(lambda: room.neighbours == [], "the annex to be forgotten")
        assert alice.told("media-lost") == bob.told("media-lost") == []

    async def test_what_one_annex_sends_reaches_another_one_over_home(self, site: Site, stack: AsyncExitStack) -> None:
        one, two, web, _, bob, _ = await people_on_two(site)
        two.rooms.loads.limit = 3
        three = await site.start("three")
        await eventually("all are linked", lambda: linked(web, 3), within=15)
        carol = Attendee(Person(web, MEETING, "carol"), stack)
        await carol.join()
        assert peers(three) == {"carol"}
        two.rooms.loads.limit, three.rooms.loads.limit = 100, 1
        await eventually("its heartbeat says so", lambda: has_room(web, "two"), within=15)
        dave = Attendee(Person(web, MEETING, "dave"), stack)
        await dave.join()
        assert peers(two) == {"bob", "dave"}
        three.rooms.loads.limit = 100
        camera, microphone = await carol.send()
        await dave.person.hears("new-producer", 2)
        seen, heard = await dave.watch(camera), await dave.listen(microphone)
        await more_frames(seen, 10)
        await more_frames(heard, 25)
        await carol.person.call("pause-producer", producerId=camera)
        assert (await dave.person.hears("consumer-paused"))["producerId"] == camera
        await carol.person.call("leave-meeting")
        await dave.person.hears("producer-closed", 2)
        await until(lambda: not {camera, microphone} & (piped_to(one) | piped_to(two)), "the pipes to go")
        assert bob.told("media-lost") == []


class TestComingAndGoing:
    async def test_who_leaves_through_another_web_process_is_gone(self, site: Site) -> None:
        _, two, _, alice, _, (_, _, bobs) = await people_on_two(site)
        other = await site.web(2)
        await other.call("leave-meeting", MEETING, "bob", {})
        assert (await alice.hears("producer-closed"))["producerId"] == bobs
        await until(lambda: list(two.rooms) == [], "the annex to be empty")

    async def test_who_comes_back_through_another_web_process_finds_everything(self, site: Site) -> None:
        _, _, _, alice, bob, sent = await people_on_two(site)
        bob.peer.forget()
        other = await site.web(2)
        again = Person(other, MEETING, "bob")
        reply = await again.fast_join(await other.rtp_capabilities(), resume=True)
        assert reply["resumed"] is True
        assert [fact["producerId"] for fact in reply["ownProducers"]] == sent[2:]
        assert alice.told("producer-closed") == []
        await alice.call("pause-producer", producerId=sent[0])
        await again.hears("producer-paused")
        assert bob.told("producer-paused") == []

    async def test_who_is_let_in_at_home_again_is_on_the_annex_no_more(self, site: Site) -> None:
        one, two, _, alice, _, (_, _, bobs) = await people_on_two(site)
        one.rooms._share = 1.0
        other = await site.web(2)
        again = Person(other, MEETING, "bob")
        reply = await again.fast_join(await other.rtp_capabilities())
        assert reply["resumed"] is False
        assert reply["ownProducers"] == []
        assert "bob" not in {fact["participantId"] for fact in reply["producers"]}
        assert peers(one) == {"alice", "bob"}
        assert (await alice.hears("producer-closed"))["producerId"] == bobs
        # A page may offer the same again, under the same id.
        assert await again.send("mic", producerId=bobs) == bobs
        await alice.hears("new-producer", 2)
        assert (await alice.call("consume", producerId=bobs))["producerId"] == bobs
        await until(lambda: list(two.rooms) == [], "the annex to end")
        assert len(alice.told("producer-closed")) == 1

    async def test_a_meeting_that_is_ended_ends_everywhere(self, site: Site) -> None:
        one, two, web, *_ = await people_on_two(site)
        assert (await web.status())["activeRooms"] == 1
        assert (await web.status())["totalParticipants"] == 2
        await web.close_meeting(MEETING)
        await until(lambda: not list(one.rooms) and not list(two.rooms), "both parts to end")
        assert await at(MEETING) is None

    async def test_nobody_has_room(self, site: Site) -> None:
        _, two, web, *_ = await people_on_two(site)
        two.rooms.loads.limit = 3
        with pytest.raises(MediaError) as refusal:
            await Person(web, MEETING, "carol").join()
        assert refusal.value.code == "MEDIA_OVERLOADED"

    async def test_fault_a_node_that_cannot_talk_to_the_home_is_no_annex(self, site: Site) -> None:
        one = await site.start("one", SMALL)
        web = await site.web(1)
        alice = Person(web, MEETING, "alice")
        await alice.fast_join(await web.rtp_capabilities())
        for source in ("mic", "camera"):
            await alice.send(source)
        two = await site.start("two")
        two.rooms.uplinks._security = dataclasses.replace(site.security, secret="a secret that is not the site's")
        await eventually("both are linked", lambda: linked(web, 2), within=15)
        async with asyncio.timeout(5):
            await Person(web, MEETING, "bob").refused("join-meeting", "MEDIA_OVERLOADED")
        assert list(two.rooms) == []
        assert peers(one) == {"alice"}
        two.rooms.uplinks._security = site.security
        await Person(web, MEETING, "bob").join()
        assert peers(two) == {"bob"}

    async def test_those_at_home_must_be_able_to_take_what_a_newcomer_sends(self, site: Site) -> None:
        one, two, web, *_ = await people_on_two(site)
        one.rooms.loads.limit = 4
        one.rooms._share = 1.0
        with pytest.raises(MediaError) as refusal:
            await Person(web, MEETING, "carol").join()
        assert refusal.value.code == "MEDIA_OVERLOADED"
        assert peers(two) == {"bob"}

    async def test_fault_a_participant_cannot_say_where_a_meeting_is_at_home(self, site: Site) -> None:
        one = await site.start("one")
        web = await site.web(1)
        await Person(web, MEETING, "mallory").join(annexOf="wss://127.0.0.1:1")
        assert peers(one) == {"mallory"}

    @pytest.mark.parametrize(
        "said",
        [
            {},
            {"what": "attach"},
            {"what": "attach", "data": {}},
            {"what": "pipe", "data": {"producerId": 1}},
            {"what": "fact", "data": {"event": "new-producer", "data": {"kind": "smell"}}},
        ],
    )
    async def test_fault_a_neighbour_that_says_nonsense_is_refused(self, site: Site, said: Json) -> None:
        one = await site.start("one")
        web = await site.web(1)
        alice = Person(web, MEETING, "alice")
        await alice.join()
        await web.call_node("one", "neighbour", {"what": "attach", "data": {"node": "odd"}}, MEETING)
        with pytest.raises(MediaError) as refusal:
            await web.call_node("one", "neighbour", said, MEETING)
        assert refusal.value.code == "BAD_REQUEST"
        assert peers(one) == {"alice"}


class TestLoss:
    async def test_a_lost_annex_costs_only_those_on_it_and_they_come_back_elsewhere(self, site: Site) -> None:
        one, _, web, alice, bob, (mic, camera, bobs) = await people_on_two(site)
        three = await site.start("three")
        await eventually("all are linked", lambda: linked(web, 3), within=15)
        await site.cluster.kill("two")
        assert (await bob.hears("media-lost"))["incidentId"]
        await bob.hears("media-restored")
        assert (await alice.hears("producer-closed"))["producerId"] == bobs
        assert (await alice.hears("consumer-closed"))["producerId"] == bobs
        reply = await bob.fast_join(await web.rtp_capabilities(), resume=True)
        assert reply["resumed"] is False
        assert sorted(fact["producerId"] for fact in reply["consumers"]) == sorted([mic, camera])
        assert peers(three) == {"bob"}
        again = await bob.send("mic")
        assert (await alice.hears("new-producer", 2))["producerId"] == again
        assert alice.told("media-lost") == []
        assert peers(one) == {"alice"}

    async def test_an_annex_whose_home_died_is_the_home(self, site: Site) -> None:
        _, two, web, alice, bob, (mic, camera, _) = await people_on_two(site)
        second = await site.web(2)
        carol = Person(second, MEETING, "carol")
        await carol.join()
        assert peers(two) == {"bob", "carol"}
        await site.cluster.kill("one")
        await alice.hears("media-lost")
        await alice.hears("media-restored")
        await bob.sees(
            lambda: {mic, camera} <= {data["producerId"] for data in bob.told("producer-closed")}, "what was at home"
        )
        assert await at(MEETING) == "two"
        reply = await alice.fast_join(await web.rtp_capabilities(), resume=True)
        assert reply["resumed"] is False
        assert [fact["participantId"] for fact in reply["consumers"]] == ["bob"]
        assert peers(two) == {"alice", "bob", "carol"}
        again = await alice.send("mic")
        for someone in (bob, carol):
            await someone.sees(
                lambda someone=someone: again in [data["producerId"] for data in someone.told("new-producer")],  # type: ignore[misc]
                "alice again",
            )
            assert someone.told("media-lost") == []
        room = two.rooms.find(MEETING)
        assert room is not None
        await until(lambda: room not in two.rooms.uplinks, "the annex to be the home")
        # And calls of those who were on the annex go on, through either web process.
        await bob.call("create-transport", direction="send")
        await carol.call("create-transport", direction="send")

    async def test_an_annex_follows_a_meeting_to_a_new_home(self, site: Site) -> None:
        _, two, web, alice, bob, (_, _, bobs) = await people_on_two(site)
        three = await site.start("three")
        await eventually("all are linked", lambda: linked(web, 3), within=15)
        # It has no room for a meeting, but for those it has.
        two.rooms.loads.limit = 2
        await eventually("its heartbeat says so", lambda: has_no_room(web, "two"), within=15)
        await site.cluster.kill("one")
        await alice.hears("media-restored")
        assert await at(MEETING) == "three"
        reply = await alice.fast_join(await web.rtp_capabilities(), resume=True)
        if not reply["producers"]:
            await alice.hears("new-producer", 2)
        assert (await alice.call("consume", producerId=bobs))["participantId"] == "bob"
        assert (peers(three), peers(two)) == ({"alice"}, {"bob"})
        again = await alice.send("mic")
        await bob.sees(
            lambda: again in [data["producerId"] for data in bob.told("new-producer")], "alice on the new home"
        )
        assert bob.told("media-lost") == []

    async def test_a_home_on_two_workers_loses_one_of_them(self, site: Site) -> None:
        one = await site.start("one", SMALL / 2, workers=2)
        web = await site.web(1)
        capabilities = await web.rtp_capabilities()
        alice, carol, bob = (Person(web, MEETING, name) for name in ("alice", "carol", "bob"))
        await alice.fast_join(capabilities)
        await carol.join()
        room = one.rooms.find(MEETING)
        assert room is not None
        there = next(slot for slot in one.supervisor.slots if slot is not room.peers["alice"].place.slot)
        room.peers["carol"].move_to(await room.place_on(there))
        await carol.fast_join(capabilities, resume=True)
        alices, carols = await alice.send("mic"), await carol.send("mic")
        two = await site.start("two")
        await eventually("both are linked", lambda: linked(web, 2), within=15)
        reply = await bob.fast_join(capabilities)
        assert peers(two) == {"bob"}
        assert {consumer["producerId"] for consumer in reply["consumers"]} == {alices, carols}
        assert len(pipes(two)) == 2, "one from each of the two workers"
        bobs = await bob.send("mic")
        for someone in (alice, carol):
            await someone.sees(
                lambda told=someone.told: bobs in [data["producerId"] for data in told("new-producer")],  # type: ignore[misc]
                "bob's microphone",
            )
            assert (await someone.call("consume", producerId=bobs))["participantId"] == "bob"

        assert there.worker is not None
        os.kill(there.worker.pid, signal.SIGKILL)
        await carol.hears("media-restored")
        assert (await bob.hears("producer-closed"))["producerId"] == carols
        assert bob.told("media-lost") == alice.told("media-lost") == []
        await until(lambda: piped_to(two) == {alices}, "the pipe of the dead worker to go")
        assert bobs in piped_to(one)
        one.rooms._share = 1.0
        await carol.fast_join(capabilities, resume=True)
        again = await carol.send("mic")
        assert (await bob.hears("new-producer"))["producerId"] == again
        assert (await bob.call("consume", producerId=again))["participantId"] == "carol"

    async def test_a_link_between_nodes_that_breaks_is_mended(self, site: Site) -> None:
        _, two, _, alice, bob, (mic, camera, bobs) = await people_on_two(site)
        room = two.rooms.find(MEETING)
        assert room is not None
        connection = two.rooms.uplinks._uplinks[room]._dialer._connection
        assert connection is not None
        connection.transport.abort()
        assert (await alice.hears("producer-closed"))["producerId"] == bobs
        assert (await alice.hears("new-producer", 2))["producerId"] == bobs
        await bob.hears("producer-closed", 2)
        await bob.hears("new-producer", 2)
        assert sorted(data["producerId"] for data in bob.told("new-producer")) == sorted([mic, camera])
        reply = await bob.call("consume", producerIds=[mic, camera])
        assert len(reply["consumers"]) == 2
        assert (await alice.call("consume", producerId=bobs))["participantId"] == "bob"
        assert alice.told("media-lost") == bob.told("media-lost") == []
        await until(lambda: piped_to(two) == {mic, camera}, "the pipes to be there again")

    @pytest.mark.parametrize("killed", ["one", "two"])
    async def test_a_worker_that_dies_costs_only_those_on_it(self, site: Site, killed: str) -> None:
        one, two, web, alice, bob, _ = await people_on_two(site)
        node, hit, spared = (one, alice, bob) if killed == "one" else (two, bob, alice)
        worker = node.supervisor.slots[0].worker
        assert worker is not None
        os.kill(worker.pid, signal.SIGKILL)
        await hit.hears("media-restored")
        await hit.fast_join(await web.rtp_capabilities(), resume=True)
        again = await hit.send("mic")
        await spared.sees(
            lambda: again in [data["producerId"] for data in spared.told("new-producer")], "who was hit to be back"
        )
        assert (await spared.call("consume", producerId=again))["participantId"] == hit.name
        assert spared.told("media-lost") == []
        assert (peers(one), peers(two)) == ({"alice"}, {"bob"})


async def headroom(web: MediaClient, name: str) -> int:
    await web._nodes.refresh()
    node = web._nodes.find(name)
    assert node is not None
    assert node.record is not None
    return node.record.headroom


async def has_room(web: MediaClient, name: str) -> bool:
    return await headroom(web, name) > 50


async def has_no_room(web: MediaClient, name: str) -> bool:
    return not await headroom(web, name)


def test_the_share_of_a_meeting_must_make_sense() -> None:
    from media.node.sanity import complaints  # noqa: PLC0415

    for share in (0.0, -1.0, 1.5):
        [sentence] = complaints(NodeConfig(room_share=share))
        assert "MEDIA_ROOM_SHARE" in sentence
    assert list(complaints(NodeConfig(room_share=0.5))) == []
