"""Where the `mediasoup-worker` binary comes from. Runs with the standard library alone.

`locate()` finds a binary that is there already and is what servers call; `obtain()`, which `python3 -m media.binary`
runs, also downloads or builds one. Both raise WorkerBinaryMissing, whose text names the cause and the remedy.
"""

from .errors import WorkerBinaryMissing
from .locating import WorkerBinary, locate, obtain

__all__ = ["WorkerBinary", "WorkerBinaryMissing", "locate", "obtain"]
