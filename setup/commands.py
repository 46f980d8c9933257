"""Running the commands that set-up consists of: quiet while they work, all they said when they fail."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
SIGN_OF_LIFE_SECONDS = 15.0
FAILURE_LINES = 40


class SetupFailed(Exception):
    """Set-up cannot go on. The text names the cause and the remedy."""


def say(text: str) -> None:
    """One line for the person who waits."""
    print(f"setup: {text}", flush=True)


def run(what: str, command: Sequence[str], *, remedy: str, environment: dict[str, str] | None = None) -> None:
    """Run a long command in the checkout. Says `what` now, again every 15 s, and when it is done, with the time taken.

    Raises SetupFailed with the command's last lines and `remedy`.
    """
    say(f"{what} …")
    began = time.monotonic()
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            command,
            cwd=CHECKOUT,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            while not _ended(process):
                say(f"{what} … {time.monotonic() - began:.0f} s")
        except KeyboardInterrupt:
            process.terminate()
            process.wait()
            raise
        if process.returncode != 0:
            output.seek(0)
            lines = output.read().decode(errors="replace").splitlines()[-FAILURE_LINES:]
            print("\n".join(f"    {line}" for line in lines), file=sys.stderr)
            raise SetupFailed(f"{what} failed (`{' '.join(command[:6])}`, exit code {process.returncode}). {remedy}")
    say(f"{what}: done in {time.monotonic() - began:.0f} s")


def _ended(process: "subprocess.Popen[bytes]") -> bool:
    try:
        process.wait(SIGN_OF_LIFE_SECONDS)
    except subprocess.TimeoutExpired:
        return False
    return True
