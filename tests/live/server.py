"""`manage.py serve` as its users run it: a process of its own, on a free port, with its own database and run-
time files.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.live.waiting import eventually_blocking

ROOT = Path(__file__).resolve().parents[2]
READY = re.compile(r"^ready: (\S+)$", re.MULTILINE)
TRACEBACK = re.compile(r"Traceback \(most recent call last\)|^Fatal|Task exception was never retrieved", re.MULTILINE)
# What the environment of whoever runs the tests must not decide: every setting in the table for operators, but for the
# one that says where this machine has its worker.
_ROWS = re.findall(r"^\| (`[A-Z_`, ]+`) \|", (ROOT / "docs" / "operations.md").read_text(), re.MULTILINE)
FOREIGN = {"DJANGO_SETTINGS_MODULE", *re.findall(r"[A-Z_]+", " ".join(_ROWS))} - {"MEDIASOUP_WORKER_BIN"}


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class RunningServer:
    """A server process. `with RunningServer() as server:` migrates, starts, waits for its `ready:` line, and stops it.

    With `media=False` no `ready:` line is waited for but only that pages answer, for servers whose media cannot start.
    """

    def __init__(self, *, media: bool = True, start_within: float = 40.0, **environment: str) -> None:
        self._media = media
        self._start_within = start_within
        self._var = tempfile.TemporaryDirectory(prefix="kcs-live-")
        self.port = free_port()
        self.base_url = f"http://localhost:{self.port}"
        self.log_path = Path(self._var.name) / "server.log"
        self._environment = {
            **{name: value for name, value in os.environ.items() if name not in FOREIGN},
            "KCS_VAR": self._var.name,
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "PYTHONUNBUFFERED": "1",
            # What a probe does meanwhile must not be taken for what a test does.
            "PROBE_SECONDS": "0",
            **environment,
        }
        self._process: subprocess.Popen[bytes] | None = None
        self._read_up_to = 0

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def log(self) -> str:
        """Everything the server printed."""
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def start(self) -> None:
        """Migrate, start, and wait until the server can hold a meeting. Raises AssertionError with its output
        otherwise.
        """
        done = self.manage("migrate", "--verbosity", "0")
        assert done.returncode == 0, f"migrating failed:\n{done.stdout}{done.stderr}"
        with self.log_path.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "manage.py", "serve"],
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            eventually_blocking("the server is ready", self._is_ready, within=self._start_within)
        except AssertionError as late:
            output = self.log
            self.stop()
            raise AssertionError(f"{late}; the server printed:\n{output}") from None

    def stop(self) -> int | None:
        """Ask it to stop as Ctrl-C does, and wait. Returns its exit code, or None when it had to be killed."""
        if self._process is None:
            return 0
        code: int | None
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
        try:
            code = self._process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            code = None
        self._process = None
        return code

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a management command in this server's environment."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def new_tracebacks(self) -> str:
        """What the log says since the last call, from the first traceback on; empty when there was none."""
        text = self.log
        fresh, self._read_up_to = text[self._read_up_to :], len(text)
        found = TRACEBACK.search(fresh)
        return fresh[max(0, found.start() - 500) :] if found else ""

    def log_has(self, pattern: str) -> bool:
        return re.search(pattern, self.log, re.MULTILINE) is not None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        children = children_of(self.pid)
        code = self.stop()
        left = {pid: children[pid] for pid in wait_until_gone(set(children))}
        output = self.log
        self._var.cleanup()
        if error is None:
            assert code == 0, f"the server did not stop cleanly (exit code {code}):\n{output[-4000:]}"
            assert not left, f"the server left processes behind: {left}"

    def _is_ready(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise AssertionError(f"the server ended with {self._process.returncode}")
        if self._media:
            return READY.search(self.log) is not None
        with socket.socket() as probe:
            probe.settimeout(1)
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


def children_of(pid: int) -> dict[int, str]:
    """All living descendants of a process: pid → command name."""
    parents: dict[int, int] = {}
    names: dict[int, str] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text()
        except OSError:
            continue  # ended while we looked
        name, rest = text[text.index("(") + 1 : text.rindex(")")], text[text.rindex(")") + 2 :].split()
        if rest[0] != "Z":
            parents[int(stat.parent.name)] = int(rest[1])
            names[int(stat.parent.name)] = name
    found: dict[int, str] = {}
    level = {pid}
    while level:
        level = {child for child, parent in parents.items() if parent in level}
        found |= {child: names[child] for child in level}
    return found


def wait_until_gone(pids: set[int], within: float = 10.0) -> set[int]:
    """Those of `pids` that still live after at most `within` seconds."""
    ends = time.monotonic() + within
    while (alive := {pid for pid in pids if _alive(pid)}) and time.monotonic() < ends:
        time.sleep(0.05)
    return alive


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
