"""The tree: at every moment what the workers themselves say, and the numbers that only they have."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import pytest

from media.client import MediaClient
from media.mediasoup.consumer import Consumer
from media.mediasoup.webrtc_transport import WebRtcTransport
from media.node.config import NodeConfig
from media.node.load_history import KEPT
from media.node.node import MediaNode

from .dumps import what_the_tree_says, what_workers_say
from .people import Json, Person, until

MakePerson = Callable[..., Person]


async def tree_of(client: MediaClient, **asked: object) -> Json:
    return await client.call("tree", "", "", asked)


class Comparing:
    """Holds the tree against the workers' dumps, again and again. A moment counts when nothing changed in it: two dumps
    that agree, and a tree that was taken between them.
    """

    def __init__(self, node: MediaNode, client: MediaClient) -> None:
        self._node, self._client = node, client
        self.moments = 0
        self.states: set[str] = set()

    async def go_on(self) -> None:
        while True:
            await self.once()

    async def once(self) -> None:
        before = await what_workers_say(self._node)
        tree = await tree_of(self._client)
        after = await what_workers_say(self._node)
        if before is not None and before == after:
            assert what_the_tree_says(tree) == before
            self.moments += 1
            self.states.add(repr(before))
        await asyncio.sleep(0)

    async def settled(self) -> None:
        """Wait until one more moment was compared."""
        seen = self.moments
        await until(lambda: self.moments > seen, "a moment in which nothing changes")


@asynccontextmanager
async def comparing(node: MediaNode, client: MediaClient) -> AsyncIterator[Comparing]:
    compare = Comparing(node, client)
    task = asyncio.create_task(compare.go_on())
    try:
        yield compare
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


class TestTwoWorkers:
    @pytest.fixture
    def config(self) -> NodeConfig:
        return NodeConfig(workers=2)

    async def test_matches_the_dumps_while_people_join_send_pause_and_leave_and_a_worker_is_killed(
        self, node: MediaNode, person: MakePerson, client_of: Callable[[], MediaClient], capabilities: Json
    ) -> None:
        people = [person(f"p{n}", f"meeting-{n % 3}") for n in range(9)]
        mics: dict[Person, str] = {}
        consumers: dict[Person, list[str]] = {}

        async def join(someone: Person) -> None:
            await someone.fast_join(capabilities)
            mics[someone] = await someone.send("mic")
            await someone.send("camera")

        async def consume(someone: Person) -> None:
            reply = await someone.call(
                "consume", producerIds=[one["producerId"] for one in someone.told("new-producer")]
            )
            consumers[someone] = [one["id"] for one in reply["consumers"]]

        async with comparing(node, client_of()) as compare:

            async def all_do(step: Callable[[Person], Awaitable[object]]) -> None:
                await asyncio.gather(*(step(someone) for someone in people))
                await compare.settled()

            await compare.settled()
            await all_do(join)
            await all_do(consume)
            await all_do(lambda someone: someone.call("pause-producer", producerId=mics[someone]))
            await all_do(lambda someone: someone.call("pause-consumer", consumerId=consumers[someone][0]))
            await all_do(lambda someone: someone.call("resume-producer", producerId=mics[someone]))
            await all_do(lambda someone: someone.call("close-producer", producerId=mics[someone]))
            await asyncio.gather(*(someone.call("leave-meeting") for someone in people[:3]))
            await compare.settled()

            room = node.rooms.find(people[3].meeting)
            assert room is not None
            worker = room.places[0].slot.worker
            assert worker is not None
            os.kill(worker.pid, signal.SIGKILL)
            await people[3].hears("media-restored")
            await compare.settled()
            await people[3].fast_join(capabilities, resume=True)
            await people[3].send("screen")
            await compare.settled()
            await all_do(lambda someone: someone.call("leave-meeting"))
            await until(lambda: len(node.supervisor.up) == 2, "both workers")
            await compare.settled()

        assert compare.moments >= 12
        assert len(compare.states) >= 9

    async def test_matches_the_dumps_while_rooms_move_and_workers_are_restarted(
        self,
        node: MediaNode,
        person: MakePerson,
        client: MediaClient,
        client_of: Callable[[], MediaClient],
        capabilities: Json,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """With pipes, while a part of a room is still on the worker that it moves from."""
        monkeypatch.setattr("media.node.peer.RETIREMENT_SECONDS", 0.3)
        people = [person(f"p{n}") for n in range(4)]
        for someone in people:
            await someone.fast_join(capabilities)
            await someone.send("mic")

        async with comparing(node, client_of()) as compare:
            await client.call("move-room", "standup", "", {})
            await people[0].hears("media-restored")
            await people[0].fast_join(capabilities, resume=True)
            await compare.settled()
            tree = await tree_of(client)
            types = [
                one["type"]
                for worker in tree["workers"]
                for router in worker["routers"]
                for one in router["transports"]
            ]
            assert types.count("pipe") == 2
            assert {router["meeting"] for worker in tree["workers"] for router in worker["routers"]} == {"standup"}

            for someone in people[1:]:
                await someone.fast_join(capabilities, resume=True)
            await until(lambda: len(node.rooms.find("standup").places) == 1, "the move")  # type: ignore[union-attr]
            await compare.settled()
            (place,) = node.rooms.find("standup").places  # type: ignore[union-attr]
            await client.call("restart-worker", "", "", {"worker": place.slot.index})
            for someone in people:
                await someone.hears("media-restored", 2)
                await someone.fast_join(capabilities, resume=True)
            await until(lambda: not node.supervisor.leaving, "the end of the worker that was replaced")
            await compare.settled()

    async def test_worker_that_is_down_says_so_and_has_nothing(self, node: MediaNode, client: MediaClient) -> None:
        slot = node.supervisor.slots[1]
        assert slot.worker is not None
        os.kill(slot.worker.pid, signal.SIGKILL)
        await until(lambda: slot.worker is None, "its death")
        first, second = (await tree_of(client))["workers"]
        assert first["state"] == "up"
        assert (second["state"], second["pid"], second["routers"]) == ("starting", None, [])
        assert "started again" in second["trouble"]


async def test_names_whose_everything_is(
    node: MediaNode, person: MakePerson, client: MediaClient, capabilities: Json
) -> None:
    alice, bob = person("alice"), person("bob")
    await alice.fast_join(capabilities)
    mic, camera = await alice.send("mic"), await alice.send("camera")
    await bob.fast_join(capabilities)

    tree = await tree_of(client)
    (worker,) = tree["workers"]
    assert node.supervisor.slots[0].worker is not None
    assert (worker["index"], worker["state"]) == (0, "up")
    assert worker["pid"] == node.supervisor.slots[0].worker.pid
    (router,) = worker["routers"]
    assert router["meeting"] == "standup"
    transports = {(one["participant"], one["direction"]): one for one in router["transports"]}
    assert set(transports) == {(name, way) for name in ("alice", "bob") for way in ("send", "recv")}
    sent = transports["alice", "send"]["producers"]
    assert [(one["id"], one["source"], one["codec"]) for one in sent] == [
        (mic, "mic", "opus"),
        (camera, "camera", "VP8"),
    ]
    assert (sent[1]["type"], sent[1]["spatialLayers"], sent[1]["temporalLayers"]) == ("simulcast", 3, 3)
    received = transports["bob", "recv"]["consumers"]
    assert {(one["producerId"], one["participant"], one["source"]) for one in received} == {
        (mic, "alice", "mic"),
        (camera, "alice", "camera"),
    }


async def test_only_what_is_opened_is_listed_the_rest_is_counted(
    person: MakePerson, client: MediaClient, capabilities: Json
) -> None:
    alice, bob = person("alice"), person("bob")
    await alice.fast_join(capabilities)
    await alice.send("mic")
    opened = (await bob.fast_join(capabilities))["transports"]["recv"]["id"]

    tree = await tree_of(client, opened=[opened])
    transports = {one["id"]: one for one in tree["workers"][0]["routers"][0]["transports"]}
    assert len(transports) == 4
    assert len(transports[opened]["consumers"]) == transports[opened]["consumerCount"] == 1
    closed = [one for one in transports.values() if one["id"] != opened]
    assert all("consumers" not in one and "producers" not in one for one in closed)
    assert sum(one["producerCount"] for one in closed) == 1


async def test_what_does_not_fit_into_a_reply_is_counted(
    person: MakePerson, client: MediaClient, capabilities: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("media.node.tree.MOST_STREAMS", 2)
    alice, bob = person("alice"), person("bob")
    await alice.fast_join(capabilities)
    await alice.send("mic")
    await alice.send("camera")
    await bob.fast_join(capabilities)
    transports = (await tree_of(client))["workers"][0]["routers"][0]["transports"]
    listed = [one for one in transports if "producers" in one]
    assert sum(len(one["producers"]) + len(one["consumers"]) for one in listed) == 2
    assert sum(one["producerCount"] + one["consumerCount"] for one in transports) == 4


async def test_one_who_asks_badly_is_refused(client: MediaClient, node: MediaNode) -> None:
    for verb, data in (
        ("tree", {"opened": "all"}),
        ("tree", {"opened": [1]}),
        ("trace", {}),
        ("trace", {"id": "x", "after": "0"}),
        ("steer", {}),
        ("steer", {"act": "close", "kind": "worker", "id": "0"}),
        ("steer", {"act": "explode", "kind": "transport", "id": "x"}),
    ):
        with pytest.raises(Exception, match="BAD_REQUEST"):
            await client.call(verb, "", "", data)


async def test_statistics_are_asked_of_workers_only_while_somebody_looks_and_shared(
    node: MediaNode,
    person: MakePerson,
    client: MediaClient,
    client_of: Callable[[], MediaClient],
    capabilities: Json,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = {"transports": 0, "consumers": 0}
    of_transport, of_consumer = WebRtcTransport.get_stats, Consumer.get_stats

    async def count_transport(self: WebRtcTransport) -> object:
        asked["transports"] += 1
        return await of_transport(self)

    async def count_consumer(self: Consumer) -> object:
        asked["consumers"] += 1
        return await of_consumer(self)

    monkeypatch.setattr(WebRtcTransport, "get_stats", count_transport)
    monkeypatch.setattr(Consumer, "get_stats", count_consumer)
    monkeypatch.setattr("media.node.sampling.WATCHED_SECONDS", 2.0)
    alice, bob = person("alice"), person("bob")
    await alice.fast_join(capabilities)
    await alice.send("mic")
    await bob.fast_join(capabilities)
    sampler = node._insight.sampler

    await asyncio.gather(*(tree_of(client_of()) for _ in range(5)))
    await until(lambda: asked["consumers"] >= 1, "the streams of everything")
    per_round = 4
    assert asked["transports"] <= 2 * per_round, "five who look are one who asks"
    await until(lambda: not sampler.watched, "the end of looking")
    rounds_end = asyncio.get_running_loop().time() + 2.5
    before = dict(asked)
    await until(lambda: asyncio.get_running_loop().time() > rounds_end, "two rounds' time")
    assert asked["consumers"] - before["consumers"] <= 1
    assert asked["transports"] - before["transports"] <= 2 * per_round


async def test_worker_that_hangs_delays_the_tree_of_nobody(node: MediaNode, client: MediaClient) -> None:
    await tree_of(client)
    worker = node.supervisor.slots[0].worker
    assert worker is not None
    os.kill(worker.pid, signal.SIGSTOP)
    try:
        async with asyncio.timeout(2):
            for _ in range(5):
                assert (await tree_of(client))["workers"][0]["pid"] == worker.pid
    finally:
        os.kill(worker.pid, signal.SIGCONT)


async def test_load_history_holds_an_hour_and_no_more(
    node: MediaNode, person: MakePerson, client: MediaClient, capabilities: Json
) -> None:
    alice, bob = person("alice"), person("bob")
    await alice.fast_join(capabilities)
    await alice.send("mic")
    await bob.fast_join(capabilities)
    await tree_of(client)
    sampler, slot = node._insight.sampler, node.supervisor.slots[0]

    def sampled() -> bool:
        samples = sampler.of(slot)
        return samples is not None and len(samples.transports) == 4 and slot.pulse.memory_bytes > 0

    await until(sampled, "a sample")

    history = node._insight.history
    for _ in range(KEPT + 5):
        history.take()
    reply = await client.call("load-history", "", "", {})
    assert reply["everySeconds"] * KEPT == 3600
    (series,) = reply["workers"]
    assert {len(series[name]) for name in ("at", "cpu", "memoryBytes", "consumers", "bitrateIn")} == {KEPT}
    assert series["consumers"][-1] == 1
    assert series["memoryBytes"][-1] > 1_000_000
    assert series["at"] == sorted(series["at"])

    assert slot.worker is not None
    os.kill(slot.worker.pid, signal.SIGKILL)
    await until(lambda: slot.worker is None, "its death")
    history.take()
    (series,) = (await client.call("load-history", "", "", {}))["workers"]
    assert series["cpu"][-1] is series["memoryBytes"][-1] is series["consumers"][-1] is None
