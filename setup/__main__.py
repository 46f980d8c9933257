"""`python3 -m setup run|lint|test`: bring the checkout to where that make target can start."""

import argparse
import os
import subprocess
import sys

from . import bundle, debian, environment, node
from .commands import CHECKOUT, SetupFailed


def main() -> int:
    """Exit code 0 when everything is in place; 1 with the cause and the remedy on standard error."""
    parser = argparse.ArgumentParser(prog="python3 -m setup", description=__doc__)
    parser.add_argument("target", choices=["run", "lint", "test"])
    target = parser.parse_args().target
    try:
        debian.check_python()
        debian.check_node()
        debian.ensure(debian.needed_for(target))
        node.ensure_packages()
        environment.ensure_packages(with_tests=target != "run")
        if target != "lint":
            _ensure_worker()
            bundle.ensure()
    except SetupFailed as failure:
        print(f"setup: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("setup: interrupted; run it again to go on", file=sys.stderr)
        return 130
    return 0


def _ensure_worker() -> None:
    # A process of its own: what it prints is meant for people, and it cleans up behind itself when interrupted.
    done = subprocess.run([sys.executable, "-m", "media.binary"], cwd=CHECKOUT, stdout=subprocess.PIPE, env=os.environ)
    if done.returncode == 130:
        raise KeyboardInterrupt
    if done.returncode != 0:
        raise SetupFailed("there is no mediasoup-worker; the lines above say why and what to do.")


if __name__ == "__main__":
    sys.exit(main())
