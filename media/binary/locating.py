"""The order in which a worker binary is looked for: the user's own, the cache, upstream's prebuilt, a build."""

import os
from dataclasses import dataclass
from pathlib import Path

from . import cache, prebuilt
from .build import build_worker
from .errors import BinaryUnfit, WorkerBinaryMissing
from .pinned import NPM_PACKAGE, VERSION, npm_version
from .probe import check_starts
from .progress import Progress
from .version import check_version

OWN_BINARY_VARIABLE = "MEDIASOUP_WORKER_BIN"
SKIP_PREBUILT_VARIABLE = "MEDIASOUP_SKIP_PREBUILT"


@dataclass(frozen=True)
class WorkerBinary:
    """A worker binary that was started a moment ago and works."""

    path: Path
    """The executable. Start it with MEDIASOUP_VERSION set to `version`."""
    version: str
    """mediasoup's version, "3.27.1"."""
    schemas: Path
    """The folder with that version's *.fbs."""


def locate() -> WorkerBinary:
    """The worker binary to use: MEDIASOUP_WORKER_BIN where it is set, else the cache's. Starts it once (some 20 ms).

    Downloads and builds nothing. Raises WorkerBinaryMissing when there is none, or when it is not executable, does not
    start, or is of another version.
    """
    if own := os.environ.get(OWN_BINARY_VARIABLE):
        return _own(Path(own).expanduser())
    entry = cache.entry_folder()
    if not (entry / cache.BINARY_NAME).exists():
        raise WorkerBinaryMissing(
            f"There is no mediasoup-worker {VERSION} for this machine in the cache ({entry}).",
            "Run `make setup` (or `python3 -m media.binary`), which gets one.",
        )
    return _cached(entry)


def obtain(progress: Progress) -> WorkerBinary:
    """Like locate(), but gets a binary where there is none: downloads upstream's prebuilt one, or builds it.

    A broken one in the cache is replaced. One process at a time does this; others wait for its result.
    """
    if os.environ.get(OWN_BINARY_VARIABLE):
        return locate()
    entry = cache.entry_folder()
    with cache.only_maker(lambda: progress.step("another process is at it; waiting for its result")):
        if (entry / cache.BINARY_NAME).exists():
            try:
                return _cached(entry)
            except WorkerBinaryMissing as unfit:
                progress.step(f"{unfit.cause} Getting another one.")
        with cache.workshop() as workshop:
            _make(workshop, entry, progress)
    found = _cached(entry)
    progress.done("ready")
    return found


def _make(workshop: Path, entry: Path, progress: Progress) -> None:
    finished = None
    if os.environ.get(SKIP_PREBUILT_VARIABLE, "") in ("", "0"):
        try:
            finished = prebuilt.fetch_worker(workshop)
        except prebuilt.NoPrebuilt as reason:
            progress.step(f"no prebuilt binary ({reason}); building one")
    if finished is None:
        finished = build_worker(workshop, progress)
        try:
            check_starts(finished / cache.BINARY_NAME)
        except BinaryUnfit as unfit:
            raise WorkerBinaryMissing(
                f"The mediasoup-worker just built is of no use. {unfit}",
                f"Set {OWN_BINARY_VARIABLE} to a binary of your own (docs/worker-binary.md), and please report this.",
            ) from None
    cache.install(finished, entry)


def _cached(entry: Path) -> WorkerBinary:
    binary = entry / cache.BINARY_NAME
    remedy = "Run `make setup` (or `python3 -m media.binary`), which replaces it."
    if not cache.is_complete(entry):
        raise WorkerBinaryMissing(f"The cache's mediasoup-worker ({entry}) is not complete.", remedy)
    try:
        check_starts(binary)
    except BinaryUnfit as unfit:
        raise WorkerBinaryMissing(f"The cache's mediasoup-worker ({binary}) is of no use. {unfit}", remedy) from None
    return WorkerBinary(binary, VERSION, entry / "fbs")


def _own(binary: Path) -> WorkerBinary:
    remedy = f"Point {OWN_BINARY_VARIABLE} to a mediasoup-worker {VERSION}, or unset it to let the project get one."
    said = f"{OWN_BINARY_VARIABLE} is {binary}"
    if not binary.is_file():
        raise WorkerBinaryMissing(f"{said}, which is no file.", remedy)
    if not os.access(binary, os.X_OK):
        raise WorkerBinaryMissing(f"{said}, which is not executable.", f"Run `chmod +x {binary}`. {remedy}")
    schemas = _schemas()
    try:
        check_version(binary, schemas)
        check_starts(binary)
    except BinaryUnfit as unfit:
        raise WorkerBinaryMissing(f"{said}, which is of no use. {unfit}", remedy) from None
    return WorkerBinary(binary.absolute(), VERSION, schemas)


def _schemas() -> Path:
    """The pinned version's schemas for a binary from elsewhere, copied from the npm package where they are not yet."""
    folder = cache.schemas_folder()
    if not (folder / "message.fbs").is_file():
        if npm_version() != VERSION:
            raise WorkerBinaryMissing(
                f"The schemas of mediasoup {VERSION} are not there: they come with its npm package ({NPM_PACKAGE}).",
                "Run `npm ci`, then try again.",
            )
        folder.parent.mkdir(parents=True, exist_ok=True)
        cache.copy_schemas(NPM_PACKAGE / "worker" / "fbs", folder)
    return folder
