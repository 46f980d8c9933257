"""`python3 -m media.binary` gets the worker binary and prints where it is; `--locate` only looks for it."""

import argparse
import signal
import sys
from types import FrameType

from . import WorkerBinaryMissing, locate, obtain
from .pinned import VERSION
from .progress import Progress


def main() -> int:
    """Prints the path on standard output, progress and failures on standard error."""
    parser = argparse.ArgumentParser(prog="python3 -m media.binary", description=__doc__)
    parser.add_argument("--locate", action="store_true", help="only look, get nothing")
    progress = Progress("mediasoup-worker " + VERSION)
    stop_once = _StopOnce()
    signal.signal(signal.SIGINT, stop_once)
    signal.signal(signal.SIGTERM, stop_once)
    try:
        found = locate() if parser.parse_args().locate else obtain(progress)
    except WorkerBinaryMissing as missing:
        progress.end_line()
        print(missing, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        progress.end_line()
        print("Interrupted; nothing half-made was left.", file=sys.stderr)
        return 130
    print(found.path)
    return 0


class _StopOnce:
    """Answers the first signal with KeyboardInterrupt and the others with nothing.

    A Ctrl-C comes from the terminal and once more from the parent process: the second must not cut cleaning up short.
    """

    def __init__(self) -> None:
        self._stopped = False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        if not self._stopped:
            self._stopped = True
            raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
