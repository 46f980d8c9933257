"""`manage.py media_workers` with a verb, and the signals, from outside: processes that find each other by a socket."""

from __future__ import annotations

import asyncio
import io
import json
import signal
import socket
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from media.client import MediaClient
from media.conf import MediaSettings
from media.statuses import NodeStatus
from media.workers_table import duration, memory, workers_table

from .people import Person, until
from .test_embedded import alive, workers_of
from .test_media_workers import media_workers, output, reachable


async def ask(settings: MediaSettings, *args: str) -> tuple[int, str]:
    """The exit code of the command, and what it printed. In this process: a new one takes a second to start."""
    printed = io.StringIO()
    try:
        async with asyncio.timeout(40):
            await asyncio.to_thread(call_command, "media_workers", *args, socket=settings.socket, stdout=printed)
    except CommandError as error:
        return error.returncode, f"{printed.getvalue()}{error}\n"
    return 0, printed.getvalue()


@pytest.fixture
async def running(
    run_dir: Path, settings_of: MediaSettings, client: MediaClient
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A node of two workers in a process of its own, on ports of its own choice."""
    arguments = ("--workers", "2", "--drain-seconds", "20", "--socket", str(settings_of.socket))
    async with media_workers(run_dir, *arguments) as process:
        await reachable(client, 2)
        yield process


async def said(process: asyncio.subprocess.Process, text: str) -> str:
    """Read the process's output until it has said this."""
    assert process.stdout is not None
    printed = ""
    async with asyncio.timeout(30):
        while text not in printed:
            line = (await process.stdout.readline()).decode()
            assert line, f"it ended without saying {text!r}: {printed}"
            printed += line
    return printed


class TestVerbs:
    async def test_status_is_a_table_once_when_piped_and_json_when_asked(
        self, running: asyncio.subprocess.Process, run_dir: Path, settings_of: MediaSettings
    ) -> None:
        code, table = await ask(settings_of, "status")
        assert code == 0
        heading, _, columns, *rows = table.strip().splitlines()
        assert f"pid {running.pid}" in heading
        assert columns.split()[:4] == ["worker", "state", "pid", "CPU"]
        assert [row.split()[:2] for row in rows[:2]] == [["0", "up"], ["1", "up"]]
        assert rows[2].startswith("all")

        code, printed = await ask(settings_of, "status", "--json")
        assert code == 0
        status: NodeStatus = json.loads(printed)
        assert status["pid"] == running.pid
        assert [row["pid"] for row in status["workers"]] == sorted(
            workers_of(running.pid), key=[row["pid"] for row in status["workers"]].index
        )

    async def test_drain_a_worker_then_restart_it_then_stop_the_node(
        self, running: asyncio.subprocess.Process, run_dir: Path, settings_of: MediaSettings, client: MediaClient
    ) -> None:
        before = {row["index"]: row["pid"] for row in (await client.workers())["workers"]}
        code, printed = await ask(settings_of, "drain", "worker", "1")
        assert (code, printed.strip().splitlines()[-1]) == (0, "Drained.")
        assert (await client.workers())["workers"][1]["state"] == "draining"

        code, printed = await ask(settings_of, "restart", "1")
        assert (code, printed.strip()) == (0, "Restarted.")
        rows = (await client.workers())["workers"]
        assert [row["state"] for row in rows] == ["up", "up"]
        assert rows[0]["pid"] == before[0]
        assert rows[1]["pid"] != before[1]

        code, printed = await ask(settings_of, "stop")
        assert code == 0, printed
        assert printed.strip().endswith("Stopped.")
        async with asyncio.timeout(10):
            assert await running.wait() == 0
        assert not settings_of.socket.exists()

    async def test_drain_that_is_not_done_in_time_says_so_and_goes_on(
        self, running: asyncio.subprocess.Process, run_dir: Path, settings_of: MediaSettings, client: MediaClient
    ) -> None:
        alice = Person(client, "standup", "alice")
        await alice.join()
        code, printed = await ask(settings_of, "drain", "node", "--timeout", "0.5")
        assert code == 5
        assert "goes on" in printed
        assert "Traceback" not in printed
        assert (await client.workers())["state"] == "draining"

    async def test_a_worker_that_there_is_not(
        self, running: asyncio.subprocess.Process, run_dir: Path, settings_of: MediaSettings
    ) -> None:
        code, printed = await ask(settings_of, "drain", "worker", "9")
        assert code == 5
        assert "workers 0 to 1" in printed

    async def test_without_a_node_each_verb_says_so_at_once(self, run_dir: Path, settings_of: MediaSettings) -> None:
        outcomes = await asyncio.gather(
            *(ask(settings_of, *verb) for verb in (("status",), ("drain",), ("restart", "0"), ("stop",)))
        )
        for code, printed in outcomes:
            assert code == 4
            assert len(printed.strip().splitlines()) == 1
            assert "manage.py media_workers" in printed

    async def test_a_socket_that_a_dead_node_left_behind(
        self, run_dir: Path, settings_of: MediaSettings, client: MediaClient
    ) -> None:
        with socket.socket(socket.AF_UNIX) as left:
            left.bind(str(settings_of.socket))
        code, printed = await ask(settings_of, "status")
        assert code == 4
        assert "left over" in printed
        async with media_workers(run_dir, "--workers", "1", "--socket", str(settings_of.socket)):
            await reachable(client, 1)

    @pytest.mark.parametrize("wrong", [["drain", "worker"], ["restart", "node"], ["drain", "worker", "x"]])
    async def test_what_is_not_understood(self, run_dir: Path, settings_of: MediaSettings, wrong: list[str]) -> None:
        code, printed = await ask(settings_of, *wrong)
        assert code == 2
        assert "Traceback" not in printed


class TestSignals:
    async def test_term_drains_and_waits_for_meetings_to_end(
        self, running: asyncio.subprocess.Process, client: MediaClient
    ) -> None:
        alice = Person(client, "standup", "alice")
        await alice.join()
        running.send_signal(signal.SIGTERM)
        await said(running, "Draining: 1 meetings with 1 participants")
        refusal = await Person(client, "another", "host").refused("join-meeting", "MEDIA_UNAVAILABLE")
        assert "about to stop" in refusal.details
        assert running.returncode is None
        await alice.call("leave-meeting")
        async with asyncio.timeout(10):
            assert await running.wait() == 0

    async def test_a_second_term_stops_at_once(self, running: asyncio.subprocess.Process, client: MediaClient) -> None:
        workers = workers_of(running.pid)
        await Person(client, "standup", "alice").join()
        running.send_signal(signal.SIGTERM)
        await said(running, "Draining")
        running.send_signal(signal.SIGTERM)
        async with asyncio.timeout(8):
            assert await running.wait() == 0
        await until(lambda: not any(map(alive, workers)), "the workers to end")

    async def test_term_stops_when_the_time_is_over(
        self, run_dir: Path, settings_of: MediaSettings, client: MediaClient
    ) -> None:
        arguments = ("--workers", "1", "--drain-seconds", "0.3", "--socket", str(settings_of.socket))
        async with media_workers(run_dir, *arguments) as process:
            await reachable(client, 1)
            await Person(client, "standup", "alice").join()
            process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(8):
                printed = await output(process)
                assert await process.wait() == 0
            assert "Not drained in time: 1 meetings are cut" in printed

    async def test_hup_replaces_the_workers_and_no_meeting_is_dropped(
        self, running: asyncio.subprocess.Process, client: MediaClient
    ) -> None:
        alice = Person(client, "standup", "alice")
        capabilities = await client.rtp_capabilities()
        await alice.fast_join(capabilities)

        async def keep_up() -> None:
            times = 0
            while True:
                times += 1
                await alice.hears("media-restored", times)
                await alice.fast_join(capabilities, resume=True)

        keeping = asyncio.create_task(keep_up())
        before = set(workers_of(running.pid))
        running.send_signal(signal.SIGHUP)
        await said(running, "MediaSoup worker 1 has been restarted")
        keeping.cancel()
        after = set(workers_of(running.pid))
        assert len(after) == 2
        assert not before & after
        assert await alice.send("mic")


class TestSystemd:
    @pytest.fixture
    async def told(self, run_dir: Path) -> AsyncIterator[Callable[[], list[str]]]:
        """What the service told systemd so far, message by message."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
            notify.bind(str(run_dir / "notify"))
            notify.setblocking(False)
            messages: list[str] = []

            def read() -> list[str]:
                while True:
                    try:
                        messages.append(notify.recv(4096).decode())
                    except BlockingIOError:
                        return messages

            yield read

    async def test_it_is_told_when_the_node_is_ready_reloads_and_stops(
        self, run_dir: Path, settings_of: MediaSettings, client: MediaClient, told: Callable[[], list[str]]
    ) -> None:
        def states() -> list[str]:
            return [message.splitlines()[0] for message in told() if message != "WATCHDOG=1"]

        arguments = ("--workers", "1", "--socket", str(settings_of.socket))
        environment = {"NOTIFY_SOCKET": str(run_dir / "notify"), "WATCHDOG_USEC": "200000"}
        async with media_workers(run_dir, *arguments, **environment) as process:
            await until(lambda: states() == ["READY=1"], "READY=1")
            assert "STATUS=1 of 1 workers run" in told()[-1] or "STATUS=1 of 1 workers run" in "\n".join(told())
            await until(lambda: told().count("WATCHDOG=1") >= 3, "the watchdog to be kept calm")
            process.send_signal(signal.SIGHUP)
            await until(lambda: states() == ["READY=1", "RELOADING=1", "READY=1"], "the reload")
            assert any("MONOTONIC_USEC=" in message for message in told())
            process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(10):
                assert await process.wait() == 0
            assert states()[-1] == "STOPPING=1"

    async def test_a_node_whose_workers_cannot_start_is_ready_all_the_same_and_says_why(
        self, run_dir: Path, settings_of: MediaSettings, told: Callable[[], list[str]]
    ) -> None:
        arguments = ("--workers", "1", "--socket", str(settings_of.socket))
        environment = {"NOTIFY_SOCKET": str(run_dir / "notify"), "MEDIASOUP_WORKER_BIN": str(run_dir / "none")}
        async with media_workers(run_dir, *arguments, **environment):
            await until(lambda: bool(told()), "READY=1")
            assert told()[0].startswith("READY=1\nSTATUS=0 of 1 workers run: ")


class TestWrongSettings:
    """One line that names the remedy, nothing half-started: no socket, no worker."""

    @pytest.mark.parametrize(
        ("arguments", "code", "remedy"),
        [
            (["--workers", "0"], 2, "MEDIASOUP_WORKERS"),
            (["--workers", "1000"], 2, "MEDIASOUP_WORKERS"),
            (["--listen-ip", "everywhere"], 2, "MEDIASOUP_LISTEN_IP"),
            (["--listen-ip", "192.0.2.4"], 1, "MEDIASOUP_LISTEN_IP"),
            (["--announced-ip", "not a name"], 2, "MEDIASOUP_ANNOUNCED_IP"),
            (["--port", "65535", "--workers", "2"], 2, "MEDIASOUP_PORT"),
        ],
    )
    async def test_one_line_and_the_remedy(
        self, run_dir: Path, settings_of: MediaSettings, arguments: list[str], code: int, remedy: str
    ) -> None:
        found, printed = await ask(settings_of, *arguments)
        assert found == code
        assert len(printed.strip().splitlines()) == 1
        assert remedy in printed
        assert not settings_of.socket.exists()

    async def test_ports_in_use(self, run_dir: Path, settings_of: MediaSettings) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
            taken.bind(("127.0.0.1", 0))
            port = taken.getsockname()[1]
            arguments = ("--port", str(port - 1), "--workers", "2", "--listen-ip", "127.0.0.1")
            code, printed = await ask(settings_of, *arguments)
        assert code == 1
        assert len(printed.strip().splitlines()) == 1
        assert str(port) in printed
        assert "MEDIASOUP_PORT" in printed
        assert not settings_of.socket.exists()

    async def test_a_worker_of_another_version(
        self, run_dir: Path, settings_of: MediaSettings, client: MediaClient
    ) -> None:
        other = run_dir / "mediasoup-worker"
        other.write_text("#!/bin/sh\necho 'mediasoup-worker version 3.19.3'\nexit 0\n")
        other.chmod(0o755)
        arguments = ("--workers", "1", "--socket", str(settings_of.socket))
        async with media_workers(run_dir, *arguments, MEDIASOUP_WORKER_BIN=str(other)) as process:
            printed = await said(process, "could not be initialized")
            assert str(other) in printed.splitlines()[-1]
            assert "Traceback" not in printed
            [row] = (await client.workers())["workers"]
            assert (row["state"], row["pid"]) == ("failed", None)
            assert str(other) in row["trouble"]

    async def test_two_nodes_of_one_socket(
        self, running: asyncio.subprocess.Process, run_dir: Path, settings_of: MediaSettings, client: MediaClient
    ) -> None:
        code, printed = await ask(settings_of)
        assert code == 3
        assert len(printed.strip().splitlines()) == 1
        assert str(running.pid) in printed
        assert "--socket" in printed
        assert (await client.status())["workers"] == 2, "the first one is not disturbed"


class TestTable:
    STATUS: Any = {
        "node": "host-1-abc",
        "pid": 7,
        "state": "up",
        "workers": [
            {
                "index": 0,
                "pid": 41,
                "state": "up",
                "cpu": 0.314,
                "memoryBytes": 60 * 2**20,
                "routers": 2,
                "transports": 8,
                "producers": 6,
                "consumers": 120,
                "load": 0.314,
                "port": 44444,
                "uptimeSeconds": 93784.2,
                "restarts": 1,
                "trouble": "",
            },
            {
                "index": 1,
                "pid": None,
                "state": "failed",
                "cpu": 0.0,
                "memoryBytes": 0,
                "routers": 0,
                "transports": 0,
                "producers": 0,
                "consumers": 0,
                "load": 0.0,
                "port": None,
                "uptimeSeconds": 0.0,
                "restarts": 12,
                "trouble": "it cannot listen on 127.0.0.1",
            },
        ],
    }

    def test_it_lines_up_sums_and_says_what_is_wrong(self) -> None:
        assert workers_table(self.STATUS).splitlines() == [
            "media node host-1-abc  pid 7  up",
            "",
            "worker  state   pid  CPU  memory  routers  transports  producers  consumers  load   port       up  restarts",  # noqa: E501
            "0       up       41  31%  60 MiB        2           8          6        120   31%  44444  1 d 2 h         1",  # noqa: E501
            "1       failed    -   0%   0 MiB        0           0          0          0    0%      -      0 s        12",  # noqa: E501
            "all                  31%  60 MiB        2           8          6        120                              13",  # noqa: E501
            "",
            "worker 1: it cannot listen on 127.0.0.1",
        ]

    def test_units(self) -> None:
        assert [duration(seconds) for seconds in (0.4, 61, 3700, 90000)] == ["0 s", "1 min 1 s", "1 h 1 min", "1 d 1 h"]
        assert [memory(size) for size in (0, 2**20, 1500 * 2**20)] == ["0 MiB", "1 MiB", "1.5 GiB"]
