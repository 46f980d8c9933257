"""The event stream on PostgreSQL: the same tests of its tables as on SQLite, in a process of their own."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.live.server import ROOT
from tests.meetings.debian_services import postgresql

pytestmark = pytest.mark.long

# Those that write, read, filter, export or delete rows of it, without those that take the time or never get to a row:
# emptying all tables after each takes longer than with SQLite.
OF_THE_STREAM = (
    "tests/trace/test_an_attempt.py",
    "tests/trace/test_writing_down.py",
    "tests/meetings/test_attempts_admin.py",
    "tests/meetings/test_purge_events.py",
    "tests/meetings/test_timeline_admin.py",
    *("-k", "not within_a_second and not in_a_moment and not refused"),
)


def test_the_stream_on_postgresql() -> None:
    # The server goes as a whole: nobody waits for its connections to close so that tables can be dropped.
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--reuse-db", *OF_THE_STREAM]
    with postgresql() as url:
        told = subprocess.run(
            command,
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": url},
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
    assert told.returncode == 0, told.stdout[-6000:]
