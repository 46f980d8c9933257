"""Workers that die, hang, or cannot be started."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import os
import signal
import socket
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from media.binary import WorkerBinary, WorkerBinaryMissing, locate
from media.client import MediaClient
from media.conf import MediaSettings
from media.node.config import NodeConfig
from media.node.node import MediaNode
from media.node.worker_slot import SlotState

from .people import Json, Person, until

MakePerson = Callable[..., Person]


def kill_worker(node: MediaNode, index: int, signum: signal.Signals = signal.SIGKILL) -> int:
    worker = node.supervisor.slots[index].worker
    assert worker is not None
    os.kill(worker.pid, signum)
    return worker.pid


async def test_worker_sigkill_the_room_is_told_and_can_be_joined_again(
    node: MediaNode, person: MakePerson, client: MediaClient, capabilities: Json, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "media.node")
    alice, bob = person("alice"), person("bob")
    await alice.fast_join(capabilities)
    await bob.fast_join(capabilities)
    port = node.supervisor.slots[0].port
    dead = kill_worker(node, 0)

    for someone in (alice, bob):
        assert "stopped" in (await someone.hears("media-lost"))["reason"]
        await someone.hears("media-restored")
    await alice.refused("produce", "NOT_IN_MEETING", kind="audio", source="mic", rtpParameters={})

    assert (await alice.fast_join(capabilities, resume=True))["resumed"] is False
    mic = await alice.send("mic")
    reply = await bob.fast_join(capabilities, resume=True)
    assert [consumer["producerId"] for consumer in reply["consumers"]] == [mic]
    assert node.supervisor.slots[0].port == port
    assert (await client.status()) == {"workers": 1, "expectedWorkers": 1, "activeRooms": 1, "totalParticipants": 2}
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
    assert [gap >= delay for gap, delay in zip(gaps, (0.5, 1, 2), strict=True)] == [True, True, True]


class TestTwoWorkers:
    @pytest.fixture
    def config(self) -> NodeConfig:
        return NodeConfig(workers=2)

    async def test_worker_sigkill_disturbs_nobody_on_the_other_worker(
        self, node: MediaNode, person: MakePerson, client: MediaClient, capabilities: Json
    ) -> None:
        hit, spared = person("host", "one"), person("host", "other")
        for someone in (hit, spared):
            await someone.fast_join(capabilities)
        room = node.rooms.find("one")
        assert room is not None
        kill_worker(node, room.slot.index)

        await hit.hears("media-restored")
        assert await spared.send("mic")
        await hit.fast_join(capabilities, resume=True)
        assert spared.told("media-lost") == []
        await until(lambda: len(node.supervisor.up) == 2, "the worker to be started again")
        assert (await client.status())["workers"] == 2


class Binary:
    """A worker binary that is missing until it appears."""

    def __init__(self) -> None:
        self.there = False
        self.asked = 0

    def __call__(self) -> WorkerBinary:
        self.asked += 1
        if not self.there:
            raise WorkerBinaryMissing("There is no mediasoup-worker in /some/place.", "Run `make setup`.")
        return locate()


class TestWithoutABinary:
    @pytest.fixture
    def binary(self) -> Binary:
        return Binary()

    @pytest.fixture
    def config(self, binary: Binary) -> NodeConfig:
        return NodeConfig(workers=2, locate_worker=binary)

    @pytest.fixture
    async def node(self, settings_of: MediaSettings) -> AsyncIterator[MediaNode]:
        async with MediaNode(settings_of.node, settings_of.socket) as node:
            yield node

    async def test_missing_binary_is_named_and_costs_no_wait(
        self, node: MediaNode, person: MakePerson, client: MediaClient, caplog: pytest.LogCaptureFixture
    ) -> None:
        alice = person("alice")
        await alice.refused("join-meeting", "MEDIA_UNAVAILABLE")
        async with asyncio.timeout(1):
            refusal = await alice.refused("join-meeting", "MEDIA_UNAVAILABLE")
            await alice.refused("create-transport", "MEDIA_UNAVAILABLE", direction="send")
        assert refusal.details == "No media worker is running: its binary is missing or broken."
        status = await client.status()
        assert (status["workers"], status["expectedWorkers"]) == (0, 2)
        assert status["message"] == "MediaSoup workers not initialized"
        assert "make setup" in status["details"]
        said = [record.getMessage() for when in ("setup", "call") for record in caplog.get_records(when)]
        assert sum("make setup" in message for message in said) == 2

    async def test_missing_binary_that_appears_is_used(
        self, node: MediaNode, person: MakePerson, client: MediaClient, binary: Binary
    ) -> None:
        alice = person("alice")
        await alice.refused("join-meeting", "MEDIA_UNAVAILABLE")
        asked = binary.asked
        binary.there = True
        await until(lambda: len(node.supervisor.up) == 2, "the workers to start")
        assert (await alice.join())["resumed"] is False
        assert (await client.status())["workers"] == 2
        assert binary.asked <= asked + 4

    async def test_missing_binary_is_not_looked_for_in_a_tight_loop(self, node: MediaNode, binary: Binary) -> None:
        await until(lambda: all(slot.state is SlotState.FAILED for slot in node.supervisor.slots), "failure")
        before = binary.asked
        await asyncio.sleep(1.2)  # the time in which a tight loop would show
        assert binary.asked - before <= 4

    async def test_broken_binary_that_starts_and_says_nothing(
        self, run_dir: Path, settings_of: MediaSettings, caplog: pytest.LogCaptureFixture
    ) -> None:
        silent = run_dir / "mediasoup-worker"
        silent.write_text("#!/bin/sh\nexit 1\n")
        silent.chmod(0o755)
        config = dataclasses.replace(
            settings_of.node, workers=1, locate_worker=lambda: dataclasses.replace(locate(), path=silent)
        )
        async with MediaNode(config, run_dir / "other.sock") as node:
            await until(lambda: node.supervisor.slots[0].state is SlotState.FAILED, "the failure")
            assert node.supervisor.slots[0].short_trouble == "it does not start"
        assert any("could not be initialized" in message for message in caplog.messages)


async def test_port_in_use_that_was_asked_for_is_an_error_and_that_was_not_is_avoided(run_dir: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        async with MediaNode(NodeConfig(workers=1, port=port), run_dir / "asked.sock") as node:
            slot = node.supervisor.slots[0]
            await until(lambda: slot.state is SlotState.FAILED, "the refusal")
            assert str(port) in slot.trouble
            assert slot.short_trouble == "it cannot listen for media"
            taken.close()
            await until(lambda: slot.state is SlotState.UP, "the port to be taken once it is free")
            assert slot.port == port
    config = NodeConfig(workers=1)
    async with MediaNode(config, run_dir / "first.sock") as first, MediaNode(config, run_dir / "second.sock") as second:
        nodes = (first, second)
        await until(lambda: all(node.supervisor.up for node in nodes), "two nodes on one machine")
        assert first.supervisor.slots[0].port != second.supervisor.slots[0].port
