"""Starting a worker: its command line, and the wait for its first word."""

from __future__ import annotations

import asyncio
import functools
import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from media.mediasoup.codec import Codec
from media.mediasoup.errors import WorkerStartError, WrongSettings
from media.mediasoup.events import EventEmitter
from media.mediasoup.pipe import REQUEST_TIMEOUT, Pipe
from media.mediasoup.process import ExitStatus, WorkerProcess
from media.mediasoup.worker import Worker
from media.mediasoup.worker_object import AppData

logger = logging.getLogger(__name__)
# What the workers themselves say, through their pipes and on their standard output and error.
output_logger = logging.getLogger("media.mediasoup.worker_output")

VERSION = "3.27.1"

LogLevel = Literal["debug", "warn", "error", "none"]
LogTag = Literal[
    "info", "ice", "dtls", "rtp", "srtp", "rtcp", "rtx", "bwe", "score", "simulcast", "svc", "sctp", "message"
]  # fmt: skip

observer = EventEmitter()
"""Emits `newworker` (Worker) whenever `create_worker` made one."""

_EXIT_REASONS = {
    41: "it was not told its version",
    42: "wrong settings",
    127: "it cannot be run here (exit code 127: a shared library is missing?)",
}


async def create_worker(
    binary: str | Path,
    schemas: str | Path,
    *,
    log_level: LogLevel = "error",
    log_tags: Sequence[LogTag] = (),
    rtc_min_port: int = 10000,
    rtc_max_port: int = 59999,
    dtls_certificate_file: str | Path | None = None,
    dtls_private_key_file: str | Path | None = None,
    libwebrtc_field_trials: str | None = None,
    version: str = VERSION,
    start_timeout: float = 5.0,
    request_timeout: float = REQUEST_TIMEOUT,
    app_data: AppData | None = None,
) -> Worker:
    """Start `binary`, a mediasoup-worker of `version`, and wait until it says that it runs.

    `schemas` is the folder with the .fbs files of that version. The ports are for transports that listen by themselves.
    Raises `WrongSettings` when the worker refuses its settings, `WorkerStartError` when it cannot be run, ends, or says
    nothing for `start_timeout` seconds (it is killed then), `SchemaError` when the schemas cannot be read.
    """
    arguments = [os.fspath(binary), f"--logLevel={log_level}", *(f"--logTag={tag}" for tag in log_tags)]
    arguments += [f"--rtcMinPort={rtc_min_port}", f"--rtcMaxPort={rtc_max_port}"]
    for option, value in (
        ("dtlsCertificateFile", dtls_certificate_file),
        ("dtlsPrivateKeyFile", dtls_private_key_file),
        ("libwebrtcFieldTrials", libwebrtc_field_trials),
    ):
        if value is not None:
            arguments.append(f"--{option}={value}")
    codec = _codec(os.fspath(schemas))
    process = _start(arguments, version)

    def lost(reason: str) -> None:
        # It is about to end, or has gone mad. Whoever watches the process hears when it is gone.
        logger.warning("worker %d: the pipe was lost: %s", process.pid, reason)
        process.end()

    pipe = Pipe(
        codec,
        process.down,
        process.up,
        worker_logger=output_logger.getChild(str(process.pid)),
        request_timeout=request_timeout,
        on_lost=lost,
    )
    try:
        await _running(process, pipe, start_timeout)
    except BaseException:
        pipe.close()
        process.kill()
        # A killed process is gone in no time; none may be left behind, even when our caller gave up.
        await asyncio.wait([process.exited])
        raise
    worker = Worker(process, pipe, app_data)
    observer.emit("newworker", worker)
    return worker


@functools.cache
def _codec(schemas: str) -> Codec:
    # Shared by all workers: what it compiles for one, it has for the next.
    return Codec.load(schemas)


def _start(arguments: Sequence[str], version: str) -> WorkerProcess:
    try:
        return WorkerProcess(
            arguments,
            {**os.environ, "MEDIASOUP_VERSION": version},
            on_output=lambda line: output_logger.debug("%s", line),
            on_error_output=lambda line: output_logger.error("%s", line),
        )
    except OSError as error:
        raise WorkerStartError(f"{arguments[0]} cannot be run: {error.strerror}") from error


async def _running(process: WorkerProcess, pipe: Pipe, patience: float) -> None:
    """Return when the worker has said that it runs; raise when it ends or is silent for too long."""
    running: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    handler_id = str(process.pid)

    def said(event: str, body: dict[str, Any] | None) -> None:
        if event == "WORKER_RUNNING" and not running.done():
            running.set_result(None)

    pipe.subscribe(handler_id, said)
    either: tuple[asyncio.Future[Any], ...] = (running, process.exited)
    try:
        await asyncio.wait(either, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
    finally:
        pipe.unsubscribe(handler_id)
    if process.exited.done():
        raise _failed(process.exited.result(), tuple(process.last_errors))
    if not running.done():
        raise WorkerStartError(f"it said nothing for {patience:g} s", output=tuple(process.last_errors))


def _failed(status: ExitStatus, output: tuple[str, ...]) -> WorkerStartError:
    kind = WrongSettings if status.exit_code == 42 else WorkerStartError
    if status.exit_code in _EXIT_REASONS:
        reason = _EXIT_REASONS[status.exit_code]
    elif status.signal is not None:
        reason = f"it was killed by signal {status.signal}"
    else:
        reason = f"it ended with exit code {status.exit_code}"
    return kind(reason, exit_code=status.exit_code, signal=status.signal, output=output)
