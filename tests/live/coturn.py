"""A real TURN server, coturn from Debian's package, on loopback for a test and gone after it."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.live.server import free_port
from tests.live.waiting import eventually_blocking


@dataclass(frozen=True)
class Coturn:
    """`url` is for TURN_URLS; `log` is where the server says what it does."""

    port: int
    secret: str
    log_path: Path

    @property
    def url(self) -> str:
        return f"turn:127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return self.log_path.read_text(errors="replace")


@contextmanager
def coturn(secret: str, *, denied: str = "") -> Iterator[Coturn]:
    """Takes whoever has credentials under `secret`, and relays to loopback, where the tests' media listen; but not to
    the address `denied`.
    """
    program = shutil.which("turnserver")
    assert program, "coturn is not installed; `make test` installs it, or tells how"
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="kcs-coturn-") as directory:
        server = Coturn(port, secret, Path(directory) / "coturn.log")
        options = {
            "listening-ip": "127.0.0.1",
            "listening-port": str(port),
            "relay-ip": "127.0.0.1",
            "realm": "kcs-meet.test",
            "static-auth-secret": secret,
            "userdb": f"{directory}/turndb",
            "pidfile": f"{directory}/pid",
            "log-file": "stdout",
            "simple-log": "",
            "verbose": "",
            "use-auth-secret": "",
            "allow-loopback-peers": "",
            "no-cli": "",
            "no-tls": "",
            "no-dtls": "",
            **({"denied-peer-ip": denied} if denied else {}),
        }
        configuration = Path(directory) / "turnserver.conf"
        lines = (f"{name}={value}" if value else name for name, value in options.items())
        configuration.write_text("\n".join(lines) + "\n")
        with server.log_path.open("wb") as log:
            process = subprocess.Popen([program, "-c", configuration], stdout=log, stderr=log, cwd=directory)
        try:
            eventually_blocking("coturn listens", lambda: _listens(port))
            yield server
        finally:
            process.terminate()
            process.wait(10)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
