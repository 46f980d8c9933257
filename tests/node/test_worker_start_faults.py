"""Workers that cannot be started: no binary, a broken one, no port."""

from __future__ import annotations

import asyncio
import dataclasses
import socket
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from media.binary import locate
from media.client import MediaClient
from media.conf import MediaSettings
from media.node.config import NodeConfig
from media.node.node import MediaNode
from media.node.worker_slot import SlotState

from .binaries import Binary
from .people import Person, until

MakePerson = Callable[..., Person]


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
