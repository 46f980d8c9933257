"""`manage.py media_workers`: the node as a process of its own, reached by the same client code."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from media.client import MediaClient
from media.conf import MediaSettings
from media.link.address import TcpAddress
from media.link.dialer import dial, greeting
from media.link.frames import Hello
from media.link.security import LinkSecurity
from media.node_lock import NodeLock
from tests.live.server import free_port
from tests.live.waiting import eventually

from .certificates import make_certificate
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
    async with media_workers(run_dir, "--workers", "2", "--socket", str(settings_of.socket)) as process:
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


@pytest.mark.parametrize("wrong", [["--workers", "0"], ["--port", "99999"], ["--nonsense"]])
async def test_wrong_arguments(run_dir: Path, wrong: list[str]) -> None:
    async with media_workers(run_dir, *wrong) as process, asyncio.timeout(20):
        assert await process.wait() == 2


async def test_a_socket_that_cannot_be_listened_on(run_dir: Path) -> None:
    (run_dir / "file").touch()
    async with media_workers(run_dir, "--socket", str(run_dir / "file" / "media.sock")) as process, asyncio.timeout(20):
        assert await process.wait() == 1
        assert "Traceback" not in await output(process)


class TestListening:
    """`--listen`: over TCP only with all that it takes."""

    @pytest.mark.parametrize(
        ("given", "says"),
        [
            ({}, "set MEDIA_LINK_CERT and MEDIA_LINK_KEY to PEM files"),
            ({"certificate": True}, "set MEDIA_LINK_SECRET"),
            ({"secret": "a secret that is long enough"}, "set MEDIA_LINK_CERT"),
        ],
    )
    async def test_without_certificate_or_secret_it_does_not_start(
        self, run_dir: Path, settings_of: MediaSettings, given: dict[str, Any], says: str
    ) -> None:
        env = {"MEDIA_LINK_SECRET": given.get("secret", "")}
        if "certificate" in given:
            made = make_certificate(run_dir, "127.0.0.1")
            env |= {"MEDIA_LINK_CERT": str(made.certificate), "MEDIA_LINK_KEY": str(made.key)}
        arguments = ("--socket", str(settings_of.socket), "--listen", f"127.0.0.1:{free_port()}")
        async with media_workers(run_dir, *arguments, **env) as process:
            said = await output(process)
            assert await process.wait() == 1
        assert says in said
        assert len(said.strip().splitlines()) == 1
        assert not settings_of.socket.exists()

    async def test_what_is_no_address_is_a_wrong_argument(self, run_dir: Path) -> None:
        async with media_workers(run_dir, "--listen", "everywhere") as process:
            assert "write 10.0.0.5:7000" in await output(process)
            assert await process.wait() == 2

    async def test_reached_over_tcp_by_a_secret_in_a_file(self, run_dir: Path, settings_of: MediaSettings) -> None:
        made = make_certificate(run_dir, "127.0.0.1")
        secret = run_dir / "secret"
        secret.write_text("a secret that is long enough\n")
        port = free_port()
        arguments = ("--socket", str(settings_of.socket), "--workers", "1", "--listen", f"127.0.0.1:{port}")
        env = {
            "MEDIA_LINK_CERT": str(made.certificate),
            "MEDIA_LINK_KEY": str(made.key),
            "MEDIA_LINK_SECRET_FILE": str(secret),
        }
        security = LinkSecurity(certificate=made.certificate, secret="a secret that is long enough")
        async with media_workers(run_dir, *arguments, **env) as process:
            hello = await eventually(
                "the node greets", lambda: greeted(TcpAddress("127.0.0.1", port), security), within=20
            )
            assert hello.version == 1
            process.terminate()
            assert await process.wait() == 0
            assert "a secret" not in await output(process)


async def greeted(address: TcpAddress, security: LinkSecurity) -> Hello | None:
    try:
        async with dial(address, security) as connection:
            return await greeting(connection)
    except ConnectionRefusedError:
        return None


async def test_two_nodes_with_one_name_the_second_does_not_start(run_dir: Path) -> None:
    env = {"DATABASE_URL": f"sqlite:///{run_dir}/shared.sqlite3", "MEDIA_NODE_NAME": "media-1"}
    migrated = await asyncio.create_subprocess_exec(
        sys.executable, "manage.py", "migrate", "media", "-v", "0", cwd=ROOT, env={**os.environ, **env}
    )
    assert await migrated.wait() == 0
    one, other = run_dir / "one.sock", run_dir / "other.sock"
    async with media_workers(run_dir, "--workers", "1", "--socket", str(one), **env) as first:
        await eventually("the first one has its row", lambda: has_row(run_dir / "shared.sqlite3"), within=20)
        async with media_workers(run_dir, "--socket", str(other), **env) as second:
            said = await output(second)
            assert await second.wait() == 4
        assert 'A media node named "media-1" runs already' in said
        assert "give this one another name with MEDIA_NODE_NAME" in said
        assert len(said.strip().splitlines()) == 1
        assert not other.exists()
        first.kill()
        await first.wait()
    # Its row is fresh, and nobody listens there any more.
    async with media_workers(run_dir, "--workers", "1", "--socket", str(other), **env) as third:
        await eventually("the third one listens", other.exists, within=20)
        third.terminate()
        assert await third.wait() == 0


def has_row(database: Path) -> bool:
    with sqlite3.connect(database) as connection:
        return bool(connection.execute("SELECT 1 FROM media_medianode").fetchone())
