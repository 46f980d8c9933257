"""The event stream on PostgreSQL: the same tests of its tables as on SQLite, in a process of their own."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.live.server import ROOT
from tests.meetings.debian_services import postgresql

# Those that write, read, filter, export or delete rows of it.
OF_THE_STREAM = (
    "tests/trace",
    "tests/meetings/test_attempts_admin.py",
    "tests/meetings/test_purge_events.py",
    "tests/meetings/test_timeline_admin.py",
)


def test_the_stream_on_postgresql() -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--ignore={__file__}", *OF_THE_STREAM]
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
