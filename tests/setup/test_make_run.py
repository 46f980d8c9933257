"""`make run` as people type it: from the first line to the prompt after Ctrl-C."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.live.server import FOREIGN, ROOT, free_port
from tests.live.waiting import eventually_blocking

# What a make around the tests would tell this one.
OF_MAKE = {"MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "MAKE_TERMOUT", "MAKE_TERMERR", "ARGS"}
# Under five seconds on a machine that does nothing else, once everything is set up.
READY_WITHIN = 40.0


class MakeRun:
    """`make run` on a port of its own, with its own database, in a session of its own as a terminal gives it."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.log_path = folder / "log"
        inherited = {name: value for name, value in os.environ.items() if name not in FOREIGN | OF_MAKE}
        self.environment = {
            **inherited,
            "KCS_VAR": str(folder / "var"),
            "PORT": str(self.port),
            "MEDIASOUP_WORKERS": "1",
        }
        # Others may have cleaned up, or changed a source since; the run itself then finds everything in place.
        self.make("setup")
        with self.log_path.open("wb") as log:
            self.process = subprocess.Popen(
                ["make", "run"],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def make(self, target: str) -> None:
        done = subprocess.run(
            ["make", target],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    @property
    def log(self) -> list[str]:
        return self.log_path.read_text(errors="replace").splitlines()

    def says(self, line: str) -> bool:
        assert self.process.poll() is None, self.log
        return line in self.log


@pytest.fixture
def run() -> Iterator[MakeRun]:
    with tempfile.TemporaryDirectory(prefix="kcs-run-") as folder:
        run = MakeRun(Path(folder))
        try:
            yield run
        finally:
            for pid in session_of(run.process.pid):
                os.kill(pid, signal.SIGKILL)
            run.process.wait()


def test_it_is_ready_says_how_to_make_an_administrator_and_leaves_nothing_after_ctrl_c(run: MakeRun) -> None:
    address = f"http://localhost:{run.port}"
    eventually_blocking(f"it is ready; it said {run.log}", lambda: run.says(f"ready: {address}"), within=READY_WITHIN)
    [administrator] = [line for line in run.log if line.startswith("administrator: ")]
    assert "`make admin`" in administrator
    assert f"{address}/admin/" in administrator
    with urlopen(f"{address}/api/meetings/health/webrtc", timeout=10) as answer:
        assert answer.status == 200
    names = session_of(run.process.pid).values()
    assert {"make", "mediasoup-worke"} <= set(names), "the worker is part of it"

    # As a terminal sends it: to everything in the foreground.
    os.killpg(run.process.pid, signal.SIGINT)
    # GNU make says of an interrupted recipe that it failed, unless that ended well.
    assert run.process.wait(20) in (0, 2, 130, -signal.SIGINT), run.log
    eventually_blocking(
        f"no process of it is left of {sorted(names)}", lambda: not session_of(run.process.pid), within=10
    )
    assert not [line for line in run.log if "Traceback" in line], run.log
    with socket.socket() as again:
        again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        again.bind(("127.0.0.1", run.port))


def session_of(leader: int) -> dict[int, str]:
    """The living processes of a session: pid → command name (the kernel keeps fifteen characters of it)."""
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text()
        except OSError:
            continue  # ended while we looked
        name, rest = text[text.index("(") + 1 : text.rindex(")")], text[text.rindex(")") + 2 :].split()
        if rest[0] != "Z" and int(rest[3]) == leader:
            found[int(stat.parent.name)] = name
    return found
