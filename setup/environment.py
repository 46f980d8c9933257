"""The virtual environment in .venv/, with exactly the pinned packages."""

import platform
import sys
from pathlib import Path

from . import stamp
from .commands import CHECKOUT, run

VENV = CHECKOUT / ".venv"
RUNTIME = "requirements.txt"
WITH_TESTS = "requirements-dev.txt"


def ensure_packages(*, with_tests: bool) -> None:
    """Make .venv/ where there is none, and install what the pinned requirements say where they changed."""
    wanted = {name: _digest(name) for name in (RUNTIME, WITH_TESTS)}
    name = WITH_TESTS if with_tests else RUNTIME
    if stamp.is_current(_stamp(name), wanted[name]):
        return
    python = VENV / "bin" / "python"
    if not python.exists():
        run(
            "making .venv",
            [sys.executable, "-m", "venv", "--clear", str(VENV)],
            remedy="Remove .venv/ and try again; on Debian, python3-venv must be installed.",
        )
    run(
        f"installing the Python packages of {name}",
        [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-input", "-r", name],
        remedy="Check the network, then try again; `make clean` starts afresh.",
    )
    stamp.write(_stamp(name), wanted[name])
    if with_tests:
        # It includes the other one.
        stamp.write(_stamp(RUNTIME), wanted[RUNTIME])


def _stamp(name: str) -> Path:
    return VENV / f".{name}.stamp"


def _digest(name: str) -> str:
    files = [CHECKOUT / RUNTIME] if name == RUNTIME else [CHECKOUT / RUNTIME, CHECKOUT / WITH_TESTS]
    # A virtual environment does not survive a move, nor another Python.
    return stamp.digest(files, str(VENV), platform.python_version())
