"""Processes of one session: what supervisord has started, however deep."""

import os
import signal
import time
from pathlib import Path

PATIENCE = 10.0
LOOK_EVERY = 0.1


def end_session(session: int) -> None:
    """End all processes that are left of a session: asked first, killed ten seconds later."""
    for signum in (signal.SIGTERM, signal.SIGKILL):
        for pid in members(session):
            try:
                os.kill(pid, signum)
            except ProcessLookupError:
                continue
        ends = time.monotonic() + PATIENCE
        while members(session):
            if time.monotonic() > ends:
                break
            time.sleep(LOOK_EVERY)
        else:
            return


def members(session: int) -> list[int]:
    """The living processes of a session."""
    return [pid for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if _session_of(pid) == session]


def _session_of(pid: int) -> int | None:
    try:
        state, _, _, session, *_ = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if state == "Z" else int(session)
