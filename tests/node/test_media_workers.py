"""`manage.py media_workers`: the node as a process of its own, reached by the same client code."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from media.client import MediaClient
from media.conf import MediaSettings
from media.node_lock import NodeLock

from .people import Person, until
from .test_embedded import ROOT, alive, workers_of


@asynccontextmanager
async def media_workers(run_dir: Path, *args: str, **env: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "manage.py",
        "media_workers",
        *args,
        cwd=ROOT,
        env={**os.environ, "KCS_VAR": str(run_dir / "var"), **env},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def output(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    return (await process.stdout.read()).decode()


async def reachable(client: MediaClient, workers: int) -> None:
    """Wait until a node answers with so many workers."""
    async with asyncio.timeout(20):
        while (await client.status())["workers"] != workers:
            pass


async def test_it_serves_the_same_client(
    run_dir: Path, settings_of: MediaSettings, client_of: Callable[[], MediaClient]
) -> None:
    client = client_of()
    arguments = ("--workers", "2", "--drain-seconds", "0.2", "--socket", str(settings_of.socket))
    async with media_workers(run_dir, *arguments) as process:
        await reachable(client, 2)
        workers = workers_of(process.pid)
        assert len(workers) == 2
        alice = Person(client, "standup", "alice")
        capabilities = await client.rtp_capabilities()
        assert (await alice.fast_join(capabilities))["transports"]
        assert await alice.send("mic")

        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(10):
            assert await process.wait() == 0
        await alice.hears("media-lost")

        said = await output(process)
        assert "Initializing 2 MediaSoup workers" in said
        assert "MediaSoup worker 0 initialized [pid:" in said
        assert "MediaSoup initialized with 2/2 workers" in said
        assert "Created router for meeting: standup" in said
        assert "Traceback" not in said
        await until(lambda: not any(map(alive, workers)), "the workers to end")
        assert not settings_of.socket.exists()


async def test_restarted_it_is_found_again(
    run_dir: Path, settings_of: MediaSettings, client_of: Callable[[], MediaClient]
) -> None:
    client = client_of()
    alice = Person(client, "standup", "alice")
    arguments = ("--workers", "1", "--socket", str(settings_of.socket))
    async with media_workers(run_dir, *arguments) as process:
        await reachable(client, 1)
        await alice.join()
        process.send_signal(signal.SIGKILL)
        await process.wait()
        await alice.hears("media-lost")
    async with media_workers(run_dir, *arguments):
        await reachable(client, 1)
        await alice.hears("media-restored")
        assert (await alice.join(resume=True))["resumed"] is False


async def test_interrupt_stops_it_cleanly(run_dir: Path, settings_of: MediaSettings, client: MediaClient) -> None:
    async with media_workers(run_dir, "--workers", "1", "--socket", str(settings_of.socket)) as process:
        await reachable(client, 1)
        process.send_signal(signal.SIGINT)
        async with asyncio.timeout(10):
            assert await process.wait() == 0
        assert "Traceback" not in await output(process)


async def test_when_another_holds_the_lock_it_names_it_and_exits(run_dir: Path, settings_of: MediaSettings) -> None:
    lock = NodeLock.acquire(settings_of.lock)
    async with media_workers(run_dir, "--socket", str(settings_of.socket)) as process, asyncio.timeout(20):
        assert await process.wait() == 3
        assert f"process {os.getpid()}" in await output(process)
    lock.release()


async def test_with_a_broken_binary_it_runs_on_and_says_why(
    run_dir: Path, settings_of: MediaSettings, client: MediaClient
) -> None:
    binary = run_dir / "no-worker"
    arguments = ("--workers", "1", "--socket", str(settings_of.socket))
    async with media_workers(run_dir, *arguments, MEDIASOUP_WORKER_BIN=str(binary)) as process:
        alice = Person(client, "standup", "alice")
        await until(lambda: settings_of.socket.exists(), "the node to listen", patience=20)
        refusal = await alice.refused("join-meeting", "MEDIA_UNAVAILABLE")
        assert str(binary) not in refusal.details
        status = await client.status()
        assert str(binary) in status["details"]
        process.terminate()
        async with asyncio.timeout(10):
            assert await process.wait() == 0
        assert str(binary) in await output(process)


@pytest.mark.parametrize("wrong", [["--workers", "0"], ["--nonsense"], ["fly"]])
async def test_wrong_arguments(run_dir: Path, wrong: list[str]) -> None:
    async with media_workers(run_dir, *wrong) as process, asyncio.timeout(20):
        assert await process.wait() == 2


async def test_a_socket_that_cannot_be_listened_on(run_dir: Path) -> None:
    (run_dir / "file").touch()
    async with media_workers(run_dir, "--socket", str(run_dir / "file" / "media.sock")) as process, asyncio.timeout(20):
        assert await process.wait() == 1
        assert "Traceback" not in await output(process)
