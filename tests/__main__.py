"""`python -m tests [arguments of pytest]`: all tests, or those that the arguments choose.

What needs no browser mostly waits for processes to start, stop and notice, and runs side by side. Browsers come after
it, one test at a time: their pictures are timed.
"""

from __future__ import annotations

import os
import subprocess
import sys

NO_TESTS_CHOSEN = 5
SIDE_BY_SIDE = 2 * (os.cpu_count() or 1)

PARTS = (
    ("-m", "not browser", "-n", str(SIDE_BY_SIDE), "--dist", "loadfile"),
    ("-m", "browser"),
)


def main() -> int:
    """Runs the second part also where the first one failed, so that one run tells everything."""
    ended = [
        subprocess.run([sys.executable, "-m", "pytest", *part, *sys.argv[1:]], check=False).returncode for part in PARTS
    ]
    failed = [code for code in ended if code not in (0, NO_TESTS_CHOSEN)]
    if failed:
        return failed[0]
    return NO_TESTS_CHOSEN if all(code == NO_TESTS_CHOSEN for code in ended) else 0


if __name__ == "__main__":
    sys.exit(main())
