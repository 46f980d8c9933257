"""One worker process: started with its two pipe ends, its output logged, its end noticed, nothing left behind."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import signal
import socket
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from media.mediasoup.process_output import OutputLines

# A worker that was told to end gets this many seconds before SIGTERM, and as many again before SIGKILL.
PATIENCE = 1.0

_REMEMBERED_LINES = 10
HANDED_OVER = 5
"""The number under which the child finds the descriptor that is handed over to it."""

_OUT_OF_THE_WAY = 10  # above the descriptors that the child gets, so that putting them in place overwrites none


class ExitStatus(NamedTuple):
    """How a process ended: by itself with `exit_code`, or by `signal`. Both are None if somebody else reaped it."""

    exit_code: int | None
    signal: int | None


class WorkerProcess:
    """A running child process. It is reaped without SIGCHLD, so it gets along with whoever else has children here.

    `exited` is settled with its `ExitStatus` when it is gone and has been reaped. The process has a process group of
    its own: a Ctrl-C in the terminal does not end it before those who use it have said goodbye.
    """

    def __init__(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        *,
        on_output: Callable[[str], None],
        on_error_output: Callable[[str], None],
        hand_over: int | None = None,
    ) -> None:
        """Start it. `on_output` and `on_error_output` get its lines. Raises OSError when the file cannot be run.

        `hand_over` is a descriptor that the child gets too, as number 5; it stays the caller's.
        """
        self._loop = asyncio.get_running_loop()
        self.exited: asyncio.Future[ExitStatus] = self._loop.create_future()
        self.last_errors: deque[str] = deque(maxlen=_REMEMBERED_LINES)
        self._timer: asyncio.TimerHandle | None = None
        self._pidfd: int | None = None
        with contextlib.ExitStack() as ours, contextlib.ExitStack() as theirs:
            self.down, child_down = _socket_pair(ours, theirs)
            self.up, child_up = _socket_pair(ours, theirs)
            output, child_output = _pipe(ours, theirs)
            error_output, child_error_output = _pipe(ours, theirs)
            descriptors = [(child_output, 1), (child_error_output, 2), (child_down, 3), (child_up, 4)]
            if hand_over is not None:
                descriptors.append((_duplicate(hand_over, theirs), HANDED_OVER))
            self.pid = _spawn(arguments, environment, descriptors)
            ours.pop_all()

        def remember(line: str) -> None:
            self.last_errors.append(line)
            on_error_output(line)

        # Kept open while the process lives: it may still answer when nobody reads any more, and would complain.
        self._up_kept = self.up.dup()
        self._outputs = [OutputLines(self._loop, output, on_output), OutputLines(self._loop, error_output, remember)]
        self._watch()

    def end(self, patience: float = PATIENCE) -> None:
        """See to it that it ends: wait `patience` seconds, SIGTERM, wait as long again, SIGKILL."""
        if self._timer is None and not self.exited.done():
            self._timer = self._loop.call_later(patience, self._terminate, patience)

    def kill(self) -> None:
        """End it at once."""
        self._signal(signal.SIGKILL)

    def _terminate(self, patience: float) -> None:
        self._signal(signal.SIGTERM)
        self._timer = self._loop.call_later(patience, self.kill)

    def _signal(self, number: signal.Signals) -> None:
        # Only we reap it, and `exited` is settled when we have: its pid cannot be another's here.
        if not self.exited.done():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def _watch(self) -> None:
        try:
            self._pidfd = os.pidfd_open(self.pid)
        except OSError:  # a kernel without them
            threading.Thread(target=self._wait_in_thread, name=f"wait-{self.pid}", daemon=True).start()
        else:
            self._loop.add_reader(self._pidfd, self._on_pidfd)

    def _on_pidfd(self) -> None:
        assert self._pidfd is not None
        self._loop.remove_reader(self._pidfd)
        os.close(self._pidfd)
        self._pidfd = None
        self._reap()

    def _wait_in_thread(self) -> None:
        with contextlib.suppress(ChildProcessError):
            os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)
        with contextlib.suppress(RuntimeError):  # the loop was closed meanwhile: nobody is left to be told
            self._loop.call_soon_threadsafe(self._reap)

    def _reap(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._up_kept.close()
        for output in self._outputs:
            output.finish()
        if not self.exited.done():
            self.exited.set_result(_exit_status(self.pid))


def _socket_pair(ours: contextlib.ExitStack, theirs: contextlib.ExitStack) -> tuple[socket.socket, int]:
    near, far = socket.socketpair()
    ours.callback(near.close)
    return near, _moved(far.detach(), theirs)


def _pipe(ours: contextlib.ExitStack, theirs: contextlib.ExitStack) -> tuple[int, int]:
    near, far = os.pipe()
    ours.callback(os.close, near)
    return near, _moved(far, theirs)


def _moved(descriptor: int, theirs: contextlib.ExitStack) -> int:
    try:
        return _duplicate(descriptor, theirs)
    finally:
        os.close(descriptor)


def _duplicate(descriptor: int, theirs: contextlib.ExitStack) -> int:
    duplicate = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, _OUT_OF_THE_WAY)
    theirs.callback(os.close, duplicate)
    return duplicate


def _spawn(arguments: Sequence[str], environment: Mapping[str, str], descriptors: Sequence[tuple[int, int]]) -> int:
    """`descriptors` are pairs of one of ours and the number that the child has it under."""
    return os.posix_spawn(
        arguments[0],
        list(arguments),
        environment,
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            *((os.POSIX_SPAWN_DUP2, ours, theirs) for ours, theirs in descriptors),
        ],
        setpgroup=0,
        setsigmask=(),
        # Python ignores SIGPIPE, and what is ignored stays so across exec; a supervisor may have ignored the others.
        setsigdef=(signal.SIGPIPE, signal.SIGINT, signal.SIGTERM, signal.SIGHUP),
    )


def _exit_status(pid: int) -> ExitStatus:
    try:
        _, status = os.waitpid(pid, 0)
    except ChildProcessError:
        return ExitStatus(None, None)
    if os.WIFSIGNALED(status):
        return ExitStatus(None, os.WTERMSIG(status))
    return ExitStatus(os.WEXITSTATUS(status), None)
