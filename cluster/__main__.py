"""`python -m cluster`: start it, say `ready: http://localhost:PORT`, and stop all of it on Ctrl-C."""

import fcntl
import os
import signal
import sys
from pathlib import Path

from cluster.errors import CannotStart
from cluster.layout import CHECKOUT, lay_out
from cluster.running import Cluster


def main() -> int:
    """Exit code 0 when it was stopped; 1 with the cause and the remedy on standard error."""
    # All of them mean: stop. A script's background job starts with SIGINT ignored.
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, signal.default_int_handler)
    directory = Path(os.environ.get("KCS_VAR", "") or CHECKOUT / "var").absolute() / "cluster"
    cluster: Cluster | None = None
    try:
        layout = lay_out(directory, int(os.environ.get("PORT", "") or 8000))
        only_one_in(directory)
        cluster = Cluster(layout)
        print(f"cluster: starting; its files and logs are in {directory}", flush=True)
        cluster.start()
        print(f"ready: {layout.url}", flush=True)
        cluster.wait()
    except CannotStart as reason:
        print(f"cluster: {reason}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("cluster: stopping", flush=True)
    finally:
        if cluster is not None:
            cluster.stop()
    return 0


def only_one_in(directory: Path) -> None:
    """Hold the directory as long as this process lives. Raises `CannotStart` when another one does."""
    lock = os.open(directory / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise CannotStart(f"another one runs in {directory}: stop it, or set KCS_VAR to another directory.") from None


if __name__ == "__main__":
    sys.exit(main())
