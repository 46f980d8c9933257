"""Taking the CPU away from processes, as a machine does that has too much else to do.

They are stopped and let go on by turns, each shorter than the time between two pictures: to them that is a slow CPU.
(In longer turns packets wait for each other, and a browser takes that for a narrow network.)
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

RUNS, WAITS = 0.002, 0.032


@contextmanager
def starved(pids: Iterable[int]) -> Iterator[None]:
    """Meanwhile, these processes have the CPU for less than a tenth of the time."""
    # Turns as short as these are kept by nobody who has anything else to do.
    command = [sys.executable, __file__, *map(str, pids)]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as turns:
        assert turns.stdin is not None
        try:
            yield
        finally:
            turns.stdin.close()
    assert turns.returncode == 0


def _take_turns(pids: list[int]) -> None:
    """Until nobody holds the other end of our input any more, so that no process stays stopped whatever happens."""
    try:
        while not _is_over_in(WAITS, pids, signal.SIGSTOP) and not _is_over_in(RUNS, pids, signal.SIGCONT):
            pass
    finally:
        _tell(pids, signal.SIGCONT)


def _is_over_in(seconds: float, pids: list[int], what: signal.Signals) -> bool:
    _tell(pids, what)
    return bool(select.select([sys.stdin], [], [], seconds)[0])


def _tell(pids: list[int], what: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, what)


if __name__ == "__main__":
    _take_turns([int(pid) for pid in sys.argv[1:]])
