"""Several nodes behind one client: rows in the database, a link to each, and meetings that find another node."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections
from django.db.models.functions import Now

from media import registry
from media.client import MediaClient, NodeLoss
from media.conf import MediaSettings, lock_beside
from media.database import DatabaseAway, in_media_database
from media.errors import MediaError
from media.heartbeat import predecessor
from media.link.address import TcpAddress
from media.link.security import LinkSecurity
from media.models import MediaNode as Row
from media.models import RoomPlacement
from media.node.config import NodeConfig
from media.node.node import MediaNode
from media.node.report import NodeReport
from media.node_lock import NameTaken
from media.rehearsals import room_of
from media.running import running_node
from tests.live.server import free_port
from tests.live.waiting import eventually

from .certificates import make_certificate
from .people import Person

pytestmark = pytest.mark.django_db(transaction=True)

FULL = NodeReport(workers=1, expected_workers=1, load=1.0, headroom=0)
ROOMY = NodeReport(workers=1, expected_workers=1, load=0.0, headroom=500)


@dataclasses.dataclass
class Cluster:
    """Nodes of one site, and web processes of it."""

    directory: Path
    stack: AsyncExitStack
    running: dict[str, tuple[MediaNode, asyncio.Event, asyncio.Task[None]]] = dataclasses.field(default_factory=dict)

    def settings(self, name: str = "web", **changes: Any) -> MediaSettings:
        socket = self.directory / f"{name}.sock"
        return MediaSettings(
            socket=socket,
            lock=lock_beside(socket),
            embedded=False,
            many_nodes=True,
            **{"node": NodeConfig(name=name, workers=1), **changes},
        )

    async def start(self, name: str, **changes: Any) -> MediaNode:
        """A node that has a worker and its row."""
        settings, stop = self.settings(name, **changes), asyncio.Event()
        started: asyncio.Future[MediaNode] = asyncio.get_running_loop().create_future()

        async def run() -> None:
            async with running_node(settings, stop) as node:
                started.set_result(node)
                await stop.wait()

        task = asyncio.create_task(run())
        task.add_done_callback(lambda ended: started.cancel())
        try:
            await asyncio.shield(started)
        except asyncio.CancelledError:
            await task
            raise
        self.running[name] = (await started, stop, task)
        await eventually(f"{name} has a row with a worker", lambda: has_worker(name), within=15)
        return self.running[name][0]

    async def stop(self, name: str) -> None:
        """As SIGTERM does."""
        _, stop, task = self.running.pop(name)
        stop.set()
        await task

    async def kill(self, name: str) -> None:
        """As SIGKILL does, as far as others can tell: the links break, the row stays."""
        row = await in_media_database(Row.objects.get, name=name)
        await self.stop(name)
        row.heartbeat_at = Now()
        row.pk = None
        await in_media_database(row.save)

    def web(self, **changes: Any) -> MediaClient:
        """A web process."""
        client = MediaClient(self.settings(**changes))
        self.stack.push_async_callback(client.close)
        return client


async def has_worker(name: str) -> bool:
    return any(record.name == name and record.workers for record in await in_media_database(registry.nodes))


async def at(meeting: str) -> str | None:
    return await in_media_database(registry.node_of, meeting)


@pytest.fixture
async def cluster(run_dir: Path, transactional_db: None) -> AsyncIterator[Cluster]:
    async with AsyncExitStack() as stack:
        cluster = Cluster(run_dir, stack)
        yield cluster
        await stack.aclose()
        for name in list(cluster.running):
            await cluster.stop(name)
        await in_media_database(connections.close_all)


async def load(name: str, amount: float, headroom: int = 500) -> None:
    """Have a row say so, and its node say nothing else."""
    await in_media_database(Row.objects.filter(name=name).update, load=amount, headroom=headroom)


class TestPlacing:
    async def test_a_meeting_goes_to_the_least_loaded_node_and_everybody_agrees(self, cluster: Cluster) -> None:
        await cluster.start("one")
        await cluster.start("two")
        first, second = cluster.web(), cluster.web()
        people = [Person(web, "standup", name) for web, name in ((first, "alice"), (second, "bob"))]
        await asyncio.gather(*(person.join() for person in people))
        [where] = {await at("standup")}
        node = cluster.running[str(where)][0]
        assert set(node.rooms.find("standup").peers) == {"alice", "bob"}  # type: ignore[union-attr]  # it has the room
        assert (await first.status())["workers"] == (await second.status())["workers"] == 2

    async def test_many_who_come_at_once_are_together(self, cluster: Cluster) -> None:
        await cluster.start("one")
        await cluster.start("two")
        webs = [cluster.web() for _ in range(4)]
        people = [Person(web, f"meeting-{i % 3}", f"person-{i}") for i, web in enumerate(webs * 3)]
        await asyncio.gather(*(person.join() for person in people))
        rooms = [room for node, _, _ in cluster.running.values() for room in node.rooms]
        assert sorted(room.meeting for room in rooms) == ["meeting-0", "meeting-1", "meeting-2"]
        assert sorted(len(room.peers) for room in rooms) == [4, 4, 4]

    async def test_nobody_has_headroom(self, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
        node = await cluster.start("one")
        monkeypatch.setattr(type(node), "report", lambda self: FULL)
        await eventually("the row says so", lambda: is_full("one"))
        with pytest.raises(MediaError) as refusal:
            await Person(cluster.web(), "standup", "alice").join()
        assert refusal.value.code == "MEDIA_OVERLOADED"
        assert await at("standup") is None

    async def test_a_node_that_is_fuller_than_its_last_heartbeat_said(
        self, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        one, two = await cluster.start("one"), await cluster.start("two")
        web = cluster.web()
        await Person(web, "before", "alice").join()
        full, other = (one, two) if await at("before") == "one" else (two, one)
        monkeypatch.setattr(full.rooms.loads, "limit", 0)
        await in_media_database(registry.place, "standup", full.name, None)
        await Person(web, "standup", "bob").join()
        assert await at("standup") == other.name
        assert other.rooms.find_peer("standup", "bob")
        # A meeting that is there already stays there: nobody is moved because somebody else does not get in. Who does
        # not get in there is on an annex elsewhere.
        await Person(web, "before", "cleo").join()
        assert await at("before") == full.name
        assert full.rooms.find_peer("before", "alice")
        assert other.rooms.find_peer("before", "cleo")

    async def test_without_any_node_it_is_said_soon(self, cluster: Cluster) -> None:
        web = cluster.web()
        with pytest.raises(MediaError, match="No media node is running"):
            await web.call("join-meeting", "standup", "alice", {})
        assert (await web.status())["workers"] == 0
        async with asyncio.timeout(1):
            with pytest.raises(MediaError, match="No media node is running"):
                await web.call("join-meeting", "standup", "alice", {})

    async def test_a_meeting_that_ended_is_nowhere(self, cluster: Cluster) -> None:
        await cluster.start("one")
        web = cluster.web()
        await Person(web, "standup", "alice").join()
        await web.close_meeting("standup")
        assert await at("standup") is None
        assert not list(cluster.running["one"][0].rooms)
        await web.close_meeting("standup")

    async def test_a_rehearsal_has_a_place_counts_as_no_meeting_and_leaves_nothing(self, cluster: Cluster) -> None:
        await cluster.start("one")
        await cluster.start("two")
        web, room = cluster.web(), room_of(uuid4())
        for way in ("echo", "udp"):
            await Person(web, room, way).join()
        there = await at(room)
        assert there is not None
        assert [found.meeting for found in cluster.running[there][0].rooms] == [room]
        status = await web.status()
        assert (status["activeRooms"], status["totalParticipants"]) == (0, 0)
        await web.close_meeting(room)
        assert await at(room) is None
        assert not list(cluster.running[there][0].rooms)

    async def test_leaving_what_is_nowhere_is_harmless_and_anything_else_is_refused(self, cluster: Cluster) -> None:
        await cluster.start("one")
        web = cluster.web()
        assert await web.call("leave-meeting", "standup", "alice", {}) == {}
        with pytest.raises(MediaError) as refusal:
            await web.call("produce", "standup", "alice", {})
        assert refusal.value.code == "NOT_IN_MEETING"
        assert await at("standup") is None

    async def test_a_draining_node_gets_nothing_new(self, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
        node = await cluster.start("one")
        monkeypatch.setattr(node, "report", lambda: dataclasses.replace(ROOMY, state="draining"))
        await eventually("the row says so", lambda: drains("one"))
        await cluster.start("two")
        web = cluster.web()
        await Person(web, "standup", "alice").join()
        assert await at("standup") == "two"


class TestLoss:
    async def test_a_lost_node_s_meetings_are_on_another_one_at_once(self, cluster: Cluster) -> None:
        await cluster.start("one")
        first, second = cluster.web(), cluster.web()
        losses: list[NodeLoss] = []
        restored: list[NodeLoss] = []
        first.on_lost(losses.append)
        first.on_restored(restored.append)
        alice, bob = Person(first, "standup", "alice"), Person(second, "standup", "bob")
        await alice.join()
        await bob.join()
        await cluster.start("two")
        elsewhere = Person(first, "elsewhere", "cleo")
        await load("one", 1.0)
        await first._nodes.refresh()
        await elsewhere.join()
        assert await at("elsewhere") == "two"

        await cluster.kill("one")
        for person in (alice, bob):
            assert (await person.hears("media-lost"))["incidentId"]
            await person.hears("media-restored")
        assert await at("standup") == "two"
        for person in (alice, bob):
            assert (await person.join(resume=True))["resumed"] is False
        room = cluster.running["two"][0].rooms.find("standup")
        assert room is not None
        assert set(room.peers) == {"alice", "bob"}
        assert elsewhere.told("media-lost") == []
        assert [loss.peers for loss in losses] == [(("standup", "alice"),)]
        await eventually("the loss is over", lambda: restored == losses)

    async def test_a_link_that_is_back_at_once_moves_nothing(self, cluster: Cluster) -> None:
        await cluster.start("one")
        await cluster.start("two")
        web = cluster.web()
        alice = Person(web, "standup", "alice")
        await alice.join()
        where = await at("standup")
        node = web._nodes.find(str(where))
        assert node is not None
        assert node._dialer._connection is not None
        node._dialer._connection.transport.abort()
        await alice.hears("media-lost")
        await alice.hears("media-restored")
        assert await at("standup") == where
        assert (await alice.join(resume=True))["resumed"] is True

    async def test_with_no_other_node_it_waits_for_the_one(self, cluster: Cluster) -> None:
        await cluster.start("one")
        alice = Person(cluster.web(), "standup", "alice")
        await alice.join()
        await cluster.kill("one")
        await alice.hears("media-lost")
        await cluster.start("one")
        await alice.hears("media-restored")
        assert (await alice.join(resume=True))["resumed"] is False

    async def test_a_meeting_that_another_web_process_moved_is_followed(self, cluster: Cluster) -> None:
        """It could not reach the node, and we can."""
        await cluster.start("one")
        alice = Person(cluster.web(), "standup", "alice")
        await alice.join()
        await cluster.start("two")
        assert await in_media_database(registry.place, "standup", "two", "one") == "two"
        await alice.hears("media-lost")
        await alice.hears("media-restored")
        assert (await alice.join(resume=True))["resumed"] is False
        assert cluster.running["two"][0].rooms.find_peer("standup", "alice")
        await eventually("the old peer is gone", lambda: not list(cluster.running["one"][0].rooms))

    async def test_a_new_process_that_is_slow_to_reach_the_node_moves_nothing(
        self, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A process that starts on a busy machine cannot tell its own delay from the node's."""
        await cluster.start("one")
        await Person(cluster.web(), "standup", "alice").join()
        await cluster.start("two")
        slow = cluster.web()
        monkeypatch.setattr("media.link.dialer.OPEN_TIMEOUT", 0.0)
        monkeypatch.setattr("media.link.dialer.FIRST_DELAY", 1.0)
        await slow._nodes.refresh()
        node = slow._nodes.find("one")
        assert node is not None
        await eventually("the first attempt has failed", lambda: node._slow == 1)
        assert not node.lost
        monkeypatch.undo()
        await Person(slow, "standup", "bob").join()
        assert await at("standup") == "one"

    async def test_health_misses_a_node_that_went_without_a_goodbye(self, cluster: Cluster) -> None:
        await cluster.start("one")
        await cluster.start("two")
        web = cluster.web()
        await eventually("both are linked", lambda: linked(web, 2))
        await cluster.kill("two")
        status = await web.status()
        assert (status["workers"], status["expectedWorkers"]) == (1, 2)
        await cluster.start("two")
        await cluster.stop("two")
        await web._nodes.refresh()
        status = await web.status()
        assert (status["workers"], status["expectedWorkers"]) == (1, 1)


