"""What an operator does to a running node: moving meetings, draining and replacing workers, stopping."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable

import pytest

from media.client import MediaClient
from media.errors import MediaError
from media.node import peer
from media.node.config import NodeConfig
from media.node.node import MediaNode
from media.statuses import WorkerStatus

from .people import PATIENCE, Json, Person, until

MakePerson = Callable[..., Person]


@pytest.fixture
def config() -> NodeConfig:
    return NodeConfig(workers=2)


@pytest.fixture(autouse=True)
def nobody_waits_for_transports_that_no_browser_connects(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peer, "RETIREMENT_SECONDS", 0.3)


def home_of(node: MediaNode, meeting: str = "standup") -> list[int]:
    """The workers that a meeting lives on."""
    room = node.rooms.find(meeting)
    return sorted(place.slot.index for place in room.places) if room is not None else []


async def workers(client: MediaClient) -> list[WorkerStatus]:
    return (await client.workers())["workers"]


async def until_workers(client: MediaClient, condition: Callable[[list[WorkerStatus]], bool], what: str) -> None:
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while not condition(now := await workers(client)):
        assert asyncio.get_running_loop().time() < deadline, f"waited in vain for {what}: {now}"


async def test_workers_are_measured_and_counted(
    node: MediaNode, client: MediaClient, person: MakePerson, capabilities: Json
) -> None:
    alice, bob = person("alice"), person("bob")
    await alice.fast_join(capabilities)
    await alice.send("mic")
    await bob.fast_join(capabilities)
    await until_workers(
        client, lambda rows: all(row["memoryBytes"] > 1_000_000 and row["uptimeSeconds"] for row in rows), "the pulse"
    )
    status = await client.workers()
    assert (status["node"], status["state"]) == (node.name, "up")
    here, other = sorted(status["workers"], key=lambda row: -row["routers"])
    assert (here["routers"], here["transports"], here["producers"], here["consumers"]) == (1, 4, 1, 1)
    assert (other["routers"], other["transports"], other["producers"], other["consumers"]) == (0, 0, 0, 0)
    for row, slot in zip(status["workers"], node.supervisor.slots, strict=True):
        assert slot.worker is not None
        assert (row["index"], row["pid"], row["port"]) == (slot.index, slot.worker.pid, slot.port)
        assert (row["state"], row["restarts"], row["trouble"]) == ("up", 0, "")
        assert row["uptimeSeconds"] > 0
        assert 0 <= row["load"] <= 1
    assert here["load"] >= 1 / 500


async def test_move_room_makes_the_new_router_first_and_tells_the_peers(
    node: MediaNode, client: MediaClient, person: MakePerson, capabilities: Json
) -> None:
    alice, bob = person("alice"), person("bob")
    for someone in (alice, bob):
        await someone.fast_join(capabilities)
    before = await alice.send("mic")
    [here] = home_of(node)

    await client.move_room("standup", 1 - here)

    assert home_of(node) == [0, 1], "nobody has come along yet"
    for someone in (alice, bob):
        await someone.hears("media-lost")
        await someone.hears("media-restored")
    reply = await bob.fast_join(capabilities, resume=True)
    assert reply["resumed"] is False
    assert [consumer["producerId"] for consumer in reply["consumers"]] == [before], "what alice still sends over there"
    reply = await alice.fast_join(capabilities, resume=True)
    assert reply["ownProducers"] == []
    after = await alice.send("mic")
    assert (await bob.hears("new-producer", 2))["producerId"] == after
    assert (await bob.hears("producer-closed"))["producerId"] == before
    await until(lambda: home_of(node) == [1 - here], "the old place to be left", patience=10)
    [row] = [row for row in await workers(client) if row["index"] == here]
    assert [row[what] for what in ("routers", "transports", "producers", "consumers")] == [0, 0, 0, 0]


async def test_whoever_does_not_come_along_keeps_what_they_have(
    node: MediaNode, client: MediaClient, person: MakePerson, capabilities: Json
) -> None:
    alice, bob = person("alice"), person("bob")
    for someone in (alice, bob):
        await someone.fast_join(capabilities)
    camera = await alice.send("camera")
    await bob.call("consume", producerId=camera)
    await client.move_room("standup")
    reply = await alice.fast_join(capabilities, resume=True)
    assert reply["transports"]["send"]["id"]
    # Bob stayed where he was, and consumes what alice sends from the other worker now.
    moved = await alice.send("camera")
    consumed = await bob.call("consume", producerId=moved)
    assert consumed["participantId"] == "alice"
    assert home_of(node) == [0, 1]


async def test_move_room_of_a_meeting_that_is_not_there_or_to_a_worker_that_is_not(
    node: MediaNode, client: MediaClient, person: MakePerson
) -> None:
    with pytest.raises(MediaError, match="no media here"):
        await client.move_room("nothing")
    await person("alice").join()
    with pytest.raises(MediaError, match="workers 0 to 1"):
        await client.move_room("standup", 7)
    assert len(home_of(node)) == 1


async def test_draining_a_worker_moves_its_rooms_and_takes_nothing_new(
    node: MediaNode, client: MediaClient, person: MakePerson, capabilities: Json
) -> None:
    alice = person("alice")
    await alice.fast_join(capabilities)
    [here] = home_of(node)

    await client.drain(here)

    await alice.hears("media-restored")
    await alice.fast_join(capabilities, resume=True)
    await until(lambda: home_of(node) == [1 - here], "the worker to be left")
    for n in range(4):
        await person("host", f"meeting-{n}").join()
        assert home_of(node, f"meeting-{n}") == [1 - here]
    [row] = [row for row in await workers(client) if row["index"] == here]
    assert (row["state"], row["routers"]) == ("draining", 0)


async def test_when_all_workers_are_drained_meetings_go_on_and_none_begins(
    node: MediaNode, client: MediaClient, person: MakePerson, capabilities: Json
) -> None:
    alice = person("alice")
    await alice.fast_join(capabilities)
    await client.drain(0)
    await client.drain(1)
    refusal = await person("host", "another").refused("join-meeting", "MEDIA_UNAVAILABLE")
    assert "drained" in refusal.details
    assert (await alice.fast_join(capabilities, resume=True))["transports"]
    assert (await person("bob").fast_join(capabilities))["transports"]


async def test_a_meeting_that_fits_nowhere_else_stays_where_it_is(
    node: MediaNode, client: MediaClient, person: MakePerson, capabilities: Json
) -> None:
    node.rooms.loads.limit = 20
    people = {meeting: [person(name, meeting) for name in ("alice", "bob")] for meeting in ("one", "other")}
    for alice, bob in people.values():
        await alice.fast_join(capabilities)
        for source in ("mic", "camera", "screen"):
            await alice.send(source)
        await bob.fast_join(capabilities)
    assert home_of(node, "one") != home_of(node, "other")
    [here] = home_of(node, "one")
    node.rooms.loads.limit = 4
    with pytest.raises(MediaError, match="room for the meeting"):
        await client.move_room("one")
    await client.drain(here)
    await client.drain(here)
    assert home_of(node, "one") == [here]
    assert people["one"][0].told("media-lost") == []
    # It moves as soon as there is room.
    await people["other"][1].call("leave-meeting")
    await people["one"][0].hears("media-lost")


async def test_draining_the_node_lets_meetings_go_on_and_none_begin(
    node: MediaNode, client: MediaClient, person: MakePerson, capabilities: Json
) -> None:
    alice, bob = person("alice"), person("bob")
    await alice.fast_join(capabilities)
    await client.drain()
    assert (await client.workers())["state"] == "draining"
    await bob.fast_join(capabilities)
    refusal = await person("host", "another").refused("join-meeting", "MEDIA_UNAVAILABLE")
    assert "about to stop" in refusal.details
    assert alice.told("media-lost") == []


async def test_restarting_a_worker_brings_up_the_new_one_before_the_old_one_ends(
    node: MediaNode, client: MediaClient, person: MakePerson, capabilities: Json
) -> None:
    alice, bob = person("alice"), person("bob", "other")
    for someone in (alice, bob):
        await someone.fast_join(capabilities)
    [here] = home_of(node)
    before = (await workers(client))[here]

    await client.restart_worker(here)

    await alice.hears("media-restored")
    both = [row for row in await workers(client) if row["index"] == here]
    assert [row["state"] for row in both] == ["draining", "up"]
    assert before["pid"] == both[0]["pid"] != both[1]["pid"]
    assert both[0]["port"] != both[1]["port"]
    await alice.fast_join(capabilities, resume=True)
    await until_workers(client, lambda rows: len(rows) == 2, "the old worker to end")
    after = (await workers(client))[here]
    assert (after["pid"], after["restarts"]) == (both[1]["pid"], 1)
    assert bob.told("media-lost") == []


async def test_restarting_all_workers_loses_no_meeting(
    node: MediaNode, client: MediaClient, person: MakePerson, capabilities: Json
) -> None:
    people = [person("host", f"meeting-{n}") for n in range(4)]

    async def keep_up(someone: Person) -> None:
        times = 0
        while True:
            times += 1
            await someone.hears("media-restored", times)
            await someone.fast_join(capabilities, resume=True)

    for someone in people:
        await someone.fast_join(capabilities)
    keeping = [asyncio.create_task(keep_up(someone)) for someone in people]
    before = {row["pid"] for row in await workers(client)}
    await client.restart_worker()
    await until_workers(
        client, lambda rows: len(rows) == 2 and not before & {row["pid"] for row in rows}, "two new workers"
    )
    for task in keeping:
        task.cancel()
    await asyncio.gather(*keeping, return_exceptions=True)
    assert len([room for room in node.rooms if room.peers]) == 4


async def test_a_worker_whose_successor_cannot_be_started_stays(
    node: MediaNode,
    client: MediaClient,
    person: MakePerson,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    alice = person("alice")
    await alice.join()
    [here] = home_of(node)
    monkeypatch.setenv("MEDIASOUP_WORKER_BIN", "/nowhere/mediasoup-worker")
    await client.restart_worker(here)
    await until(lambda: any("stays as it is" in message for message in caplog.messages), "the refusal")
    assert [row["state"] for row in await workers(client)] == ["up", "up"]
    assert alice.told("media-lost") == []
    assert await alice.call("create-transport", direction="send")


async def test_an_embedded_node_is_not_stopped_from_outside(node: MediaNode, client: MediaClient) -> None:
    with pytest.raises(MediaError, match="inside a web process"):
        await client.stop()
    assert (await client.workers())["state"] == "up"


@pytest.mark.parametrize("worker", [2, -1, "0", 1.5, True])
async def test_workers_that_are_none(node: MediaNode, client: MediaClient, worker: object) -> None:
    for verb in ("drain", "restart-worker"):
        with pytest.raises(MediaError) as refusal:
            await client.call(verb, "", "", {"worker": worker})
        assert refusal.value.code == "BAD_REQUEST"
    assert [row["state"] for row in await workers(client)] == ["up", "up"]


async def test_fault_worker_of_a_draining_node_dies_and_its_meetings_come_back(
    node: MediaNode, client: MediaClient, person: MakePerson, capabilities: Json
) -> None:
    alice, late = person("alice"), person("late", "another")
    await alice.fast_join(capabilities)
    [home] = home_of(node)
    await client.drain()
    worker = node.supervisor.slots[home].worker
    assert worker is not None
    os.kill(worker.pid, signal.SIGKILL)
    await alice.hears("media-restored")
    assert (await alice.fast_join(capabilities, resume=True))["resumed"] is False
    assert "about to stop" in (await late.refused("join-meeting", "MEDIA_UNAVAILABLE")).details
    await alice.call("leave-meeting")
    await alice.refused("join-meeting", "MEDIA_UNAVAILABLE")
