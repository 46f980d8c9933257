"""The running cluster: supervisord as a child, until it is stopped or ends."""

import json
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from cluster.errors import CannotStart
from cluster.layout import CHECKOUT, HOST, Layout
from cluster.postgresql import ensure_database
from cluster.programs import Program, configuration, environment, programs
from cluster.sessions import end_session

START_PATIENCE = 60.0
LOOK_EVERY = 0.1
STOP_PATIENCE = 30.0


class Cluster:
    """`start` returns when a meeting can be held; `stop` leaves nothing running."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._environment = environment(layout)
        self._programs = programs(layout, ensure_database(layout))
        # Socket files have short paths, checkouts need not.
        self._run = tempfile.TemporaryDirectory(prefix="kcs-cluster-")
        self._configuration = layout.directory / "supervisord.conf"
        control = Path(self._run.name) / "control.sock"
        self._configuration.write_text(configuration(layout, self._programs, control))
        self._supervisor: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start everything, in order. Raises `CannotStart`, with everything stopped."""
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def wait(self) -> None:
        """Until the supervisor ends by itself, which it should not. Raises `CannotStart` then."""
        assert self._supervisor is not None
        code = self._supervisor.wait()
        raise CannotStart(f"supervisord ended with exit code {code}; {self._layout.logs}/supervisord.log says why.")

    def stop(self) -> None:
        """End everything. Idempotent."""
        supervisor, self._supervisor = self._supervisor, None
        if supervisor is not None:
            supervisor.terminate()
            try:
                supervisor.wait(STOP_PATIENCE)
            except subprocess.TimeoutExpired:
                supervisor.kill()
                supervisor.wait()
            # Where it was killed, or had to be, its programs go on without it.
            end_session(supervisor.pid)
        self._run.cleanup()

    def _start(self) -> None:
        command = [sys.executable, "-m", "supervisor.supervisord", "-n", "-c", str(self._configuration)]
        self._supervisor = subprocess.Popen(
            command,
            cwd=CHECKOUT,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            # Ctrl-C is for us: we stop what we started, in order.
            start_new_session=True,
        )
        for program in self._programs:
            if program.first:
                self._until(self._listens(program), f"{program.name} does not start", program)
        self._migrate()
        self._control("start", "all")
        self._until(self._is_ready, "no meeting can be held", None)

    def _migrate(self) -> None:
        done = subprocess.run(
            [sys.executable, "manage.py", "migrate", "--noinput", "--verbosity", "0"],
            cwd=CHECKOUT,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            said = done.stderr.strip().splitlines() or ["no reason given"]
            raise CannotStart(f"the database cannot be brought up to date: {said[-1]}")

    def _control(self, *what: str) -> None:
        command = [sys.executable, "-m", "supervisor.supervisorctl", "-c", str(self._configuration), *what]
        done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise CannotStart(f"not all programs start: {(done.stdout + done.stderr).strip()}; see {self._layout.logs}")

    def _until(self, look: Callable[[], bool], otherwise: str, program: Program | None) -> None:
        ends = time.monotonic() + START_PATIENCE
        while not look():
            assert self._supervisor is not None
            if self._supervisor.poll() is not None:
                self.wait()
            if time.monotonic() > ends:
                log = self._layout.logs / f"{program.name}.log" if program else self._layout.logs
                raise CannotStart(f"{otherwise} within {START_PATIENCE:g} s; {log} says why.")
            time.sleep(LOOK_EVERY)

    def _listens(self, program: Program) -> Callable[[], bool]:
        port = self._layout.postgresql if program.name == "postgresql" else self._layout.redis

        def listens() -> bool:
            with socket.socket() as probe:
                return probe.connect_ex((HOST, port)) == 0

        return listens

    def _is_ready(self) -> bool:
        """Both web processes see the workers of both nodes, and the balancer leads to them."""
        expected = int(self._environment["MEDIASOUP_WORKERS"]) * len(self._layout.media)
        ports = (*self._layout.web.values(), self._layout.port)
        return all(_workers(f"http://{HOST}:{port}") == expected for port in ports)


def _workers(url: str) -> int:
    try:
        with urllib.request.urlopen(f"{url}/api/meetings/health/webrtc", timeout=5) as response:
            return int(json.load(response)["workers"])
    except (OSError, urllib.error.URLError, ValueError, KeyError):
        return 0
