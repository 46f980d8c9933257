"""Child processes: started, listened to, ended, reaped, whatever they do."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from media.mediasoup.process import ExitStatus, WorkerProcess

LIMIT = 10.0

Start = Callable[..., WorkerProcess]


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    """Starts Python with some code, and leaves nothing running."""
    started: list[WorkerProcess] = []

    def start(code: str, output: list[str] | None = None, errors: list[str] | None = None) -> WorkerProcess:
        process = WorkerProcess(
            [sys.executable, "-S", "-c", code],
            os.environ,
            on_output=print if output is None else output.append,
            on_error_output=print if errors is None else errors.append,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        await ended(process)
        process.down.close()
        process.up.close()


async def ended(process: WorkerProcess) -> ExitStatus:
    async with asyncio.timeout(LIMIT):
        return await asyncio.shield(process.exited)


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


async def test_exit_code(start: Start) -> None:
    process = start("raise SystemExit(42)")
    assert await ended(process) == ExitStatus(42, None)
    assert is_gone(process.pid)


async def test_killed(start: Start) -> None:
    process = start("import signal; signal.pause()")
    process.kill()
    assert await ended(process) == ExitStatus(None, signal.SIGKILL)


async def test_descriptors_3_and_4(start: Start) -> None:
    process = start("import os; os.write(4, os.read(3, 100)[::-1])")
    loop = asyncio.get_running_loop()
    process.down.setblocking(False)
    process.up.setblocking(False)
    async with asyncio.timeout(LIMIT):
        await loop.sock_sendall(process.down, b"hello")
        assert await loop.sock_recv(process.up, 100) == b"olleh"
        assert await loop.sock_recv(process.up, 100) == b""
    assert await ended(process) == ExitStatus(0, None)


async def test_nothing_else_is_inherited(start: Start) -> None:
    output: list[str] = []
    others = [os.dup(0) for _ in range(20)]
    for descriptor in others:
        os.set_inheritable(descriptor, False)
    process = start("import os; print(sorted(int(n) for n in os.listdir('/proc/self/fd'))[:6])", output)
    await ended(process)
    for descriptor in others:
        os.close(descriptor)
    # The last is that of the listing itself.
    assert output == ["[0, 1, 2, 3, 4, 5]"]


async def test_output_by_lines(start: Start) -> None:
    output: list[str] = []
    errors: list[str] = []
    code = (
        "import os; os.write(1, b'one\\n\\ntw'); os.write(1, b'o\\n'); os.write(2, b'bad \\xff byte\\n');"
        "os.write(1, b'x' * 100_000 + b'\\nunfinished')"
    )
    process = start(code, output, errors)
    await ended(process)
    assert output[:2] == ["one", "two"]
    assert output[-1] == "unfinished"
    assert "".join(output[2:-1]) == "x" * 100_000
    assert errors == ["bad � byte"]
    assert list(process.last_errors) == errors


async def test_grandchild_that_holds_the_output_open(start: Start) -> None:
    output: list[str] = []
    code = "import os, signal\nchild = os.fork()\nif not child: signal.pause()\nprint(child, flush=True)\nos._exit(7)\n"
    process = start(code, output)
    assert await ended(process) == ExitStatus(7, None)
    os.kill(int(output[0]), signal.SIGKILL)


async def test_end_waits_then_terminates(start: Start) -> None:
    process = start("import signal; signal.pause()")
    process.end(patience=0.05)
    process.end(patience=0.05)
    assert await ended(process) == ExitStatus(None, signal.SIGTERM)


async def test_end_kills_what_ignores_sigterm(start: Start) -> None:
    output: list[str] = []
    process = start(
        "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True)\n"
        "while True: signal.pause()",
        output,
    )
    async with asyncio.timeout(LIMIT):
        while not output:  # noqa: ASYNC110  a list has no event
            await asyncio.sleep(0.01)
    process.end(patience=0.05)
    assert await ended(process) == ExitStatus(None, signal.SIGKILL)


async def test_reaped_by_somebody_else(start: Start) -> None:
    process = start("import signal; signal.pause()")
    os.kill(process.pid, signal.SIGKILL)
    os.waitpid(process.pid, 0)  # noqa: ASYNC222  the loop must not get to it first
    assert await ended(process) == ExitStatus(None, None)


async def test_without_pidfd(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    def not_here(pid: int) -> int:
        raise OSError("not implemented")

    monkeypatch.setattr(os, "pidfd_open", not_here)
    process = start("raise SystemExit(5)")
    assert await ended(process) == ExitStatus(5, None)
    assert is_gone(process.pid)


async def test_ctrl_c_in_the_terminal_does_not_reach_it(start: Start) -> None:
    process = start("import signal; signal.pause()")
    assert os.getpgid(process.pid) == process.pid != os.getpgrp()


async def test_signals_are_as_in_a_fresh_process() -> None:
    output: list[str] = []
    # Python would install its own SIGINT handler: ask the kernel, before there is a Python.
    read = "while read name value; do case $name in SigIgn:|SigBlk:) echo $value;; esac; done < /proc/self/status"
    process = WorkerProcess(["/bin/sh", "-c", read], {}, on_output=output.append, on_error_output=print)
    await ended(process)
    blocked, ignored = (int(mask, 16) for mask in output)
    assert blocked == 0
    assert not ignored & (1 << signal.SIGPIPE - 1 | 1 << signal.SIGINT - 1 | 1 << signal.SIGTERM - 1)
    process.down.close()
    process.up.close()


@pytest.mark.parametrize("path", ["/nowhere/at/all", "not executable", "not a program"])
async def test_what_cannot_be_run_leaves_no_descriptors(path: str, tmp_path: Path) -> None:
    if path.startswith("not"):
        file = tmp_path / "file"
        file.write_bytes(b"\x00\x01 no program")
        file.chmod(0o644 if path == "not executable" else 0o755)
        path = str(file)
    before = os.listdir("/proc/self/fd")
    with pytest.raises(OSError, match=r"No such file|Permission denied|Exec format error"):
        WorkerProcess([path], {}, on_output=print, on_error_output=print)
    assert os.listdir("/proc/self/fd") == before


async def test_descriptors_are_all_closed_in_the_end(start: Start) -> None:
    before = len(os.listdir("/proc/self/fd"))
    process = start("pass")
    await ended(process)
    process.down.close()
    process.up.close()
    assert len(os.listdir("/proc/self/fd")) == before
