"""Fault: the disk of the run-time files is full. Each command says so in one line, and leaves nothing half done."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from media.node_lock import NodeLock
from tests.live.server import ROOT


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A directory on a disk of its own without a free byte."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    place = tmp_path / "disk"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", place], check=True)
    try:
        with pytest.raises(OSError, match="No space left"):
            fill(place / "filling")
        yield place
    finally:
        subprocess.run(["umount", place], check=True)


def fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        while file.write(b"x" * 4096):
            pass


def manage(place: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**os.environ, "KCS_VAR": str(place), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def one_clear_line(done: subprocess.CompletedProcess[str], what: str, returncode: int = 1) -> None:
    assert done.returncode == returncode, done
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert what in lines[0]


def test_serve_has_no_room_for_its_secret(full_disk: Path) -> None:
    done = manage(full_disk, "serve", "--migrate", SECRET_KEY="")
    one_clear_line(done, "set KCS_VAR to a directory where", returncode=2)
    assert not (full_disk / "secret_key").exists()


def test_serve_has_no_room_for_its_database(full_disk: Path) -> None:
    done = manage(full_disk, "serve", "--migrate", "--port", "0", SECRET_KEY="given", DATABASE_URL="")
    one_clear_line(done, "room on its disk")


def test_media_workers_have_no_room_for_their_lock(full_disk: Path) -> None:
    one_clear_line(manage(full_disk, "media_workers", SECRET_KEY="given"), "No space left on device")
    (full_disk / "filling").unlink()
    NodeLock.acquire(full_disk / "media.sock.lock").release()


def test_a_lock_that_cannot_be_written_is_not_held(full_disk: Path) -> None:
    path = full_disk / "node.lock"
    with pytest.raises(OSError, match="No space left"):
        NodeLock.acquire(path)
    (full_disk / "filling").unlink()
    NodeLock.acquire(path).release()
