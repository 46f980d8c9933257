"""The node inside web processes: who runs it, and who takes over."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from media import embedded
from media.client import MediaClient
from media.conf import MediaSettings, lock_beside
from media.node_lock import NodeLock, NodeLockHeld

from .people import Person, until

ROOT = Path(__file__).resolve().parents[2]

# A web process as far as media are concerned: prints its status once a line comes in, until its input ends.
WEB_PROCESS = """
import asyncio, json, os, sys
from pathlib import Path
import django
os.environ["DJANGO_SETTINGS_MODULE"] = "kcs.settings"
django.setup()
from media import embedded
from media.client import MediaClient
from media.conf import MediaSettings, lock_beside
from media.node.config import NodeConfig

async def main():
    socket = Path(sys.argv[1])
    settings = MediaSettings(socket=socket, lock=lock_beside(socket), embedded=True, node=NodeConfig(workers=1))
    client = MediaClient(settings)
    loop = asyncio.get_running_loop()
    lost = []
    client.on_lost(lost.append)
    while await loop.run_in_executor(None, sys.stdin.readline):
        status = await client.status()
        print(json.dumps({"runs": embedded.runs_here(settings), "lost": len(lost), **status}), flush=True)
    await client.close()

asyncio.run(main())
"""


class WebProcess:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    async def status(self) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(b"\n")
        async with asyncio.timeout(15):
            answer: dict[str, Any] = json.loads(await self.process.stdout.readline())
        return answer

    async def healthy(self) -> dict[str, Any]:
        async with asyncio.timeout(20):
            while True:
                status = await self.status()
                if status["workers"]:
                    return status


@asynccontextmanager
async def web_process(path: Path) -> AsyncIterator[WebProcess]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        WEB_PROCESS,
        str(path),
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "kcs.settings", "PYTHONPATH": str(ROOT)},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield WebProcess(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def workers_of(pid: int) -> list[int]:
    """The mediasoup workers among the children of a process."""
    listed = " ".join(file.read_text() for file in Path(f"/proc/{pid}/task").glob("*/children"))
    return [int(child) for child in listed.split() if "mediasoup-worker" in Path(f"/proc/{child}/cmdline").read_text()]


def alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


@pytest.fixture
def embedding(settings_of: MediaSettings) -> Iterator[MediaSettings]:
    """Settings with which this process runs the node; whatever it runs ends with the test."""
    yield dataclasses.replace(settings_of, embedded=True)
    assert embedded.stop()


async def test_the_first_call_starts_a_node(embedding: MediaSettings) -> None:
    client = MediaClient(embedding)
    alice = Person(client, "standup", "alice")
    assert (await alice.join())["resumed"] is False
    assert (await client.status())["workers"] == 1
    await client.close()


async def test_it_outlives_the_loop_that_started_it(embedding: MediaSettings) -> None:
    def ask() -> dict[str, Any]:
        async def status() -> dict[str, Any]:
            client = MediaClient(embedding)
            try:
                await Person(client, "standup", "alice").join()
                return dict(await client.status())
            finally:
                await client.close()

        return asyncio.run(status())

    first = await asyncio.to_thread(ask)
    second = await asyncio.to_thread(ask)
    assert first["workers"] == second["workers"] == 1
    assert second["activeRooms"] == 1


async def test_stopping_ends_the_workers_and_frees_lock_and_socket(embedding: MediaSettings) -> None:
    client = MediaClient(embedding)
    await Person(client, "standup", "alice").join()
    [worker] = workers_of(os.getpid())
    await client.close()

    assert await asyncio.to_thread(embedded.stop)

    assert not alive(worker)
    assert not embedding.socket.exists()
    NodeLock.acquire(embedding.lock).release()
    assert embedded.stop()


async def test_a_lock_that_is_held_elsewhere_means_connecting_only(embedding: MediaSettings) -> None:
    lock = NodeLock.acquire(embedding.lock)
    assert embedded.start(embedding) is False
    with pytest.raises(NodeLockHeld) as held:
        NodeLock.acquire(embedding.lock)
    assert held.value.pid == os.getpid()
    lock.release()
    assert embedded.start(embedding) is True


async def test_each_socket_gets_a_node_of_its_own(embedding: MediaSettings, run_dir: Path) -> None:
    elsewhere = run_dir / "elsewhere.sock"
    other = dataclasses.replace(embedding, socket=elsewhere, lock=lock_beside(elsewhere))
    assert embedded.start(embedding)
    assert not embedded.runs_here(other)
    client = MediaClient(other)
    await Person(client, "standup", "alice").join()
    assert (embedded.runs_here(embedding), embedded.runs_here(other)) == (True, True)
    await client.close()


async def test_two_web_processes_run_one_node(run_dir: Path) -> None:
    path = run_dir / "media.sock"
    async with web_process(path) as one, web_process(path) as other:
        statuses = await asyncio.gather(one.healthy(), other.healthy())
        assert sorted(status["runs"] for status in statuses) == [False, True]
        assert sum(len(workers_of(web.process.pid)) for web in (one, other)) == 1


@pytest.mark.parametrize("signum", [signal.SIGKILL, signal.SIGTERM])
async def test_killed_holder_another_web_process_takes_over(run_dir: Path, signum: signal.Signals) -> None:
    path = run_dir / "media.sock"
    async with web_process(path) as one, web_process(path) as other:
        runs = (await one.healthy())["runs"]
        await other.healthy()
        holder, heir = (one, other) if runs else (other, one)
        [worker] = workers_of(holder.process.pid)
        holder.process.send_signal(signum)
        await holder.process.wait()

        status = await heir.healthy()

        assert status["runs"] is True
        assert status["lost"] == 1
        await until(lambda: not alive(worker), "the dead process's worker to end")


async def test_a_web_process_that_ends_leaves_no_worker(run_dir: Path) -> None:
    async with web_process(run_dir / "media.sock") as web:
        await web.healthy()
        [worker] = workers_of(web.process.pid)
        assert web.process.stdin is not None
        web.process.stdin.close()
        async with asyncio.timeout(10):
            assert await web.process.wait() == 0
        await until(lambda: not alive(worker), "the worker to end")
        await until(lambda: not (run_dir / "media.sock").exists(), "the socket to be removed", patience=0)


@pytest.mark.parametrize(
    "server",
    [["daphne", "-b", "127.0.0.1", "-p"], ["uvicorn", "--host", "127.0.0.1", "--port"]],
    ids=["daphne", "uvicorn"],
)
async def test_either_server_runs_the_node_and_leaves_no_worker(run_dir: Path, server: list[str]) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        *server,
        str(port),
        "kcs.asgi:application",
        cwd=ROOT,
        env={**os.environ, "KCS_VAR": str(run_dir), "MEDIASOUP_WORKERS": "1"},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        url = f"http://127.0.0.1:{port}/api/meetings/health/webrtc"
        async with httpx.AsyncClient() as browser, asyncio.timeout(60):
            while not await is_healthy(browser, url):
                pass
        [worker] = workers_of(process.pid)
    finally:
        process.terminate()
        async with asyncio.timeout(20):
            await process.wait()
    await until(lambda: not alive(worker), "the worker to end")


async def is_healthy(browser: httpx.AsyncClient, url: str) -> bool:
    try:
        health = (await browser.get(url)).json()
    except httpx.TransportError:
        await asyncio.sleep(0.1)  # not listening yet
        return False
    return bool(health["status"] == "healthy")
