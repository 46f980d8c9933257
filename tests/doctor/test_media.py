"""The checks of media, each with what turns it red."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from media.conf import MediaSettings
from media.doctor import Rounds, limits
from media.node.listening import any_free, is_free
from media.node.node import MediaNode
from media.node.worker_slot import SlotState
from tests.live.server import ROOT
from tests.node.binaries import Binary
from tests.node.people import until

from .findings import ask, only_one, told

# Of networks that are set aside for documentation (RFC 5737): nobody answers there.
NOWHERE = "192.0.2.7"


def changed(settings: MediaSettings, **node: Any) -> MediaSettings:
    return dataclasses.replace(settings, node=dataclasses.replace(settings.node, **node))


@asynccontextmanager
async def running(settings: MediaSettings, workers_up: int = 1) -> AsyncIterator[Rounds]:
    """A node with these settings, and rounds that go to it."""
    async with MediaNode(settings.node, settings.socket) as node:
        await until(lambda: len(node.supervisor.up) == workers_up, "the workers to start")
        yield Rounds(lambda: settings)


@contextmanager
def taken_port() -> Iterator[int]:
    """A port on which a program that is not ours listens, over UDP and TCP."""
    port = any_free("127.0.0.1")
    program = (
        "import socket, sys; a = ('127.0.0.1', int(sys.argv[1]))\n"
        "u = socket.socket(type=socket.SOCK_DGRAM); u.bind(a); t = socket.socket(); t.bind(a); t.listen()\n"
        "print('there', flush=True); sys.stdin.read()"
    )
    pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", program, str(port)], **pipes) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        try:
            yield port
        finally:
            holder.terminate()


async def test_a_node_that_is_well(node: MediaNode, rounds: Rounds) -> None:
    only_one(await ask("worker-binary", rounds), "green", "mediasoup-worker", "starts")
    only_one(await ask("nodes", rounds), "green", node.name)
    only_one(await ask("workers", rounds), "green", "1 of 1 workers answered", "up")
    only_one(await ask("load", rounds), "green", "0 rooms, 0 participants")
    port = node.supervisor.slots[0].port
    only_one(await ask("ports", rounds), "green", f"UDP and TCP {port}")
    only_one(await ask("announced-address", rounds), "green", "127.0.0.1")
    only_one(await ask("reachable", rounds), "green", f"UDP 127.0.0.1:{port}", f"TCP 127.0.0.1:{port}")
    only_one(await ask("file-limits", rounds), "green", "the media node", "worker 0")
    only_one(await ask("memory", rounds), "green", "GiB")


# The binary


async def test_fault_the_binary_is_missing(settings_of: MediaSettings) -> None:
    settings = changed(settings_of, locate_worker=Binary())
    found = only_one(await ask("worker-binary", Rounds(lambda: settings)), "red", "There is no mediasoup-worker")
    assert "make setup" in found.remedy


@pytest.mark.parametrize(
    ("content", "words"),
    [("#!/bin/sh\nexit 7\n", "It is not version"), (None, "which is no file")],
)
async def test_fault_the_binary_is_no_worker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rounds: Rounds, content: str | None, words: str
) -> None:
    own = tmp_path / "mediasoup-worker"
    if content is not None:
        own.write_text(content)
        own.chmod(0o755)
    monkeypatch.setenv("MEDIASOUP_WORKER_BIN", str(own))
    found = only_one(await ask("worker-binary", rounds), "red", str(own), words)
    assert "MEDIASOUP_WORKER_BIN" in found.remedy


async def test_fault_the_worker_user_is_none(settings_of: MediaSettings) -> None:
    settings = changed(settings_of, worker_user="nobody-at-all")
    found = only_one(await ask("worker-user", Rounds(lambda: settings)), "red", "nobody-at-all")
    assert "adduser" in found.remedy


async def test_workers_that_are_not_confined(settings_of: MediaSettings) -> None:
    settings = changed(settings_of, confine_workers=False)
    only_one(await ask("worker-user", Rounds(lambda: settings)), "yellow", "MEDIASOUP_WORKER_CONFINE is off")


# Nodes and workers


async def test_fault_there_is_no_node(rounds: Rounds) -> None:
    found = only_one(await ask("nodes", rounds), "red", "No media node is running")
    assert "media_workers" in found.remedy
    only_one(await ask("workers", rounds), "red", "No media node")
    only_one(await ask("reachable", rounds), "red", "no worker")


async def test_fault_what_listens_there_is_no_node(settings_of: MediaSettings, rounds: Rounds) -> None:
    async def swallow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with await asyncio.start_unix_server(swallow, settings_of.socket):
        only_one(await ask("nodes", rounds), "red", "did not answer")


async def test_fault_a_worker_is_stopped(settings_of: MediaSettings) -> None:
    settings = changed(settings_of, workers=2)
    async with running(settings, 2) as rounds:
        [first, second] = (await rounds.visits())[0].workers
        os.kill(second["pid"], signal.SIGSTOP)
        again = Rounds(lambda: settings)
        found = only_one(
            await ask("workers", again), "red", "1 of 2 workers answered", str(second["pid"]), "Worker 1 is silent."
        )
        assert "incidents" in found.remedy
        well, ill = await ask("reachable", again)
        assert (well.colour, well.details["worker"]) == ("green", first["index"])
        assert ill.colour == "red"
        assert "worker 1 opens no door" in ill.evidence


async def test_fault_no_worker_can_be_started(settings_of: MediaSettings) -> None:
    settings = changed(settings_of, locate_worker=Binary())
    async with MediaNode(settings.node, settings.socket) as node:
        await until(lambda: node.supervisor.slots[0].state is SlotState.FAILED, "the first attempt to fail")
        rounds = Rounds(lambda: settings)
        only_one(await ask("workers", rounds), "red", "0 of 1 workers", "There is no mediasoup-worker")
        only_one(await ask("reachable", rounds), "red", "worker 0 opens no door")


async def test_a_node_that_drains(settings_of: MediaSettings) -> None:
    async with MediaNode(settings_of.node, settings_of.socket) as node:
        await until(lambda: len(node.supervisor.up) == 1, "the worker to start")
        node.upkeep.drain_node()
        only_one(await ask("load", Rounds(lambda: settings_of)), "yellow", "drains")


# Ports


async def test_fault_a_port_is_taken_before_there_is_a_node(settings_of: MediaSettings) -> None:
    with taken_port() as port:
        settings = changed(settings_of, port=port)
        found = only_one(await ask("ports", Rounds(lambda: settings)), "red", str(port), "python", "pid:")
        assert "MEDIASOUP_PORT" in found.remedy
    assert is_free("127.0.0.1", port)
    only_one(await ask("ports", Rounds(lambda: settings)), "green", "free")


async def test_fault_a_port_is_taken_from_a_worker(settings_of: MediaSettings) -> None:
    with taken_port() as port:
        settings = changed(settings_of, port=port)
        async with MediaNode(settings.node, settings.socket) as node:
            await until(lambda: node.supervisor.slots[0].state is SlotState.FAILED, "the first attempt to fail")
            rounds = Rounds(lambda: settings)
            only_one(await ask("ports", rounds), "red", str(port), "python")
            only_one(await ask("workers", rounds), "red", f"port {port}")


# Addresses


async def test_fault_the_announced_address_is_not_ours(settings_of: MediaSettings) -> None:
    settings = changed(settings_of, announced_ip=NOWHERE)
    async with running(settings) as rounds:
        found = only_one(await ask("announced-address", rounds), "red", NOWHERE, "127.0.0.1")
        assert "MEDIASOUP_ANNOUNCED_IP" in found.remedy
        found = only_one(await ask("reachable", rounds), "red", f"UDP {NOWHERE}", f"TCP {NOWHERE}", "answered nowhere")
        assert "firewall" in found.remedy


async def test_fault_the_announced_address_is_loopback_on_a_public_site(
    node: MediaNode, rounds: Rounds, settings: Any
) -> None:
    settings.PUBLIC_URL = "https://8.8.8.8"
    found = only_one(await ask("announced-address", rounds), "red", "127.0.0.1", "its own machine", "https://8.8.8.8")
    assert "MEDIASOUP_LISTEN_IP" in found.remedy


async def test_fault_the_announced_address_is_private_on_a_public_site(
    settings_of: MediaSettings, settings: Any
) -> None:
    settings.PUBLIC_URL = "https://8.8.8.8"
    async with running(changed(settings_of, announced_ip="10.77.0.1")) as rounds:
        only_one(await ask("announced-address", rounds), "red", "10.77.0.1, a private address", "8.8.8.8")


async def test_an_address_that_leads_here_without_being_ours_is_well(settings_of: MediaSettings) -> None:
    """As behind NAT: what forwards it is not to be seen on any interface."""
    async with running(changed(settings_of, announced_ip="127.0.0.1")) as rounds:
        only_one(await ask("announced-address", rounds), "green", "127.0.0.1")


async def test_fault_only_tcp_gets_through(settings_of: MediaSettings) -> None:
    """Something before the node passes TCP on, and no UDP."""
    settings = changed(settings_of, announced_ip="127.0.0.2", port=any_free("127.0.0.1"))
    port = settings.node.port

    async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        up_reader, up_writer = await asyncio.open_connection("127.0.0.1", port)

        async def carry(one: asyncio.StreamReader, other: asyncio.StreamWriter) -> None:
            while data := await one.read(4096):
                other.write(data)
            other.close()

        await asyncio.gather(carry(reader, up_writer), carry(up_reader, writer), return_exceptions=True)

    async with await asyncio.start_server(forward, "127.0.0.2", port), running(settings) as rounds:
        found = only_one(await ask("reachable", rounds), "yellow", f"at TCP 127.0.0.2:{port}", f"UDP 127.0.0.2:{port}")
        assert f"Open UDP {port} in the firewall" in found.remedy


# Limits


def test_fault_few_files_may_be_opened(tmp_path: Path) -> None:
    command = ["prlimit", "--nofile=200:200", sys.executable, "manage.py", "media_doctor", "--json", "--only"]
    environment = {**os.environ, "KCS_VAR": str(tmp_path)}
    done = subprocess.run(
        [*command, "file-limits"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    [found] = told(done)["file-limits"]
    assert done.returncode == 1
    assert found["colour"] == "red"
    assert "this process 200" in found["evidence"]
    assert "LimitNOFILE" in found["remedy"]


@pytest.mark.parametrize(("available", "colour"), [(2, "red"), (8, "yellow"), (50, "green")])
async def test_fault_memory_is_used_up(
    rounds: Rounds, monkeypatch: pytest.MonkeyPatch, available: int, colour: str
) -> None:
    def a_machine_with_little_memory() -> tuple[int, int]:
        return available * 2**20, 100 * 2**20

    monkeypatch.setattr(limits, "memory", a_machine_with_little_memory)
    only_one(await ask("memory", rounds), colour, "GiB")
