"""Where the cluster keeps its files, and on which ports of the loopback its parts listen."""

import os
import secrets
import socket
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from cluster.errors import CannotStart

CHECKOUT = Path(__file__).resolve().parents[1]
HOST = "127.0.0.1"
MEDIA_NODES = ("media-1", "media-2")
WEB_PROCESSES = ("web-1", "web-2")


@dataclass(frozen=True)
class Layout:
    """`port` is the one for people; the others were free a moment ago."""

    directory: Path
    port: int
    postgresql: int
    redis: int
    web: dict[str, int]
    media: dict[str, int]

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def logs(self) -> Path:
        return self.directory / "logs"

    def secret(self, name: str) -> str:
        """A secret that is made once and kept in a file of this name, for this user only."""
        path = self.directory / name
        if not path.exists():
            write_private(path, secrets.token_urlsafe(32))
        return path.read_text()


def lay_out(directory: Path, port: int) -> Layout:
    """A layout below `directory`, which is made. Raises `CannotStart` when `port` is taken."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    (directory / "logs").mkdir(exist_ok=True)
    with ExitStack() as taken:
        _take(taken, port, f"port {port} is in use: choose another one with PORT=…")
        ports = iter([_take(taken, 0, "no port is free") for _ in range(6)])
        return Layout(
            directory=directory,
            port=port,
            postgresql=next(ports),
            redis=next(ports),
            web={name: next(ports) for name in WEB_PROCESSES},
            media={name: next(ports) for name in MEDIA_NODES},
        )


def write_private(path: Path, text: str) -> None:
    """Write a file that only this user may read."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)


def _take(taken: ExitStack, port: int, refusal: str) -> int:
    # Held together until all are chosen, so that they differ.
    try:
        listener = taken.enter_context(socket.socket())
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
    except OSError:
        raise CannotStart(refusal) from None
    chosen: int = listener.getsockname()[1]
    return chosen
