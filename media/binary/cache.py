"""The project's cache of worker binaries: one folder per version, platform and recipe.

    ${XDG_CACHE_HOME:-~/.cache}/kcs-meet/mediasoup-worker/<version>-<platform>-<recipe hash>/
        mediasoup-worker    the binary
        worker.json         {"version", "origin": "built" | "prebuilt", "made": ISO date}
        fbs/*.fbs           the schemas of that version

A folder appears in one step (rename), complete or not at all.
"""

import fcntl
import hashlib
import json
import os
import platform
import shutil
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from .pinned import RECIPE, VERSION

BINARY_NAME = "mediasoup-worker"
RECORD_NAME = "worker.json"
WORKSHOP_PREFIX = "making-"
REMOVAL_SECONDS = 10.0


def cache_root() -> Path:
    """The folder that holds everything this package keeps; it need not exist."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return Path(base) / "kcs-meet" / "mediasoup-worker"


def recipe_hash(recipe: Path = RECIPE) -> str:
    """Twelve hex digits that change with any name or byte in the recipe."""
    digest = hashlib.sha256()
    for file in sorted(path for path in recipe.rglob("*") if path.is_file()):
        digest.update(f"{file.relative_to(recipe).as_posix()}\0".encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:12]


def platform_name() -> str:
    """System, processor and release of the distribution: a binary linked to one release's libraries fits no other."""
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        release = {}
    distribution = release.get("ID", "unknown") + release.get("VERSION_ID", "")
    return f"{platform.system().lower()}-{platform.machine()}-{distribution}"


def entry_folder(recipe: Path = RECIPE) -> Path:
    """Where the cache keeps the pinned version for this platform and recipe; it need not exist."""
    return cache_root() / f"{VERSION}-{platform_name()}-{recipe_hash(recipe)}"


def schemas_folder() -> Path:
    """Where the cache keeps the schemas for binaries that are not in the cache themselves."""
    return cache_root() / f"{VERSION}-schemas" / "fbs"


def is_complete(entry: Path) -> bool:
    """Whether an entry holds an executable binary of the pinned version, and schemas."""
    return (
        os.access(entry / BINARY_NAME, os.X_OK)
        and recorded_version(entry / BINARY_NAME) == VERSION
        and (entry / "fbs" / "message.fbs").is_file()
    )


def recorded_version(binary: Path) -> str | None:
    """The version written in the record beside a binary, or None where there is no readable record."""
    try:
        record = json.loads((binary.parent / RECORD_NAME).read_text())
    except (OSError, ValueError):
        return None
    version = record.get("version") if isinstance(record, dict) else None
    return version if isinstance(version, str) else None


def write_record(folder: Path, origin: str) -> None:
    """Record in `folder` that its binary is of the pinned version, and where it came from."""
    record = {"version": VERSION, "origin": origin, "made": datetime.now(UTC).isoformat(timespec="seconds")}
    (folder / RECORD_NAME).write_text(json.dumps(record) + "\n")


def copy_schemas(source: Path, target: Path) -> None:
    """Copy upstream's `worker/fbs/*.fbs` to `target`, which appears complete or not at all."""
    workshop = target.with_name(f".{target.name}.{os.getpid()}")
    shutil.rmtree(workshop, ignore_errors=True)
    workshop.mkdir(parents=True)
    for schema in source.glob("*.fbs"):
        shutil.copyfile(schema, workshop / schema.name)
    try:
        workshop.rename(target)
    except OSError:
        # Another process was quicker: its copy is as good.
        shutil.rmtree(workshop, ignore_errors=True)
        if not target.is_dir():
            raise


@contextmanager
def only_maker(waiting: Callable[[], None]) -> Iterator[None]:
    """Hold the cache's lock; calls `waiting` once where another process holds it. The lock dies with its process."""
    root = cache_root()
    root.mkdir(parents=True, exist_ok=True)
    with (root / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            waiting()
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def workshop() -> Iterator[Path]:
    """A fresh folder beside the entries, gone afterwards. Hold the lock: what interrupted processes left is removed."""
    root = cache_root()
    for left in root.glob(f"{WORKSHOP_PREFIX}*"):
        shutil.rmtree(left, ignore_errors=True)
    folder = root / f"{WORKSHOP_PREFIX}{os.getpid()}"
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        _remove(folder)


def _remove(folder: Path) -> None:
    # A program that was ended a moment ago may still drop a last file into a folder that is being removed.
    deadline = time.monotonic() + REMOVAL_SECONDS
    while True:
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists() or time.monotonic() > deadline:
            return
        time.sleep(0.02)


def install(finished: Path, entry: Path) -> None:
    """Make the finished folder the cache's entry, in place of an older one. Hold the lock."""
    binary = finished / BINARY_NAME
    binary.chmod(binary.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
    if entry.exists():
        entry.rename(finished.with_name("replaced"))
    finished.rename(entry)
