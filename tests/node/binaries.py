"""Worker binaries that are not there, or not yet."""

from __future__ import annotations

from media.binary import WorkerBinary, WorkerBinaryMissing, locate


class Binary:
    """A worker binary that is missing until it appears."""

    def __init__(self) -> None:
        self.there = False
        self.asked = 0

    def __call__(self) -> WorkerBinary:
        self.asked += 1
        if not self.there:
            raise WorkerBinaryMissing("There is no mediasoup-worker in /some/place.", "Run `make setup`.")
        return locate()
