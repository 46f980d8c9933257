"""The real worker, made already by `make test`, and caches of the tests' own: no test builds a whole worker."""

import shutil
from pathlib import Path

import pytest

from media.binary import WorkerBinary, cache, locate
from media.binary.pinned import RECIPE


@pytest.fixture(scope="session")
def real() -> WorkerBinary:
    """The binary that the rest of the tests run on."""
    return locate()


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, real: WorkerBinary) -> Path:
    """An empty cache, and no variable that would choose another binary; `real` has looked before they change."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("MEDIASOUP_WORKER_BIN", raising=False)
    monkeypatch.delenv("MEDIASOUP_SKIP_PREBUILT", raising=False)
    return cache.cache_root()


@pytest.fixture
def full_cache(own_cache: Path, real: WorkerBinary) -> Path:
    """The cache's entry for this recipe, with the real worker in it."""
    entry = cache.entry_folder(RECIPE)
    entry.mkdir(parents=True)
    fill(entry, real)
    return entry


def fill(folder: Path, real: WorkerBinary, origin: str = "built") -> Path:
    """Put into `folder` what a finished build leaves."""
    shutil.copy2(real.path, folder / cache.BINARY_NAME)
    cache.copy_schemas(real.schemas, folder / "fbs")
    cache.write_record(folder, origin)
    return folder


def script(path: Path, *lines: str) -> Path:
    """An executable that is no worker."""
    path.write_text("\n".join(("#!/bin/sh", *lines, "")))
    path.chmod(0o755)
    return path
