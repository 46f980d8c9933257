"""Real workers: started, used, closed, killed; and programs that only pretend to be one."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from media.binary import WorkerBinary
from media.mediasoup.errors import (
    InvalidStateError,
    PipeClosed,
    RequestRejected,
    SchemaError,
    WorkerDied,
    WorkerStartError,
    WrongSettings,
)
from media.mediasoup.router import Router
from media.mediasoup.webrtc_server import WebRtcServer
from media.mediasoup.worker import Worker
from media.mediasoup.worker_start import create_worker, observer

LIMIT = 10.0


def program(folder: Path, code: str) -> Path:
    """A fake worker."""
    path = folder / "mediasoup-worker"
    path.write_text(f"#!/bin/sh\n{code}\n")
    path.chmod(0o755)
    return path


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def children() -> set[int]:
    return {int(pid) for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()}


# Starting


async def test_says_that_it_runs(worker: Worker) -> None:
    assert not worker.closed
    assert not worker.died
    dump = await worker.dump()
    assert dump == {
        "pid": worker.pid,
        "webRtcServerIds": [],
        "routerIds": [],
        "channelMessageHandlers": {"channelRequestHandlers": [], "channelNotificationHandlers": []},
    }


async def test_observer_hears_of_new_workers(worker_binary: WorkerBinary) -> None:
    made: list[Worker] = []
    observer.on("newworker", made.append)
    worker = await create_worker(worker_binary.path, worker_binary.schemas, app_data={"name": "one"})
    observer.off("newworker", made.append)
    assert made == [worker]
    assert worker.app_data == {"name": "one"}
    worker.close()
    await worker.wait_closed()


@pytest.mark.parametrize(
    "settings",
    [
        {"rtc_min_port": 1000, "rtc_max_port": 999},
        {"log_level": "chatty"},
        {"dtls_certificate_file": "/nowhere/cert.pem"},
        {"dtls_certificate_file": "/nowhere/cert.pem", "dtls_private_key_file": "/nowhere/key.pem"},
    ],
)
async def test_wrong_settings(worker_binary: WorkerBinary, settings: dict[str, Any]) -> None:
    before = children()
    with pytest.raises(WrongSettings, match="wrong settings; it said: ") as caught:
        await create_worker(worker_binary.path, worker_binary.schemas, **settings)
    assert isinstance(caught.value, TypeError)
    assert caught.value.exit_code == 42
    assert children() == before


async def test_start_time_out(worker_binary: WorkerBinary, tmp_path: Path) -> None:
    silent = program(tmp_path, "echo I will not speak >&2; exec sleep 1000")
    before = children()
    with pytest.raises(WorkerStartError, match=r"said nothing for 0\.5 s; it said: I will not speak"):
        await create_worker(silent, worker_binary.schemas, start_timeout=0.5)
    assert children() == before


async def test_start_that_is_given_up(worker_binary: WorkerBinary, tmp_path: Path) -> None:
    silent = program(tmp_path, "exec sleep 1000")
    before = children()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await create_worker(silent, worker_binary.schemas)
    assert children() == before


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("exit 3", "ended with exit code 3"),
        ("exit 127", "a shared library is missing"),
        ("exit 41", "not told its version"),
        ("kill -SEGV $$", "killed by signal 11"),
        ("echo broken >&2; exit 1", "exit code 1; it said: broken"),
        ("printf 'garbage that is no message' >&4; exit 1", "exit code 1"),
        ("exec 3<&- 4>&-; sleep 0.1; exit 9", "exit code 9"),
    ],
)
async def test_program_that_ends_at_once(worker_binary: WorkerBinary, tmp_path: Path, code: str, said: str) -> None:
    with pytest.raises(WorkerStartError, match=said):
        await create_worker(program(tmp_path, code), worker_binary.schemas)


async def test_file_that_is_missing(worker_binary: WorkerBinary) -> None:
    with pytest.raises(WorkerStartError, match=r"/nowhere/worker cannot be run: No such file"):
        await create_worker("/nowhere/worker", worker_binary.schemas)


async def test_schemas_that_are_missing(worker_binary: WorkerBinary, tmp_path: Path) -> None:
    with pytest.raises(SchemaError):
        await create_worker(worker_binary.path, tmp_path)


# Using


async def test_resource_usage(worker: Worker) -> None:
    usage = await worker.get_resource_usage()
    assert usage["ruMaxrss"] > 1000
    assert len(usage) == 16


async def test_update_settings_and_log_lines(worker: Worker, caplog: pytest.LogCaptureFixture) -> None:
    await worker.update_settings(log_level="debug", log_tags=["info"])
    await worker.create_router()
    await worker.update_settings(log_level="none", log_tags=[])
    said = [record for record in caplog.records if record.name.startswith("media.mediasoup.worker_output")]
    assert not said, "pytest captures from WARNING on"
    with caplog.at_level(logging.DEBUG, "media.mediasoup.worker_output"):
        await worker.update_settings(log_level="debug", log_tags=["info"])
        await worker.create_router()
        # Log messages and replies come in order: what the worker said before this reply has been read.
        await worker.dump()
    said = [record for record in caplog.records if record.name == f"media.mediasoup.worker_output.{worker.pid}"]
    assert said
    with pytest.raises(RequestRejected):
        await worker.update_settings(log_level="chatty")  # type: ignore[arg-type]  # that is the point


async def test_a_thousand_requests_at_once(worker: Worker) -> None:
    dumps = await asyncio.gather(*[worker.dump() for _ in range(1000)])
    assert {dump["pid"] for dump in dumps} == {worker.pid}


async def test_reply_that_does_not_fit_in_one_read(worker: Worker) -> None:
    await asyncio.gather(*[worker.create_router() for _ in range(2000)])
    dump = await worker.dump()
    assert len(set(dump["routerIds"])) == 2000


async def test_two_workers_know_nothing_of_each_other(worker_binary: WorkerBinary, worker: Worker) -> None:
    other = await create_worker(worker_binary.path, worker_binary.schemas)
    try:
        await worker.create_router()
        assert (await other.dump())["routerIds"] == []
    finally:
        other.close()
        await other.wait_closed()
    assert len((await worker.dump())["routerIds"]) == 1


# Ending


def record(worker: Worker) -> list[str]:
    """Everything that a worker and its observer emit, from now on."""
    events: list[str] = []
    for name in ("died", "close", "subprocessclose"):
        worker.on(name, lambda *args, name=name: events.append(name))
    worker.observer.on("close", lambda: events.append("observer close"))
    return events


async def test_close(worker: Worker) -> None:
    events = record(worker)
    router = await worker.create_router()
    server = await worker.create_webrtc_server(listen_infos=[{"protocol": "udp", "ip": "127.0.0.1"}])
    router.on("workerclose", lambda: events.append("router workerclose"))
    server.on("workerclose", lambda: events.append("server workerclose"))
    pending = worker.dump()
    worker.close()
    worker.close()
    assert worker.closed
    assert not worker.died
    assert router.closed
    assert server.closed
    with pytest.raises(PipeClosed):
        await pending
    with pytest.raises(InvalidStateError):
        await worker.create_router()
    with pytest.raises(InvalidStateError):
        worker.dump()
    async with asyncio.timeout(LIMIT):
        await worker.wait_closed()
        await asyncio.sleep(0)
    assert worker.subprocess_closed
    assert is_gone(worker.pid)
    assert events == ["router workerclose", "server workerclose", "close", "observer close", "subprocessclose"]


async def test_close_between_the_loss_of_the_pipe_and_the_exit(worker: Worker) -> None:
    router = await worker.create_router()
    events = record(worker)
    # As when the process has died a moment ago, and only its end of the pipe was noticed yet.
    worker._pipe.close()
    assert not worker.closed
    worker.close()
    async with asyncio.timeout(LIMIT):
        await worker.wait_closed()
        await asyncio.sleep(0)
    assert router.closed
    assert is_gone(worker.pid)
    assert events == ["close", "observer close", "subprocessclose"]


async def test_worker_killed(worker: Worker, caplog: pytest.LogCaptureFixture) -> None:
    events = record(worker)
    errors: list[WorkerDied] = []
    worker.on("died", errors.append)
    router: Router = await worker.create_router()
    server: WebRtcServer = await worker.create_webrtc_server(listen_infos=[{"protocol": "udp", "ip": "127.0.0.1"}])
    router.on("workerclose", lambda: events.append("router workerclose"))
    server.on("workerclose", lambda: events.append("server workerclose"))
    gone = asyncio.Event()
    worker.on("subprocessclose", gone.set)
    os.kill(worker.pid, signal.SIGSTOP)
    pending = [worker.dump() for _ in range(10)]
    os.kill(worker.pid, signal.SIGKILL)
    for future in pending:
        with pytest.raises(PipeClosed):
            await future
    async with asyncio.timeout(LIMIT):
        await gone.wait()
    assert worker.closed
    assert worker.died
    assert router.closed
    assert server.closed
    assert events == ["router workerclose", "server workerclose", "died", "close", "observer close", "subprocessclose"]
    (error,) = errors
    assert (error.pid, error.signal) == (worker.pid, signal.SIGKILL)
    assert "killed by signal 9" in str(error)
    assert "killed by signal 9" in caplog.text
    worker.close()
    assert events.count("close") == 1


async def test_worker_stopped_does_not_survive_close(worker: Worker) -> None:
    os.kill(worker.pid, signal.SIGSTOP)
    worker.close()
    async with asyncio.timeout(LIMIT):
        await worker.wait_closed()
    assert is_gone(worker.pid)


@pytest.mark.parametrize("how", [lambda worker: worker._process.down.close(), lambda worker: worker._pipe.close()])
async def test_worker_ends_itself_when_its_pipe_closes(worker: Worker, how: Callable[[Worker], None]) -> None:
    died = asyncio.Event()
    worker.on("died", lambda error: died.set())
    if worker._process.down.fileno() >= 0:
        worker._pipe._reader.close()
        worker._pipe._writer.close()
    async with asyncio.timeout(LIMIT):
        await died.wait()
    assert is_gone(worker.pid)


async def test_close_while_a_router_is_made(worker: Worker) -> None:
    making = asyncio.ensure_future(worker.create_router())
    await asyncio.sleep(0)
    worker.close()
    with pytest.raises(PipeClosed):
        await making