class TestDatabaseAway:
    async def test_the_last_known_list_stays_and_calls_go_on(
        self, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await cluster.start("one")
        web = cluster.web()
        alice = Person(web, "standup", "alice")
        await alice.join()

        def away(*args: Any) -> Any:
            raise DatabaseAway("it is away")

        for name in ("nodes", "node_of", "nodes_of", "place"):
            monkeypatch.setattr(registry, name, away)
        with pytest.raises(DatabaseAway):
            await web._nodes.refresh()
        assert (await alice.call("create-transport", direction="send"))["params"]
        with pytest.raises(MediaError) as refusal:
            await Person(web, "another", "alice").join()
        assert refusal.value.code == "MEDIA_UNAVAILABLE"


class TestNames:
    async def test_a_second_node_of_one_name_does_not_start(self, cluster: Cluster) -> None:
        await cluster.start("one")
        twin = dataclasses.replace(
            cluster.settings("twin"), node=dataclasses.replace(cluster.settings("twin").node, name="one")
        )
        with pytest.raises(NameTaken, match="give this one another name with MEDIA_NODE_NAME"):
            async with running_node(twin, asyncio.Event()):
                pass
        assert not twin.socket.exists()

    async def test_a_dead_one_s_name_is_free_at_once(self, cluster: Cluster) -> None:
        await cluster.start("one")
        await cluster.kill("one")
        twin = dataclasses.replace(
            cluster.settings("twin"), node=dataclasses.replace(cluster.settings("twin").node, name="one")
        )
        assert await predecessor(twin) is not None
        await cluster.start("one")

    async def test_who_loses_the_race_for_a_name_stops(self, cluster: Cluster) -> None:
        await cluster.start("one")
        _, stop, task = cluster.running.pop("one")
        await in_media_database(Row.objects.filter(name="one").update, run=uuid4(), heartbeat_at=Now())
        with pytest.raises(NameTaken):
            await task
        assert stop.is_set()

    async def test_a_row_on_another_host_that_cannot_be_asked_holds_the_name_until_it_is_old(
        self, cluster: Cluster
    ) -> None:
        who = registry.Announcement("one", uuid4(), "unix:/run/kcs/media.sock", "another-host", 1, "")
        await in_media_database(registry.announce, who, ROOMY)
        with pytest.raises(NameTaken, match="another-host"):
            await predecessor(cluster.settings("one"))
        await in_media_database(Row.objects.update, heartbeat_at=Now() - timedelta(seconds=registry.DEAD_AFTER + 1))
        assert await predecessor(cluster.settings("one")) is None
        await cluster.start("one")


class TestOverTcp:
    async def test_nodes_are_reached_where_they_say(self, cluster: Cluster, run_dir: Path) -> None:
        made = make_certificate(run_dir, "127.0.0.1")
        security = LinkSecurity(certificate=made.certificate, key=made.key, secret="a secret that is long enough")
        here = TcpAddress("127.0.0.1", free_port())
        await cluster.start("one", listen=here, security=security)
        web = cluster.web(security=security)
        await Person(web, "standup", "alice").join()
        assert [node.address for node in web._nodes] == [here]

    async def test_an_unreachable_address_is_named_and_another_node_is_taken(
        self, cluster: Cluster, caplog: pytest.LogCaptureFixture
    ) -> None:
        nowhere = TcpAddress("127.0.0.1", free_port())
        await cluster.start("one", announced=nowhere)
        await cluster.start("two")
        await load("two", 0.5)
        await Person(cluster.web(), "standup", "alice").join()
        assert await at("standup") == "two"

    async def test_a_socket_file_of_another_host_is_named_once(
        self, cluster: Cluster, caplog: pytest.LogCaptureFixture
    ) -> None:
        who = registry.Announcement("far", uuid4(), "unix:/run/kcs/media.sock", "another-host", 1, "")
        await in_media_database(registry.announce, who, ROOMY)
        await cluster.start("one")
        web = cluster.web()
        await Person(web, "standup", "alice").join()
        await web._nodes.refresh()
        [line] = {record.getMessage() for record in caplog.records if "another-host" in record.getMessage()}
        assert "The media node far runs on another-host" in line
        assert "--listen" in line


class TestRows:
    async def test_a_placement_without_a_room_is_forgotten_after_a_while(self, cluster: Cluster) -> None:
        who = registry.Announcement("one", uuid4(), "unix:/one", "here", 1, "")
        await in_media_database(registry.announce, who, ROOMY)
        for meeting in ("young", "old", "alive"):
            assert await in_media_database(registry.place, meeting, "one", None) == "one"
        before = Now() - timedelta(seconds=registry.EMPTY_FOR + 1)
        await in_media_database(RoomPlacement.objects.exclude(meeting="young").update, placed_at=before)
        await in_media_database(registry.beat, who, dataclasses.replace(ROOMY, rooms=("alive",)))
        assert await in_media_database(registry.nodes_of, ["young", "old", "alive"]) == {"young": "one", "alive": "one"}

    async def test_two_who_move_a_meeting_get_the_same_answer(self, cluster: Cluster) -> None:
        for name in ("one", "two", "three"):
            who = registry.Announcement(name, uuid4(), f"unix:/{name}", "here", 1, "")
            await in_media_database(registry.announce, who, ROOMY)
        await in_media_database(registry.place, "standup", "one", None)
        moves = [in_media_database(registry.place, "standup", name, "one") for name in ("two", "three")]
        assert len(set(await asyncio.gather(*moves))) == 1

    async def test_a_node_that_is_gone_takes_no_meeting(self, cluster: Cluster) -> None:
        assert await in_media_database(registry.place, "standup", "gone", None) is None


async def is_full(name: str) -> bool:
    return await in_media_database(Row.objects.filter(name=name, headroom=0).exists)


async def drains(name: str) -> bool:
    return await in_media_database(Row.objects.filter(name=name, state="draining").exists)


async def linked(web: MediaClient, nodes: int) -> bool:
    await web.status()
    return len(web.nodes) == nodes


async def test_a_draining_node_sends_meetings_that_are_not_there_any_more_elsewhere(cluster: Cluster) -> None:
    one = await cluster.start("one")
    web = cluster.web()
    alice = Person(web, "standup", "alice")
    await alice.join()
    await alice.call("leave-meeting")
    await cluster.start("other")
    await eventually("the web process knows both", lambda: set(web.nodes) == {"one", "other"}, within=15)
    await web.drain(node="one")
    await alice.join()
    assert await at("standup") == "other"
    assert one.rooms.find("standup") is None


async def test_one_node_that_answers_is_enough_while_another_hangs(cluster: Cluster) -> None:
    hung = await cluster.start("hung")
    await cluster.start("other")
    web = cluster.web()
    assert (await web.status())["workers"] == 2
    [slot] = hung.supervisor.slots
    assert slot.worker is not None
    os.kill(slot.worker.pid, signal.SIGSTOP)
    try:
        async with asyncio.timeout(1):
            assert await web.any_worker_answers()
    finally:
        os.kill(slot.worker.pid, signal.SIGCONT)


async def test_fault_a_meeting_on_a_node_that_cannot_be_reached_from_here_is_not_parted(cluster: Cluster) -> None:
    far = registry.Announcement("far", uuid4(), "unix:/run/far.sock", "another-host", 1, "mediasoup 3.27.1")
    await in_media_database(registry.announce, far, ROOMY)
    await in_media_database(registry.place, "standup", "far", None)
    await cluster.start("near")
    with pytest.raises(MediaError, match="start it with --listen"):
        await Person(cluster.web(), "standup", "alice").join()
    assert await at("standup") == "far"
