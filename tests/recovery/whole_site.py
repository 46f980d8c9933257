"""A site whose parts are processes of their own, as at home in production: each can be killed without the others."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import psycopg

from tests.live.server import ROOT, RunningServer, children_of, free_port
from tests.live.waiting import eventually, eventually_blocking
from tests.meetings.debian_services import postgresql

from .tcp_relay import TcpRelay

WORKER = "mediasoup-worke"  # the kernel keeps fifteen characters of a process's name
WORKERS = 2
# An idle worker spends next to none.
CPU_SECONDS_OF_WORK = 0.06


class Supervised:
    """A command that is started again `pause` seconds after it ended, as systemd does it with Restart=always."""

    def __init__(self, command: list[str], environment: dict[str, str], log: Path, pause: float) -> None:
        self._command, self._environment, self._log, self._pause = command, environment, log, pause
        self._ending = False
        self._away = 0.0
        self._process = self._start()
        self._thread = threading.Thread(target=self._supervise, name=f"supervisor of {command[1:]}", daemon=True)
        self._thread.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def kill(self, away: float = 0.0) -> None:
        """As `kill -9` does. It is started again, after `away` seconds more than usual."""
        self._away = away
        os.kill(self.pid, signal.SIGKILL)

    def stop(self) -> None:
        self._ending = True
        self._process.terminate()
        self._thread.join(15)

    def _start(self) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as log:
            return subprocess.Popen(
                self._command, cwd=ROOT, env=self._environment, stdout=log, stderr=subprocess.STDOUT
            )

    def _supervise(self) -> None:
        while True:
            self._process.wait()
            if not self._ending:
                time.sleep(self._pause + self._away)
            if self._ending:
                return
            self._process = self._start()


class WholeSite:
    """PostgreSQL behind a relay, Redis, a media node with two workers, and daphne. Blocking; for use in a thread."""

    def __init__(self, **environment: str) -> None:
        self._stack = ExitStack()
        self._environment = environment
        self.media_port = 0

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._run_dir = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kcs-site-")))
            self.database_url = stack.enter_context(postgresql())
            address = urlsplit(self.database_url)
            assert address.port is not None
            self.database = stack.enter_context(TcpRelay(address.port))
            redis_port = free_port()
            redis_server = shutil.which("redis-server")
            assert redis_server, "redis-server is not installed; `make test` installs it"
            environment = {
                "DATABASE_URL": self.database_url.replace(f":{address.port}", f":{self.database.port}"),
                "REDIS_URL": f"redis://127.0.0.1:{redis_port}/0",
                "SECRET_KEY": "shared by the processes of these tests",
                "ALLOW_ANONYMOUS_HOSTS": "1",
                "MEDIA_SOCKET": str(self._run_dir / "media.sock"),
                "MEDIASOUP_WORKERS": str(WORKERS),
                "MEDIASOUP_PORT": str(self._free_media_ports()),
                "MEDIA_EMBEDDED": "0",
                **self._environment,
            }
            command = [redis_server, "--port", str(redis_port), "--bind", "127.0.0.1", "--save", ""]
            self.redis = self._supervised(stack, [*command, "--dir", str(self._run_dir)], {}, "redis", pause=2.0)
            media = [sys.executable, "manage.py", "media_workers"]
            self.media = self._supervised(stack, media, {"KCS_VAR": str(self._run_dir), **environment}, "media")
            self.web = RunningServer(**environment)  # type: ignore[arg-type]  # all are environment variables
            self.web.start()
            stack.callback(self.web.stop)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    @property
    def media_log(self) -> str:
        return (self._run_dir / "media.log").read_text()

    def workers(self) -> set[int]:
        """The process ids of the workers that live."""
        return {pid for pid, name in children_of(self.media.pid).items() if name == WORKER}

    async def worker_of_the_room(self) -> int:
        """The process id of the worker that holds the one room there is: it is the one that works."""
        first: dict[int, float] = {}

        def busiest() -> int | None:
            spent = {pid: _cpu_seconds(pid) for pid in self.workers()}
            grown = {pid: seconds - first.setdefault(pid, seconds) for pid, seconds in spent.items()}
            return (
                max(grown, key=lambda pid: grown[pid]) if grown and max(grown.values()) >= CPU_SECONDS_OF_WORK else None
            )

        return await eventually("a worker that works", busiest, within=20, every=0.5)

    def kill_web(self) -> float:
        """Kill daphne and start it again; the time when it was killed."""
        os.kill(self.web.pid, signal.SIGKILL)
        killed_at = time.monotonic()
        self.web.stop()
        self.web.start()
        return killed_at

    def incidents(self) -> list[dict[str, Any]]:
        """All rows, the newest first, straight from the database."""
        with psycopg.connect(self.database_url) as connection:
            cursor = connection.execute("select row_to_json(one) from media_incident one order by began_at desc")
            return [row[0] if isinstance(row[0], dict) else json.loads(row[0]) for row in cursor.fetchall()]

    def _supervised(
        self, stack: ExitStack, command: list[str], more: dict[str, str], name: str, pause: float = 0.0
    ) -> Supervised:
        log = self._run_dir / f"{name}.log"
        supervised = Supervised(command, {**os.environ, **more}, log, pause)
        stack.callback(supervised.stop)
        return supervised

    def _free_media_ports(self) -> int:
        """The first of as many ports as there are workers, free one after the other."""

        def found() -> int | None:
            first = free_port()
            return first if first < 65_000 else None

        self.media_port = eventually_blocking("free ports for media", found)
        return self.media_port


def _cpu_seconds(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    except OSError:
        return 0.0


async def in_thread(work: Any) -> Any:
    """Blocking work of a site, beside the event loop whose relays it may need."""
    return await asyncio.to_thread(work)
