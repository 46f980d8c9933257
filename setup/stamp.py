"""Stamps: a step is done when the file that says so holds the hash of everything the step was made from."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from .commands import CHECKOUT


def digest(files: Iterable[Path], *facts: str) -> str:
    """A hash of the files' names and contents and of `facts` (versions, paths)."""
    total = hashlib.sha256()
    for fact in facts:
        total.update(f"{fact}\0".encode())
    for file in sorted(files):
        total.update(f"{file.relative_to(CHECKOUT).as_posix()}\0".encode())
        total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


def is_current(stamp: Path, wanted: str) -> bool:
    """Whether the step that `stamp` stands for was finished with exactly these inputs."""
    try:
        return stamp.read_text() == wanted
    except OSError:
        return False


def write(stamp: Path, wanted: str) -> None:
    """The step is finished."""
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(wanted)
