"""Workers that die, hang, or cannot be started."""

from __future__ import annotations

import asyncio
import logging
import os
import random
import signal
from collections.abc import Callable

import pytest

from media.client import MediaClient
from media.mediasoup.consumer import Consumer
from media.mediasoup.producer import Producer
from media.node import listening
from media.node.config import NodeConfig
from media.node.node import MediaNode
from media.node.peer import Peer
from media.node.worker_slot import SlotState
from tests.live.waiting import eventually

from .binaries import Binary
from .people import Json, Person, until

MakePerson = Callable[..., Person]


def quiet_port() -> int:
    """A free port of which no other program makes use by chance: the system gives out higher ones."""
    ports = random.sample(range(20_000, 30_000), 50)
    return next(port for port in ports if listening.is_free("127.0.0.1", port))


@pytest.fixture
def config(monkeypatch: pytest.MonkeyPatch) -> NodeConfig:
    """One worker, on a port that is not taken by a node of other tests while the worker is dead."""
    monkeypatch.setattr(listening, "PREFERRED_PORT", quiet_port())
    return NodeConfig(workers=1)


def kill_worker(node: MediaNode, index: int, signum: signal.Signals = signal.SIGKILL) -> int:
    worker = node.supervisor.slots[index].worker
    assert worker is not None
    os.kill(worker.pid, signum)
    return worker.pid


async def test_worker_sigkill_the_room_is_told_and_can_be_joined_again(
    node: MediaNode,
    person: MakePerson,
    client: MediaClient,
    capabilities: Json,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.INFO, "media.node")
    alice, bob = person("alice"), person("bob")
    await alice.fast_join(capabilities)
    await bob.fast_join(capabilities)
    port = node.supervisor.slots[0].port
    # The port it had comes before the one that a new worker would take.
    monkeypatch.setattr(listening, "PREFERRED_PORT", quiet_port())
    dead = kill_worker(node, 0)

    for someone in (alice, bob):
        assert "stopped" in (await someone.hears("media-lost"))["reason"]
        await someone.hears("media-restored")
    await alice.refused("produce", "ROUTER_NOT_FOUND", kind="audio", source="mic", rtpParameters={})

    assert (await alice.fast_join(capabilities, resume=True))["resumed"] is False
    mic = await alice.send("mic")
    reply = await bob.fast_join(capabilities, resume=True)
    assert [consumer["producerId"] for consumer in reply["consumers"]] == [mic]
    assert node.supervisor.slots[0].port == port

    async def counted() -> bool:
        status = await client.status()
        return status == {"workers": 1, "expectedWorkers": 1, "activeRooms": 1, "totalParticipants": 2}

    # A worker that has just started on a busy machine may take its time to answer.
    await eventually("the worker answers, with both in one room", counted)
    assert any(f"mediasoup-worker {dead} died" in message for message in caplog.messages)
    for someone in (alice, bob):
        assert len(someone.told("media-lost")) == len(someone.told("media-restored")) == 1


async def test_worker_sigkill_create_transport_alone_reopens_the_room(node: MediaNode, person: MakePerson) -> None:
    alice = person("alice")
    await alice.join()
    kill_worker(node, 0)
    await alice.hears("media-lost")
    assert (await alice.call("create-transport", direction="send"))["params"]["id"]


async def test_worker_sigkill_requests_under_way_fail_with_media_unavailable(
    node: MediaNode, person: MakePerson, capabilities: Json
) -> None:
    people = [person(f"p{n}") for n in range(10)]
    await asyncio.gather(*(someone.fast_join(capabilities) for someone in people))
    kill_worker(node, 0, signal.SIGSTOP)
    calls = [asyncio.ensure_future(someone.send("mic")) for someone in people]
    await until(lambda: len(node._lanes) == len(people), "the requests to be under way")

    kill_worker(node, 0)

    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert {getattr(outcome, "code", outcome) for outcome in outcomes} == {"MEDIA_UNAVAILABLE"}
    await people[0].hears("media-restored")
    assert (await people[0].fast_join(capabilities, resume=True))["transports"]


