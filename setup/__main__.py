"""`python3 -m setup run|lint|test|cluster`: bring the checkout to where that make target can start."""

import argparse
import signal
import sys

from . import bundle, debian, environment, node, worker
from .commands import SetupFailed


def main() -> int:
    """Exit code 0 when everything is in place; 1 with the cause and the remedy on standard error."""
    parser = argparse.ArgumentParser(prog="python3 -m setup", description=__doc__)
    parser.add_argument("target", choices=["run", "lint", "test", "cluster"])
    target = parser.parse_args().target
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        _set_up(
            with_worker=target != "lint",
            with_tests=target == "test",
            with_cluster=target == "cluster",
            with_tools=target != "run",
        )
    except SetupFailed as failure:
        print(f"setup: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("setup: interrupted; run it again to go on", file=sys.stderr)
        return 130
    return 0


def _set_up(*, with_worker: bool, with_tests: bool, with_cluster: bool, with_tools: bool) -> None:
    debian.check_python()
    debian.check_node()
    make_worker = with_worker and not worker.is_there()
    debian.ensure(debian.needed_for(worker=make_worker and not worker.is_own(), tests=with_tests, cluster=with_cluster))
    node.ensure_packages()
    environment.ensure_packages(with_tests=with_tools)
    if make_worker:
        worker.make()
    if with_worker:
        bundle.ensure()


if __name__ == "__main__":
    sys.exit(main())
