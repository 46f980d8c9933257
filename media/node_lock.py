"""What makes sure that one process runs the node of a socket, and one node has a name."""

import fcntl
import os
from pathlib import Path


class NodeLockHeld(Exception):
    """Another process runs the node; `pid` is its process id where that could be read."""

    def __init__(self, path: Path, pid: int | None) -> None:
        super().__init__(path, pid)
        self.path = path
        self.pid = pid

    def __str__(self) -> str:
        who = f"process {self.pid}" if self.pid is not None else "another process"
        return f"A media node is already run by {who}, which holds {self.path}."


class NameTaken(Exception):
    """Another node of this name is alive. The text says which, and what helps."""

    def __init__(self, name: str, host: str, address: str) -> None:
        super().__init__(name, host, address)
        self.name, self.host, self.address = name, host, address

    def __str__(self) -> str:
        return (
            f'A media node named "{self.name}" runs already, on {self.host} at {self.address}: give this one another '
            "name with MEDIA_NODE_NAME."
        )


class NodeLock:
    """An exclusive lock on a file, held until `release` or the death of the process, whichever comes first.

    The file stays: removing it would let two processes lock two files of one name.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    @classmethod
    def acquire(cls, path: Path) -> "NodeLock":
        """Take the lock without waiting. Raises `NodeLockHeld`, or OSError when the directory cannot be written."""
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid = _read_pid(descriptor)
            os.close(descriptor)
            raise NodeLockHeld(path, pid) from None
        try:
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        except OSError:
            os.close(descriptor)
            raise
        return cls(descriptor)

    def release(self) -> None:
        """Give the lock back. Idempotent."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.ftruncate(descriptor, 0)
            os.close(descriptor)


def _read_pid(descriptor: int) -> int | None:
    text = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip()
    return int(text) if text.isdigit() else None
