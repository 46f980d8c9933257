"""`python -m cluster`: start it, say `ready: http://localhost:PORT`, and stop all of it on Ctrl-C."""

import os
import sys
from pathlib import Path

from cluster.errors import CannotStart
from cluster.layout import CHECKOUT, lay_out
from cluster.running import Cluster, interruptible


def main() -> int:
    """Exit code 0 when it was stopped; 1 with the cause and the remedy on standard error."""
    interruptible()
    directory = Path(os.environ.get("KCS_VAR", "") or CHECKOUT / "var").absolute() / "cluster"
    cluster: Cluster | None = None
    try:
        layout = lay_out(directory, int(os.environ.get("PORT", "") or 8000))
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


if __name__ == "__main__":
    sys.exit(main())
