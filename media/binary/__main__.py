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
    signal.signal(signal.SIGINT, _stop_once)
    signal.signal(signal.SIGTERM, _stop_once)
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


def _stop_once(number: int, frame: FrameType | None) -> None:
    # A Ctrl-C comes from the terminal and once more from the parent process: the second must not cut cleaning up short.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
