"""Rooms: one router a meeting, however it comes to be, and none when nobody is left."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import pytest

from media.client import MediaClient
from media.node.config import NodeConfig
from media.node.node import MediaNode

from .people import Json, Person, until

MakePerson = Callable[..., Person]


async def router_count(node: MediaNode) -> int:
    """How many routers the workers themselves know of."""
    dumps = [await slot.worker.dump() for slot in node.supervisor.slots if slot.worker is not None]
    return sum(len(dump["routerIds"]) for dump in dumps)


async def test_twenty_concurrent_first_joins_make_one_router(
    node: MediaNode, person: MakePerson, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "media.node")
    people = [person(f"p{n}") for n in range(20)]

    replies = await asyncio.gather(*(someone.join() for someone in people))

    assert len(replies) == 20
    assert await router_count(node) == 1
    assert caplog.messages.count("Created router for meeting: standup") == 1


async def test_twenty_concurrent_fast_joins_through_two_web_processes_make_one_router(
    node: MediaNode, person: MakePerson, client_of: Callable[[], MediaClient], capabilities: Json
) -> None:
    doors = [client_of(), client_of()]
    people = [person(f"p{n}", through=doors[n % 2]) for n in range(20)]

    replies = await asyncio.gather(*(someone.fast_join(capabilities) for someone in people))

    assert await router_count(node) == 1
    ids = {reply["transports"][direction]["id"] for reply in replies for direction in ("send", "recv")}
    assert len(ids) == 40


async def test_create_transport_makes_sure_of_the_router(node: MediaNode, person: MakePerson) -> None:
    alice = person("alice")

    reply = await alice.call("create-transport", direction="send")

    assert await router_count(node) == 1
    assert set(reply["params"]) == {"id", "iceParameters", "iceCandidates", "dtlsParameters"}
    assert reply["direction"] == "send"


async def test_the_last_peer_takes_the_router_along(node: MediaNode, person: MakePerson, client: MediaClient) -> None:
    alice, bob = person("alice"), person("bob")
    await asyncio.gather(alice.join(), bob.join())

    await alice.call("leave-meeting")
    assert await router_count(node) == 1
    await bob.call("leave-meeting")
    assert await router_count(node) == 0

    status = await client.status()
    assert status == {"workers": 1, "expectedWorkers": 1, "activeRooms": 0, "totalParticipants": 0}


async def test_leaving_twice_or_without_having_joined_is_harmless(person: MakePerson) -> None:
    alice = person("alice")
    assert await alice.call("leave-meeting") == {}
    await alice.join()
    assert await alice.call("leave-meeting") == {}
    assert await alice.call("leave-meeting") == {}


async def test_close_meeting_ends_the_router_and_tells_nobody(
    node: MediaNode, person: MakePerson, client: MediaClient, capabilities: Json
) -> None:
    alice, bob = person("alice"), person("bob")
    await alice.fast_join(capabilities)
    await bob.fast_join(capabilities)
    await alice.send("mic")
    await bob.hears("new-producer")
    before = list(bob.events)

    await client.close_meeting("standup")

    assert await router_count(node) == 0
    await alice.refused("produce", "ROUTER_NOT_FOUND", kind="audio", source="mic", rtpParameters={})
    assert bob.events == before
    await client.close_meeting("standup")


class TestTwoWorkers:
    @pytest.fixture
    def config(self) -> NodeConfig:
        return NodeConfig(workers=2)

    async def test_meetings_that_begin_at_once_spread_over_the_workers(
        self, node: MediaNode, person: MakePerson
    ) -> None:
        people = [person("host", f"meeting-{n}") for n in range(6)]
        await asyncio.gather(*(someone.join() for someone in people))

        loads = [len((await slot.worker.dump())["routerIds"]) for slot in node.supervisor.slots if slot.worker]
        assert loads == [3, 3]

    async def test_a_full_meeting_counts_for_more_than_an_empty_one(self, node: MediaNode, person: MakePerson) -> None:
        await asyncio.gather(*(person(f"p{n}", "full").join() for n in range(5)))
        for n in range(3):
            await person("host", f"small-{n}").join()

        full = next(room.places[0].slot for room in node.rooms if room.meeting == "full")
        assert all(room.places[0].slot is not full for room in node.rooms if room.meeting != "full")

    async def test_nothing_is_left_on_the_workers_when_all_have_left(
        self, client: MediaClient, person: MakePerson, capabilities: Json
    ) -> None:
        people = [person(f"p{n}", f"meeting-{n % 3}") for n in range(9)]
        await asyncio.gather(*(someone.fast_join(capabilities) for someone in people))
        workers = (await client.workers())["workers"]
        assert sum(worker["routers"] for worker in workers) == 3
        assert sum(worker["transports"] for worker in workers) == 18
        await asyncio.gather(*(someone.call("leave-meeting") for someone in people))
        for worker in (await client.workers())["workers"]:
            assert [worker[what] for what in ("routers", "transports", "producers", "consumers")] == [0, 0, 0, 0]

    async def test_every_worker_listens_on_a_port_of_its_own_over_udp_and_tcp(
        self, person: MakePerson, capabilities: Json
    ) -> None:
        one, other = person("host", "one"), person("host", "other")
        candidates = [
            (await someone.fast_join(capabilities))["transports"]["send"]["iceCandidates"] for someone in (one, other)
        ]
        ports = [{candidate["port"] for candidate in of_worker} for of_worker in candidates]
        assert all(len(of_worker) == 1 for of_worker in ports)
        assert ports[0] != ports[1]
        assert all({c["protocol"] for c in of_worker} == {"udp", "tcp"} for of_worker in candidates)


async def test_log_lines_that_operators_look_for(person: MakePerson, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "media.node")
    alice = person("alice")
    created = await alice.call("create-transport", direction="send")
    await alice.refused("create-transport", "BAD_REQUEST", direction="up")
    transport = created["params"]["id"]
    await until(lambda: any(message.startswith("transport-created sent") for message in caplog.messages), "the lines")
    told = [record.getMessage() for record in caplog.records if record.name.startswith("media.node")]
    assert told == [
        "create-transport received meeting=standup participant=alice direction=send",
        "Created router for meeting: standup",
        f"Transport created meeting=standup participant=alice direction=send transport={transport}",
        "transport-created sent meeting=standup participant=alice",
    ]
