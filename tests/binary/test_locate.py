"""Which binary is taken, and what is said about one that cannot be."""

import os
import shutil
from pathlib import Path

import pytest

from media.binary import WorkerBinary, WorkerBinaryMissing, locate, locating
from media.binary.pinned import VERSION

from .conftest import script


def missing_text() -> str:
    with pytest.raises(WorkerBinaryMissing) as caught:
        locate()
    assert caught.value.cause
    assert caught.value.remedy
    assert str(caught.value) == f"{caught.value.cause} {caught.value.remedy}"
    return str(caught.value)


def test_takes_the_cached_binary(full_cache: Path) -> None:
    found = locate()
    assert found.path == full_cache / "mediasoup-worker"
    assert found.version == VERSION
    assert (found.schemas / "message.fbs").is_file()


def test_takes_the_users_own_binary_first(
    full_cache: Path, real: WorkerBinary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = shutil.copy2(real.path, tmp_path / "my-worker")
    monkeypatch.setenv("MEDIASOUP_WORKER_BIN", str(own))
    found = locate()
    assert found.path == tmp_path / "my-worker"
    assert sorted(path.name for path in found.schemas.iterdir()) == sorted(
        path.name for path in real.schemas.iterdir() if path.suffix == ".fbs"
    )


def test_an_empty_cache_says_what_to_run(own_cache: Path) -> None:
    text = missing_text()
    assert f"no mediasoup-worker {VERSION} for this machine" in text
    assert "Run `make setup`" in text
    assert not own_cache.exists(), "looking must leave nothing behind"


def test_a_cached_binary_without_its_schemas_is_refused(full_cache: Path) -> None:
    shutil.rmtree(full_cache / "fbs")
    assert "is not complete. Run `make setup`" in missing_text()


def test_a_cached_binary_whose_library_went_away_is_refused(full_cache: Path) -> None:
    lose_library(full_cache / "mediasoup-worker")
    text = missing_text()
    assert "It does not start" in text
    assert "libxx.so.1" in text
    assert "Run `make setup`" in text


def test_own_binary_that_is_not_there(own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDIASOUP_WORKER_BIN", "/nowhere/worker")
    text = missing_text()
    assert text.startswith("MEDIASOUP_WORKER_BIN is /nowhere/worker, which is no file. Point MEDIASOUP_WORKER_BIN to")


def test_own_binary_that_is_not_executable(
    own_cache: Path, real: WorkerBinary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = shutil.copyfile(real.path, tmp_path / "worker")
    monkeypatch.setenv("MEDIASOUP_WORKER_BIN", str(own))
    assert f"which is not executable. Run `chmod +x {own}`." in missing_text()


def test_own_binary_from_an_npm_package_of_another_version(
    own_cache: Path, real: WorkerBinary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = tmp_path / "mediasoup" / "worker" / "out" / "Release"
    release.mkdir(parents=True)
    (tmp_path / "mediasoup" / "package.json").write_text('{"name": "mediasoup", "version": "3.19.3"}')
    monkeypatch.setenv("MEDIASOUP_WORKER_BIN", str(shutil.copy2(real.path, release / "mediasoup-worker")))
    text = missing_text()
    assert f"It is version 3.19.3, and this project speaks to {VERSION}." in text
    assert f"Point MEDIASOUP_WORKER_BIN to a mediasoup-worker {VERSION}, or unset it" in text


def test_own_binary_with_a_record_of_another_version(full_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (full_cache / "worker.json").write_text('{"version": "3.26.0"}')
    monkeypatch.setenv("MEDIASOUP_WORKER_BIN", str(full_cache / "mediasoup-worker"))
    assert "It is version 3.26.0" in missing_text()


def test_own_binary_that_lacks_a_request_of_this_version(
    own_cache: Path, real: WorkerBinary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "worker"
    own.write_bytes(real.path.read_bytes().replace(b"consumer.setPriority\0", b"consumer.setXriority\0"))
    own.chmod(0o755)
    monkeypatch.setenv("MEDIASOUP_WORKER_BIN", str(own))
    assert f"It is not version {VERSION}: it does not know CONSUMER_SET_PRIORITY." in missing_text()


def test_own_binary_that_is_another_program(own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDIASOUP_WORKER_BIN", "/bin/true")
    assert f"It is not version {VERSION}: it does not know WORKER_DUMP and " in missing_text()


def test_own_binary_that_does_not_start(
    own_cache: Path, real: WorkerBinary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = shutil.copy2(real.path, tmp_path / "worker")
    lose_library(Path(own))
    monkeypatch.setenv("MEDIASOUP_WORKER_BIN", str(own))
    text = missing_text()
    assert "which is of no use. It does not start (exit code 127: " in text
    assert "libxx.so.1" in text


def test_a_relative_own_path_becomes_absolute(
    own_cache: Path, real: WorkerBinary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy2(real.path, tmp_path / "worker")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MEDIASOUP_WORKER_BIN", "./worker")
    assert os.path.isabs(locate().path)


def test_own_binary_without_the_npm_package_says_npm_ci(
    own_cache: Path, real: WorkerBinary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locating, "npm_version", lambda: None)
    monkeypatch.setenv("MEDIASOUP_WORKER_BIN", str(script(tmp_path / "worker")))
    text = missing_text()
    assert f"The schemas of mediasoup {VERSION} are not there" in text
    assert "Run `npm ci`" in text


def lose_library(binary: Path) -> None:
    """What an upgrade of the distribution does: the library of that name is gone."""
    content = binary.read_bytes()
    assert b"libuv.so.1\0" in content
    binary.write_bytes(content.replace(b"libuv.so.1\0", b"libxx.so.1\0"))