async def test_worker_sigkill_in_the_middle_of_a_join_is_named_as_the_cause(
    node: MediaNode, person: MakePerson, capabilities: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, bob = person("alice"), person("bob")
    await alice.fast_join(capabilities)
    await alice.send("mic")
    consume = Peer.consume

    async def interrupted(peer: Peer, producer: Producer, paused: bool = False) -> Consumer:
        kill_worker(node, 0)
        await until(lambda: peer.room.closed, "the router to go")
        return await consume(peer, producer, paused)

    monkeypatch.setattr(Peer, "consume", interrupted)
    refusal = await bob.refused("join-meeting", "MEDIA_UNAVAILABLE", rtpCapabilities=capabilities)
    assert "worker of this meeting stopped" in refusal.details


async def test_worker_sigstop_is_seen_in_the_status_and_does_not_hang_it(node: MediaNode, client: MediaClient) -> None:
    await client.rtp_capabilities()
    kill_worker(node, 0, signal.SIGSTOP)
    try:
        async with asyncio.timeout(3):
            status = await client.status()
    finally:
        kill_worker(node, 0, signal.SIGCONT)
    assert (status["workers"], status["expectedWorkers"]) == (0, 1)
    assert status["message"] == "MediaSoup workers not initialized"
    assert status["details"]
    assert (await client.status())["workers"] == 1


async def test_worker_that_dies_again_and_again_is_started_with_back_off(
    node: MediaNode, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "media.node.worker_slot")
    slot = node.supervisor.slots[0]
    for _ in range(3):
        kill_worker(node, 0)
        await until(lambda: slot.state is not SlotState.UP, "its death")
        await until(lambda: slot.state is SlotState.UP, "the worker to be up again")
    said = [record for record in caplog.get_records("call") if record.name == "media.node.worker_slot"]
    died = [record.created for record in said if "died" in record.getMessage()]
    up_again = [record.created for record in said if "initialized" in record.getMessage()]
    gaps = [again - death for death, again in zip(died, up_again, strict=True)]
    # The first death costs no time at all; a worker that then crashes at once has to wait.
    assert gaps[0] < 0.5
    assert [gap >= delay for gap, delay in zip(gaps[1:], (0.5, 1), strict=True)] == [True, True]


class TestTwoWorkers:
    @pytest.fixture
    def binary(self) -> Binary:
        binary = Binary()
        binary.there = True
        return binary

    @pytest.fixture
    def config(self, binary: Binary) -> NodeConfig:
        return NodeConfig(workers=2, locate_worker=binary)

    async def test_worker_sigkill_disturbs_nobody_on_the_other_worker(
        self, node: MediaNode, person: MakePerson, client: MediaClient, capabilities: Json
    ) -> None:
        hit, spared = person("host", "one"), person("host", "other")
        for someone in (hit, spared):
            await someone.fast_join(capabilities)
        room = node.rooms.find("one")
        assert room is not None
        kill_worker(node, room.places[0].slot.index)

        await hit.hears("media-restored")
        assert await spared.send("mic")
        await hit.fast_join(capabilities, resume=True)
        assert spared.told("media-lost") == []
        await until(lambda: len(node.supervisor.up) == 2, "the worker to be started again")
        assert (await client.status())["workers"] == 2

    async def test_worker_sigkill_when_it_cannot_be_started_again_the_other_takes_its_rooms(
        self, node: MediaNode, person: MakePerson, client: MediaClient, capabilities: Json, binary: Binary
    ) -> None:
        alice = person("alice")
        await alice.fast_join(capabilities)
        room = node.rooms.find("standup")
        assert room is not None
        binary.there = False
        kill_worker(node, room.places[0].slot.index)

        await alice.hears("media-restored")
        await alice.fast_join(capabilities, resume=True)
        status = await client.status()
        assert (status["workers"], status["expectedWorkers"]) == (1, 2)
        assert status["message"] == "1 of 2 MediaSoup workers answer"
        assert status["details"]
