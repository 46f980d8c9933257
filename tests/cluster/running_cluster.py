"""`make cluster` as its users run it, in a directory of its own."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg

from tests.live.server import FOREIGN, READY, ROOT, children_of, free_port, wait_until_gone
from tests.live.waiting import eventually_blocking


class RunningCluster:
    """`with RunningCluster() as cluster:` starts it, waits for its `ready:` line, and stops it with an interrupt."""

    def __init__(self, start_within: float = 120.0, **environment: str) -> None:
        self._var = tempfile.TemporaryDirectory(prefix="kcs-cluster-test-")
        self._start_within = start_within
        self.directory = Path(self._var.name) / "cluster"
        self.port = free_port()
        self.base_url = f"http://localhost:{self.port}"
        self._environment = {
            **{name: value for name, value in os.environ.items() if name not in FOREIGN},
            "KCS_VAR": self._var.name,
            "PORT": str(self.port),
            # What a probe does meanwhile must not be taken for what a test does.
            "PROBE_SECONDS": "0",
            **environment,
        }
        self._process: subprocess.Popen[str] | None = None
        self.output = Path(self._var.name) / "output"

    @property
    def process_id(self) -> int:
        """That of `make cluster` itself."""
        assert self._process is not None
        return self._process.pid

    @property
    def lives(self) -> bool:
        """Whether it has not ended."""
        return self._process is not None and self._process.poll() is None

    def pid(self, program: str) -> int:
        """The process id of a program that supervisord keeps running; 0 while it does not run."""
        return int(self._control("pid", program))

    def kill(self, program: str) -> int:
        """Kill a program as `kill -9` does. Its process id."""
        pid = self.pid(program)
        assert pid, f"{program} does not run"
        os.kill(pid, signal.SIGKILL)
        return pid

    def runs_anew(self, program: str, killed: int) -> bool:
        """Whether the program runs, and it is not the one that was killed."""
        return self.pid(program) not in (0, killed)

    @property
    def web_ports(self) -> list[int]:
        """Where the web processes listen."""
        servers = re.findall(r"server \S+ 127\.0\.0\.1:(\d+)", (self.directory / "haproxy.cfg").read_text())
        return [int(port) for port in servers]

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """Rows from the database."""
        with psycopg.connect((self.directory / "database_url").read_text()) as connection:
            return connection.execute(query).fetchall()

    def logs(self) -> str:
        """What all programs said."""
        return "\n".join(f"== {log.name}\n{log.read_text(errors='replace')}" for log in self._logs())

    def __enter__(self) -> Self:
        self.start()
        return self

    def start(self) -> None:
        """Start it and wait for its `ready:` line. Raises AssertionError with what it said otherwise."""
        with self.output.open("w") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "cluster"],
                cwd=ROOT,
                env=self._environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                text=True,
            )
        try:
            eventually_blocking("the cluster is ready", self._is_ready, within=self._start_within)
        except AssertionError as late:
            said = self.output.read_text()
            logs = self.logs()
            self.stop()
            raise AssertionError(f"{late}; it said:\n{said}\n{logs[-20000:]}") from None

    def stop(self) -> tuple[int, dict[int, str]]:
        """Interrupt it. Its exit code, and the processes that it left behind."""
        assert self._process is not None
        children = children_of(self._process.pid)
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
        code = self._process.wait(60)
        return code, {pid: children[pid] for pid in wait_until_gone(set(children))}

    def remove(self) -> None:
        """Remove its files; the logs stay where KCS_KEEP_CLUSTER_LOGS says."""
        if keep := os.environ.get("KCS_KEEP_CLUSTER_LOGS"):
            Path(keep).write_text(self.logs())
        # As root the database is elsewhere.
        shutil.rmtree((self.directory / "postgresql").resolve(), ignore_errors=True)
        self._var.cleanup()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        code, left = self.stop()
        said = self.output.read_text()
        self.remove()
        if error is None:
            assert code == 0, said
            assert left == {}, f"the cluster left processes behind: {left}"

    def _control(self, *what: str) -> str:
        command = [sys.executable, "-m", "supervisor.supervisorctl", "-c", str(self.directory / "supervisord.conf")]
        done = subprocess.run([*command, *what], cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)
        return done.stdout.strip()

    def _logs(self) -> list[Path]:
        return sorted((self.directory / "logs").glob("*.log"))

    def _is_ready(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, "it has ended"
        return READY.search(self.output.read_text()) is not None
