"""Starting a binary for a moment, and reading the one message that matters without a codec."""

import os
import socket
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.binary import WorkerBinary
from media.binary.errors import BinaryUnfit
from media.binary.probe import check_starts, running_pid

from .conftest import script


def test_the_real_worker_says_that_it_runs(real: WorkerBinary) -> None:
    check_starts(real.path)


def test_leaves_neither_processes_nor_descriptors(real: WorkerBinary, tmp_path: Path) -> None:
    def descriptors() -> set[str]:
        return set(os.listdir("/proc/self/fd"))

    def children() -> str:
        return Path(f"/proc/self/task/{os.getpid()}/children").read_text()

    before = descriptors(), children()
    check_starts(real.path)
    for unfit in (script(tmp_path / "exits", "exit 3"), tmp_path / "missing"):
        with pytest.raises(BinaryUnfit):
            check_starts(unfit)
    assert (descriptors(), children()) == before


def test_works_where_hundreds_of_descriptors_are_open(real: WorkerBinary) -> None:
    pairs = [socket.socketpair() for _ in range(60)]
    try:
        check_starts(real.path)
    finally:
        for pair in pairs:
            for end in pair:
                end.close()


def test_a_program_that_ends_is_quoted(tmp_path: Path) -> None:
    with pytest.raises(BinaryUnfit, match=r"^It does not start \(exit code 3: no such setting\)\.$"):
        check_starts(script(tmp_path / "w", "echo no such setting >&2", "exit 3"))


def test_a_program_that_says_nothing_is_given_up(tmp_path: Path) -> None:
    began = time.monotonic()
    with pytest.raises(BinaryUnfit, match=r"says nothing within 0\.3 s"):
        check_starts(script(tmp_path / "w", "exec sleep 60"), seconds=0.3)
    assert time.monotonic() - began < 5


def test_a_program_that_says_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BinaryUnfit, match="what it says first is not"):
        check_starts(script(tmp_path / "w", r"printf '\010\000\000\000aaaaaaaa' >&4", "exec sleep 60"))


def test_a_file_that_is_no_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "w"
    path.write_bytes(b"\x7fELF and then nothing")
    path.chmod(0o755)
    with pytest.raises(BinaryUnfit, match=r"cannot be executed \(Exec format error\)"):
        check_starts(path)


@given(st.binary(max_size=200))
def test_noise_is_no_worker_running(noise: bytes) -> None:
    assert running_pid(noise) is None
