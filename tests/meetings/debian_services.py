"""Redis and PostgreSQL from Debian's packages, started for a test on free ports and gone after it."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.live.server import free_port
from tests.live.waiting import eventually_blocking

# PostgreSQL refuses to run as root.
UNPRIVILEGED = "nobody"


@contextmanager
def redis() -> Iterator[str]:
    """The URL of an empty Redis."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="kcs-redis-") as directory:
        command = [
            _program("redis-server"),
            "--port",
            str(port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--dir",
            directory,
        ]
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            eventually_blocking("Redis listens", lambda: _listens(port))
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.terminate()
            server.wait(10)


@contextmanager
def postgresql(**settings: str) -> Iterator[str]:
    """The URL of an empty PostgreSQL database, under a server with these settings."""
    port = free_port()
    programs = Path(_program("initdb")).resolve().parent
    with tempfile.TemporaryDirectory(prefix="kcs-postgresql-") as directory:
        user = None
        if os.geteuid() == 0:
            user = UNPRIVILEGED
            account = pwd.getpwnam(user)
            os.chown(directory, account.pw_uid, account.pw_gid)
        data = f"{directory}/data"
        initialize = [f"{programs}/initdb", "-D", data, "-U", "kcs", "-A", "trust", "--no-sync"]
        subprocess.run(initialize, user=user, check=True, stdout=subprocess.DEVNULL, cwd=directory)
        settings |= {"fsync": "off", "unix_socket_directories": directory}
        chosen = [option for name, value in settings.items() for option in ("-c", f"{name}={value}")]
        command = [f"{programs}/postgres", "-D", data, "-h", "127.0.0.1", "-p", str(port), *chosen]
        server = subprocess.Popen(command, user=user, stderr=subprocess.DEVNULL, cwd=directory)
        try:
            eventually_blocking("PostgreSQL listens", lambda: _listens(port), within=20)
            yield f"postgresql://kcs@127.0.0.1:{port}/postgres"
        finally:
            server.terminate()
            server.wait(20)


def _program(name: str) -> str:
    found = shutil.which(name) or next(map(str, Path("/usr/lib/postgresql").glob(f"*/bin/{name}")), None)
    assert found, f"{name} is not installed; `make test` installs it, or tells how"
    return found


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
