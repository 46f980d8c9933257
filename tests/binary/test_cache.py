"""The cache: what its keys depend on, and that entries are whole or not there."""

import json
import os
import shutil
import threading
from pathlib import Path

import pytest

from media.binary import WorkerBinary, cache
from media.binary.pinned import RECIPE, VERSION

from .conftest import fill


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    return Path(shutil.copytree(RECIPE, tmp_path / "recipe"))


def test_the_key_names_version_platform_and_recipe(own_cache: Path) -> None:
    assert cache.entry_folder() == own_cache / f"{VERSION}-{cache.platform_name()}-{cache.recipe_hash()}"
    assert cache.platform_name().startswith(f"linux-{os.uname().machine}-")


def test_the_key_stays_when_nothing_but_times_change(recipe: Path) -> None:
    for file in recipe.rglob("*"):
        os.utime(file, (1, 1))
    assert cache.recipe_hash(recipe) == cache.recipe_hash(RECIPE)


@pytest.mark.parametrize("name", sorted(p.relative_to(RECIPE).as_posix() for p in RECIPE.rglob("*") if p.is_file()))
def test_the_key_changes_with_every_file_of_the_recipe(recipe: Path, name: str) -> None:
    with (recipe / name).open("a") as file:
        file.write(" ")
    assert cache.recipe_hash(recipe) != cache.recipe_hash(RECIPE)


def test_the_key_changes_when_a_file_is_renamed(recipe: Path) -> None:
    (recipe / "tools.txt").rename(recipe / "tools2.txt")
    assert cache.recipe_hash(recipe) != cache.recipe_hash(RECIPE)


def test_the_cache_follows_xdg_and_falls_back_to_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert cache.cache_root() == tmp_path / ".cache" / "kcs-meet" / "mediasoup-worker"


def test_an_entry_replaces_an_older_one(full_cache: Path, real: WorkerBinary) -> None:
    (full_cache / "left-over").touch()
    with cache.only_maker(lambda: None), cache.workshop() as workshop:
        finished = workshop / "finished"
        finished.mkdir()
        cache.install(fill(finished, real, "prebuilt"), full_cache)
    assert json.loads((full_cache / "worker.json").read_text())["origin"] == "prebuilt"
    assert sorted(path.name for path in full_cache.iterdir()) == ["fbs", "mediasoup-worker", "worker.json"]
    assert cache.is_complete(full_cache)
    assert not list(own_workshops())


def test_workshops_of_killed_processes_are_removed(own_cache: Path) -> None:
    left = own_cache / f"{cache.WORKSHOP_PREFIX}99999"
    (left / "build").mkdir(parents=True)
    with cache.only_maker(lambda: None), cache.workshop() as workshop:
        assert not left.exists()
        assert workshop.is_dir()
    assert not list(own_workshops())


def test_one_maker_at_a_time(own_cache: Path) -> None:
    waiting, done = threading.Event(), threading.Event()

    def second() -> None:
        with cache.only_maker(waiting.set):
            done.set()

    other = threading.Thread(target=second)
    with cache.only_maker(lambda: None):
        other.start()
        assert waiting.wait(5)
        assert not done.is_set()
    assert done.wait(5)
    other.join()


def test_copying_schemas_again_keeps_those_that_are_there(real: WorkerBinary, tmp_path: Path) -> None:
    cache.copy_schemas(real.schemas, tmp_path / "fbs")
    cache.copy_schemas(real.schemas, tmp_path / "fbs")
    assert [path.name for path in tmp_path.iterdir()] == ["fbs"]
    assert (tmp_path / "fbs" / "worker.fbs").read_bytes() == (real.schemas / "worker.fbs").read_bytes()


def own_workshops() -> list[Path]:
    return list(cache.cache_root().glob(f"{cache.WORKSHOP_PREFIX}*"))
