"""The ASGI application does not depend on which server runs it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from meetings.bot.site import Site
from tests.live.server import FOREIGN, ROOT, children_of, free_port, wait_until_gone
from tests.live.waiting import eventually
from tests.meetings.two_people import two_people_meet

GRACE = 3.0


@pytest.fixture
def uvicorn() -> Iterator[str]:
    """Its address; it stops cleanly, and has logged no traceback."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="kcs-uvicorn-") as var:
        inherited = {name: value for name, value in os.environ.items() if name not in FOREIGN}
        environment = {**inherited, "KCS_VAR": var, "GRACE_SECONDS": str(GRACE), "MEDIASOUP_WORKERS": "1"}
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=environment, check=True)
        command = [sys.executable, "-m", "uvicorn", "kcs.asgi:application", "--port", str(port), "--log-level", "error"]
        log = Path(var) / "log"
        with log.open("wb") as output:
            server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT)
        try:
            yield f"http://localhost:{port}"
            everything = {server.pid, *children_of(server.pid)}
            server.send_signal(signal.SIGINT)
            assert server.wait(15) in (0, -signal.SIGINT), log.read_text()
            assert wait_until_gone(everything) == set()
            assert "Traceback" not in log.read_text(), log.read_text()
        finally:
            if server.poll() is None:
                server.kill()
                server.wait()


async def test_two_people_meet(uvicorn: str) -> None:
    async def healthy() -> bool:
        try:
            return bool((await Site(uvicorn).health())["status"] == "healthy")
        except OSError:
            return False

    await eventually("the server is healthy", healthy, within=30)
    await two_people_meet(uvicorn, uvicorn, grace=GRACE)
