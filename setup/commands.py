"""Running the commands that set-up consists of: quiet while they work, all they said when they fail."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
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
        interruptible(process, lambda: say(f"{what} … {time.monotonic() - began:.0f} s"))
        if process.returncode != 0:
            output.seek(0)
            lines = output.read().decode(errors="replace").splitlines()[-FAILURE_LINES:]
            print("\n".join(f"    {line}" for line in lines), file=sys.stderr)
            raise SetupFailed(f"{what} failed (`{' '.join(command[:6])}`, exit code {process.returncode}). {remedy}")
    say(f"{what}: done in {time.monotonic() - began:.0f} s")


def interruptible(process: "subprocess.Popen[bytes]", sign_of_life: Callable[[], None] = lambda: None) -> int:
    """Wait for the process, with a sign of life every 15 s; where this process is interrupted, so is that one."""
    try:
        while True:
            try:
                return process.wait(SIGN_OF_LIFE_SECONDS)
            except subprocess.TimeoutExpired:
                sign_of_life()
    except KeyboardInterrupt:
        process.terminate()
        process.wait()
        raise
