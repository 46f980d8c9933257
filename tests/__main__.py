"""`python -m tests [arguments of pytest]`: all tests, or those that the arguments choose.

Most of them wait for processes to start, stop and notice, and run side by side, more of them than there are cores.
Those that judge pictures and sound have a core each, and so have browsers that are patient. The other browsers come
last, one test at a time: their pictures are timed.

A few that failed are tried once more, alone, and their names are printed: a machine that is too busy for a moment must
not be taken for a defect, nor be kept quiet about. What fails alone too, or is more than a few, has failed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

FAILED, NO_TESTS_CHOSEN = 1, 5
CORES = os.cpu_count() or 1
# More than these are no accident.
A_FEW = 6

# In the order in which they were collected: long ones first. By itself the plugin starts with those of many tests.
SIDE_BY_SIDE = ("--dist", "loadfile", "--no-loadscope-reorder")

PARTS = (
    ("-m", "not browser and not patient and not media", "-n", str(2 * CORES), *SIDE_BY_SIDE),
    ("-m", "media", "-n", str(CORES), *SIDE_BY_SIDE),
    ("-m", "patient", "-n", str(CORES), *SIDE_BY_SIDE, "--durations", "12"),
    ("-m", "browser", "--durations", "12"),
)


def main() -> int:
    """Runs each part also where one before it failed, so that one run tells everything."""
    with tempfile.TemporaryDirectory(prefix="kcs-tests-") as memory:
        ended = [run(memory, *part) for part in PARTS]
        failed = [code for code in ended if code not in (0, NO_TESTS_CHOSEN)]
        if failed:
            return once_more(memory) if set(failed) == {FAILED} else failed[0]
    return NO_TESTS_CHOSEN if all(code == NO_TESTS_CHOSEN for code in ended) else 0


def once_more(memory: str) -> int:
    """Run what failed again, one test at a time."""
    names = json.loads((Path(memory) / "v" / "cache" / "lastfailed").read_text())
    print(f"\ntests: {len(names)} failed:", *names, sep="\n  ", flush=True)
    if len(names) > A_FEW:
        return FAILED
    print("tests: they run once more, alone", flush=True)
    return run(memory, "--last-failed", "--last-failed-no-failures", "none", "-v")


def run(memory: str, *part: str) -> int:
    """A run of pytest that remembers in `memory` what failed."""
    command = [sys.executable, "-m", "pytest", "-o", f"cache_dir={memory}", *part, *sys.argv[1:]]
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
