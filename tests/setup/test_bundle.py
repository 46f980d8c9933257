"""The browser bundle, from a copy of the sources: the checkout's own is left alone."""

import shutil
import subprocess
from pathlib import Path

import pytest

from setup.commands import CHECKOUT

SOURCES = Path("meetings/static/meetings")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    shutil.copytree(CHECKOUT / SOURCES, tmp_path / SOURCES, ignore=shutil.ignore_patterns("build"))
    (tmp_path / "setup").mkdir()
    shutil.copy(CHECKOUT / "setup" / "bundle.mjs", tmp_path / "setup")
    (tmp_path / "node_modules").symlink_to(CHECKOUT / "node_modules")
    return tmp_path


def bundle(checkout: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(["node", "setup/bundle.mjs"], cwd=checkout, capture_output=True, text=True)


def test_makes_what_the_templates_load(checkout: Path) -> None:
    done = bundle(checkout)
    assert done.returncode == 0, done.stderr
    build = checkout / SOURCES / "build"
    assert {"start.js", "start.js.map", "meeting.js", "app.css", "icons.svg"} <= {path.name for path in build.iterdir()}
    assert "KiB compressed" in done.stdout
    sprite = (build / "icons.svg").read_text()
    assert '<symbol id="icon-mic" viewBox="0 0 24 24"' in sprite
    assert sprite.count("<svg") == 1


def test_a_wrong_module_fails_with_its_line_and_leaves_the_last_good_build(checkout: Path) -> None:
    build = checkout / SOURCES / "build"
    build.mkdir()
    (build / "start.js").write_text("good")
    (checkout / SOURCES / "js" / "start.js").write_text("import './nowhere.js';\n")
    done = bundle(checkout)
    assert done.returncode == 1
    assert 'Could not resolve "./nowhere.js"' in done.stderr
    assert "start.js:1" in done.stderr
    assert (build / "start.js").read_text() == "good"


def test_an_unknown_icon_is_named(checkout: Path) -> None:
    (checkout / SOURCES / "icons.json").write_text('["mic", "no-such-icon"]')
    done = bundle(checkout)
    assert done.returncode == 1
    assert 'icons.json names "no-such-icon", and lucide-static has no such icon' in done.stderr
