"""What comes from the distribution: checked always, installed where this process is root."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from media.binary.pinned import DEBIAN_PACKAGES

from .commands import SetupFailed, run, say
from .environment import VENV

CLUSTER_PACKAGES = ("haproxy", "postgresql", "redis-server")
TEST_PACKAGES = ("chromium", "coturn", "ffmpeg", *CLUSTER_PACKAGES)
COMPILER_PACKAGES = ("g++", "pkg-config", "libsrtp2-dev", "libssl-dev")
"""What the tests of the worker's shim headers compile with, even where the worker itself is in the cache."""
OPEN_RELAY = "coturn"
"""As Debian starts it, it relays for anybody who asks. The tests need the program alone, and start it themselves."""
NO_OPEN_RELAY = ("systemctl", "disable", "--now", OPEN_RELAY)
SYSTEMD = Path("/run/systemd/system")
LEAST_PYTHON = (3, 11)
LEAST_NODE = 20


def check_python() -> None:
    """Raises SetupFailed where this Python is too old."""
    if sys.version_info < LEAST_PYTHON:
        raise SetupFailed(
            f"Python {sys.version.split()[0]} is too old. Run `make PYTHON=python3.11 …` (3.11 or newer)."
        )


def check_node() -> None:
    """Raises SetupFailed where Node or npm is missing or too old."""
    remedy = f"Install Node {LEAST_NODE} or newer with npm, then try again."
    try:
        said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        raise SetupFailed(f"there is no Node. {remedy}") from None
    if int(said.removeprefix("v").split(".")[0]) < LEAST_NODE:
        raise SetupFailed(f"Node {said} is too old. {remedy}")
    if shutil.which("npm") is None:
        raise SetupFailed(f"there is no npm. {remedy}")


def needed_for(*, worker: bool, tests: bool, cluster: bool = False) -> list[str]:
    """Debian's packages that making a worker, running the tests or a cluster, or making .venv takes and that may be
    missing.
    """
    packages = []
    if not (VENV / "bin" / "python").exists() and not _can_make_environments():
        packages += ["python3-venv"]
    if worker:
        packages += DEBIAN_PACKAGES
    if cluster:
        packages += CLUSTER_PACKAGES
    if tests:
        packages += [*TEST_PACKAGES, *COMPILER_PACKAGES]
    return list(dict.fromkeys(packages))


def ensure(packages: list[str]) -> None:
    """Install those packages that are missing. Where this is not root, says the one command to run and gives up."""
    if not packages:
        return
    if shutil.which("dpkg-query") is None or shutil.which("apt-get") is None:
        say(f"this is no Debian: make sure that there is what Debian calls {', '.join(packages)}")
        return
    missing = [name for name in packages if not _installed(name)]
    if not missing:
        return
    if os.geteuid() != 0:
        raise SetupFailed(
            "some packages of the distribution are missing. Run this once, then the same make command again:\n\n"
            f"    sudo apt-get update && sudo apt-get install -y --no-install-recommends {' '.join(missing)}\n"
            + (f"    sudo {' '.join(NO_OPEN_RELAY)}\n" if OPEN_RELAY in missing else "")
        )
    _install(missing)
    if OPEN_RELAY in missing and SYSTEMD.is_dir():
        run(f"keeping Debian's {OPEN_RELAY} from running", NO_OPEN_RELAY, remedy="Stop it by hand: it is open.")


def _install(missing: list[str]) -> None:
    install = ["apt-get", "-o", "DPkg::Lock::Timeout=300", "install", "-y", "--no-install-recommends", *missing]
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    what = f"installing Debian packages ({', '.join(missing)})"
    # Lists that were never fetched, or are out of date, are the usual reason for a refusal: only then fetch them.
    if subprocess.run([*install, "--print-uris"], capture_output=True).returncode != 0:
        run("fetching Debian's package lists", ["apt-get", "update"], remedy="Check the network, then try again.")
    try:
        run(what, install, remedy="", environment=quiet)
    except SetupFailed:
        run("fetching Debian's package lists", ["apt-get", "update"], remedy="Check the network, then try again.")
        run(what, install, remedy="Mend what apt-get says above, then try again.", environment=quiet)


def _installed(name: str) -> bool:
    asked = subprocess.run(["dpkg-query", "-W", "-f", "${db:Status-Status}", name], capture_output=True, text=True)
    return asked.returncode == 0 and asked.stdout.startswith("installed")


def _can_make_environments() -> bool:
    """Debian splits ensurepip, without which no virtual environment gets pip, off into python3-venv."""
    return subprocess.run([sys.executable, "-c", "import ensurepip, venv"], capture_output=True).returncode == 0
