"""The mediasoup-worker binary; how it is got is media.binary's business."""

import os
import subprocess
import sys

from media.binary import WorkerBinaryMissing, locate
from media.binary.locating import OWN_BINARY_VARIABLE

from .commands import CHECKOUT, SetupFailed, interruptible


def is_there() -> bool:
    """Whether there is a binary that works. Raises SetupFailed where MEDIASOUP_WORKER_BIN names one that does not."""
    try:
        locate()
    except WorkerBinaryMissing as missing:
        # The schemas for a binary of one's own come with the npm packages, which may not be installed yet.
        if is_own() and (CHECKOUT / "node_modules").is_dir():
            raise SetupFailed(str(missing)) from None
        return False
    return True


def is_own() -> bool:
    """Whether MEDIASOUP_WORKER_BIN chooses the binary, so that none is built."""
    return bool(os.environ.get(OWN_BINARY_VARIABLE))


def make() -> None:
    """Get a binary. It says itself how far it is."""
    # A process of its own: it ends its compilers and cleans up when it is interrupted.
    with subprocess.Popen([sys.executable, "-m", "media.binary"], cwd=CHECKOUT, stdout=subprocess.DEVNULL) as process:
        returncode = interruptible(process)
    if returncode != 0:
        raise SetupFailed("there is no mediasoup-worker; the lines above say why and what to do.")
