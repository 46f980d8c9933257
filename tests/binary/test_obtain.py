"""Getting a binary where there is none: prebuilt, build, failures and interruptions on the way."""

import http.server
import io
import json
import os
import signal
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from media.binary import WorkerBinary, WorkerBinaryMissing, build, cache, locating, obtain, prebuilt
from media.binary.pinned import CHECKOUT, VERSION
from media.binary.progress import Progress

from .conftest import fill


class Upstream:
    """A release page on this machine."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.asset: bytes | None = None
        self.asked: list[str] = []


@pytest.fixture
def upstream(monkeypatch: pytest.MonkeyPatch) -> Iterator[Upstream]:
    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page.asked.append(self.path)
            self.send_response(404 if page.asset is None else 200)
            self.end_headers()
            self.wfile.write(page.asset or b"")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class's name)
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    page = Upstream(f"http://127.0.0.1:{server.server_port}/download")
    monkeypatch.setattr(prebuilt, "RELEASES", page.address)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield page
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def builds(monkeypatch: pytest.MonkeyPatch, real: WorkerBinary) -> list[Path]:
    """Builds take no time and are counted."""
    workshops: list[Path] = []

    def build_at_once(workshop: Path, progress: Progress) -> Path:
        workshops.append(workshop)
        (workshop / "finished").mkdir()
        return fill(workshop / "finished", real)

    monkeypatch.setattr(locating, "build_worker", build_at_once)
    return workshops


def packed(name: str, content: bytes) -> bytes:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as tar:
        member = tarfile.TarInfo(name)
        member.size = len(content)
        tar.addfile(member, io.BytesIO(content))
    return archive.getvalue()


def obtain_with_text() -> tuple[WorkerBinary, str]:
    said = io.StringIO()
    return obtain(Progress("worker", said)), said.getvalue()


def test_what_is_in_the_cache_is_taken_without_a_word(full_cache: Path, upstream: Upstream, builds: list[Path]) -> None:
    found, said = obtain_with_text()
    assert found.path == full_cache / "mediasoup-worker"
    assert (upstream.asked, builds) == ([], [])
    assert said == ""


def test_the_prebuilt_binary_is_taken_where_it_can_be_had(
    own_cache: Path, upstream: Upstream, builds: list[Path], real: WorkerBinary
) -> None:
    upstream.asset = packed("mediasoup-worker", real.path.read_bytes())
    found, _ = obtain_with_text()
    assert found.path == cache.entry_folder() / "mediasoup-worker"
    assert json.loads((found.path.parent / "worker.json").read_text())["origin"] == "prebuilt"
    assert (found.schemas / "request.fbs").is_file()
    assert builds == []
    assert upstream.asked == [f"/download/{VERSION}/{prebuilt.asset_name()}"]


def test_the_asset_is_named_as_upstream_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    monkeypatch.setattr("platform.release", lambda: "6.1.0-18-amd64")
    assert prebuilt.asset_name() == f"mediasoup-worker-{VERSION}-linux-x64-kernel6.tgz"


@pytest.mark.parametrize(
    ("asset", "reason"),
    [
        (None, "not reachable: Not Found"),
        (b"this is a login page", "the archive has no worker in it"),
        (packed("README", b"hello"), "the archive has no worker in it"),
        (packed("mediasoup-worker", b"#!/bin/sh\nexit 1\n"), "it cannot be used here. It is not version"),
    ],
    ids=["not-there", "no-archive", "no-worker", "another-program"],
)
def test_a_useless_prebuilt_is_one_line_and_then_a_build(
    own_cache: Path, upstream: Upstream, builds: list[Path], asset: bytes | None, reason: str
) -> None:
    upstream.asset = asset
    found, said = obtain_with_text()
    assert f"worker: no prebuilt binary ({reason}" in said
    assert said.count("\n") == 2
    assert len(builds) == 1
    assert json.loads((found.path.parent / "worker.json").read_text())["origin"] == "built"


def test_a_closed_network_is_one_line_and_then_a_build(
    own_cache: Path, builds: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prebuilt, "RELEASES", "http://127.0.0.1:9/download")
    _, said = obtain_with_text()
    assert "no prebuilt binary (not reachable: " in said
    assert len(builds) == 1


def test_skipping_the_prebuilt_asks_nobody(
    own_cache: Path, upstream: Upstream, builds: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEDIASOUP_SKIP_PREBUILT", "1")
    obtain_with_text()
    assert upstream.asked == []
    assert len(builds) == 1


def test_a_broken_binary_in_the_cache_is_replaced(
    full_cache: Path, builds: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEDIASOUP_SKIP_PREBUILT", "1")
    (full_cache / "mediasoup-worker").write_bytes(b"")
    found, said = obtain_with_text()
    assert "Getting another one." in said
    assert len(builds) == 1
    assert found.path.stat().st_size > 0


def test_two_at_once_build_once(own_cache: Path, builds: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDIASOUP_SKIP_PREBUILT", "1")
    found: list[Path] = []
    both = [threading.Thread(target=lambda: found.append(obtain_with_text()[0].path)) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert len(set(found)) == 1
    assert len(found) == 2
    assert len(builds) == 1


@pytest.mark.parametrize("fault", [KeyboardInterrupt(), OSError(28, "No space left on device")])
def test_a_build_that_stops_halfway_leaves_nothing(
    own_cache: Path, monkeypatch: pytest.MonkeyPatch, fault: BaseException
) -> None:
    def stop_halfway(workshop: Path, progress: Progress) -> Path:
        (workshop / "build").mkdir()
        (workshop / "build" / "half.o").write_bytes(b"half")
        raise fault

    monkeypatch.setenv("MEDIASOUP_SKIP_PREBUILT", "1")
    monkeypatch.setattr(locating, "build_worker", stop_halfway)
    with pytest.raises(type(fault)):
        obtain_with_text()
    assert [path.name for path in own_cache.iterdir()] == ["lock"]


def test_an_interrupted_build_leaves_nothing(own_cache: Path) -> None:
    environment = {**os.environ, "MEDIASOUP_SKIP_PREBUILT": "1"}
    with subprocess.Popen(
        [sys.executable, "-m", "media.binary"], cwd=CHECKOUT, env=environment, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        assert any("getting meson and ninja" in line for line in process.stderr)
        # As Ctrl-C does below `make`: the terminal's signal, and then the parent's.
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGTERM)
        said = process.stderr.read()
    assert process.returncode == 130
    assert "Interrupted; nothing half-made was left." in said
    assert [path.name for path in own_cache.iterdir()] == ["lock"]


def test_interrupting_ninja_ends_it(tmp_path: Path) -> None:
    class Interrupting(Progress):
        def count(self, done: int, total: int) -> None:
            raise KeyboardInterrupt

    ninja = "trap 'touch ended; exit 1' TERM; echo '[1/2] Compiling C++ object a.o'; while :; do sleep 0.05; done"
    with pytest.raises(KeyboardInterrupt):
        build._run_ninja(["sh", "-c", f"cd {tmp_path}; {ninja}"], dict(os.environ), Interrupting("worker"), 2)
    assert (tmp_path / "ended").exists()


def test_a_failing_build_shows_the_compilers_lines(tmp_path: Path) -> None:
    failing = (
        "echo '[1/2] Compiling C++ object a.o'; echo 'FAILED: b.o'; echo 'b.cpp:7:1: error: no such thing'; exit 1"
    )
    said = io.StringIO()
    with pytest.raises(WorkerBinaryMissing) as caught:
        build._run_ninja(["sh", "-c", failing], dict(os.environ), Progress("worker", said), 2)
    assert "b.cpp:7:1: error: no such thing" in caught.value.cause
    assert "MEDIASOUP_WORKER_BIN" in caught.value.remedy


def test_missing_debian_packages_are_one_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "_which", lambda name, environment: None if name == "flatc" else f"/usr/bin/{name}")
    with pytest.raises(WorkerBinaryMissing) as caught:
        build.check_prerequisites()
    assert "not installed: flatc." in caught.value.cause
    assert "apt-get install -y g++ pkg-config libssl-dev" in caught.value.remedy


def test_a_missing_npm_package_says_npm_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "npm_version", lambda: "3.19.3")
    with pytest.raises(WorkerBinaryMissing, match=r"is version 3\.19\.3\. Run `npm ci`"):
        build.check_prerequisites()


def test_progress_in_a_log_and_in_a_terminal() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    log, terminal = io.StringIO(), Terminal()
    for stream in (log, terminal):
        progress = Progress("building mediasoup-worker", stream)
        progress.step("configuring")
        for done in (1, 2, 3):
            progress.count(done, 3)
        progress.done("ready")
    assert log.getvalue().splitlines() == [
        "building mediasoup-worker: configuring",
        "building mediasoup-worker: 3 of 3 files, 0 s",
        "building mediasoup-worker: ready, 0 s",
    ]
    assert terminal.getvalue().count("\r\x1b[K") == 3
    assert terminal.getvalue().count("\n") == 3
