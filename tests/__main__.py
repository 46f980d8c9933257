"""`python -m tests [arguments of pytest]`: all tests, or those that the arguments choose.

Most of them wait for processes to start, stop and notice, and run side by side, more of them than there are cores.
Those that judge pictures and sound have a core each, and so have browsers that are patient. The other browsers come
last, one test at a time: their pictures are timed.
"""

from __future__ import annotations

import os
import subprocess
import sys

NO_TESTS_CHOSEN = 5
CORES = os.cpu_count() or 1

PARTS = (
    ("-m", "not browser and not patient and not media", "-n", str(2 * CORES), "--dist", "loadfile"),
    ("-m", "media", "-n", str(CORES), "--dist", "loadfile"),
    ("-m", "patient", "-n", str(CORES), "--dist", "loadfile", "--durations", "12"),
    ("-m", "browser", "--durations", "12"),
)


def main() -> int:
    """Runs each part also where one before it failed, so that one run tells everything."""
    ended = [
        subprocess.run([sys.executable, "-m", "pytest", *part, *sys.argv[1:]], check=False).returncode for part in PARTS
    ]
    failed = [code for code in ended if code not in (0, NO_TESTS_CHOSEN)]
    if failed:
        return failed[0]
    return NO_TESTS_CHOSEN if all(code == NO_TESTS_CHOSEN for code in ended) else 0


if __name__ == "__main__":
    sys.exit(main())
