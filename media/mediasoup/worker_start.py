"""Starting a worker: its command line, and the wait for its first word."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from media.mediasoup.codec import Codec
from media.mediasoup.errors import WorkerStartError, WrongSettings
from media.mediasoup.events import EventEmitter
from media.mediasoup.pipe import REQUEST_TIMEOUT, Pipe
from media.mediasoup.process import HANDED_OVER, ExitStatus, WorkerProcess
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
    126: "it may not be executed by the user whom the wrapper became",
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
    wrapper: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
    app_data: AppData | None = None,
) -> Worker:
    """Start `binary`, a mediasoup-worker of `version`, and wait until it says that it runs.

    `schemas` is the folder with the .fbs files of that version. The ports are for transports that listen by themselves.
    `wrapper` is a command that is started in the worker's place and must execute the command line that follows its own,
    such as `("/usr/bin/setpriv", "--no-new-privs", "--")`; it may become another user, also one who cannot reach the
    binary's path, as long as the file itself may be executed. `environment` is what the worker gets instead of ours.
    Raises `WrongSettings` when the worker refuses its settings, `WorkerStartError` when it cannot be run, ends, or says
    nothing for `start_timeout` seconds (it is killed then), `SchemaError` when the schemas cannot be read.
    """
    arguments = [f"--logLevel={log_level}", *(f"--logTag={tag}" for tag in log_tags)]
    arguments += [f"--rtcMinPort={rtc_min_port}", f"--rtcMaxPort={rtc_max_port}"]
    for option, value in (
        ("dtlsCertificateFile", dtls_certificate_file),
        ("dtlsPrivateKeyFile", dtls_private_key_file),
        ("libwebrtcFieldTrials", libwebrtc_field_trials),
    ):
        if value is not None:
            arguments.append(f"--{option}={value}")
    codec = _codec(os.fspath(schemas))
    variables = {**(os.environ if environment is None else environment), "MEDIASOUP_VERSION": version}
    with _command(binary, wrapper) as (command, hand_over):
        process = _start([*command, *arguments], variables, hand_over)

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


@contextlib.contextmanager
def _command(binary: str | Path, wrapper: Sequence[str]) -> Iterator[tuple[list[str], int | None]]:
    """What to start, and a descriptor for it. Lasts until the block ends, by which the binary must have been executed.

    Behind a wrapper the binary is executed through a link to a descriptor that is open already: whoever the wrapper
    becomes need not be able to reach it by its path, and the process still goes by its name.
    """
    if not wrapper:
        yield [os.fspath(binary)], None
        return
    with contextlib.ExitStack() as stack:
        try:
            descriptor = os.open(binary, os.O_RDONLY | os.O_CLOEXEC)
            stack.callback(os.close, descriptor)
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="mediasoup-"))
            os.chmod(folder, 0o711)
            link = os.path.join(folder, "mediasoup-worker")
            os.symlink(f"/proc/self/fd/{HANDED_OVER}", link)
        except OSError as error:
            raise _cannot_be_run(binary, error) from error
        yield [*wrapper, link], descriptor


def _start(command: Sequence[str], environment: Mapping[str, str], hand_over: int | None) -> WorkerProcess:
    try:
        return WorkerProcess(
            command,
            environment,
            on_output=lambda line: output_logger.debug("%s", line),
            on_error_output=lambda line: output_logger.error("%s", line),
            hand_over=hand_over,
        )
    except OSError as error:
        raise _cannot_be_run(command[0], error) from error


def _cannot_be_run(what: str | Path, error: OSError) -> WorkerStartError:
    return WorkerStartError(f"{what} cannot be run: {error.strerror}")


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
