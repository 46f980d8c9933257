"""Steps of set-up run again when their inputs change, and only then."""

from pathlib import Path

import pytest

from setup import commands, environment, node, stamp
from setup.commands import SetupFailed


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for module in (stamp, environment, node, commands):
        monkeypatch.setattr(module, "CHECKOUT", tmp_path)
    monkeypatch.setattr(environment, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(node, "NODE_MODULES", tmp_path / "node_modules")
    for name in ("requirements.txt", "requirements-dev.txt", "package.json", "package-lock.json", ".npmrc"):
        (tmp_path / name).write_text(name)
    return tmp_path


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was run, in words; nothing really is."""
    words: list[str] = []

    def note(what: str, command: list[str], *, remedy: str) -> None:
        words.append(what)

    monkeypatch.setattr(environment, "run", note)
    monkeypatch.setattr(node, "run", note)
    return words


def test_a_digest_depends_on_names_contents_and_facts(checkout: Path) -> None:
    one, other = checkout / "package.json", checkout / ".npmrc"
    first = stamp.digest([one, other], "3.11")
    assert stamp.digest([other, one], "3.11") == first
    assert stamp.digest([one, other], "3.12") != first
    assert stamp.digest([one], "3.11") != first
    other.write_text("changed")
    assert stamp.digest([one, other], "3.11") != first


def test_npm_packages_are_installed_once_and_again_when_the_lock_changes(checkout: Path, ran: list[str]) -> None:
    node.ensure_packages()
    node.ensure_packages()
    assert ran == ["installing the npm packages"]
    (checkout / "package-lock.json").write_text("changed")
    node.ensure_packages()
    assert len(ran) == 2


def test_python_packages_are_installed_once_and_again_when_pins_change(checkout: Path, ran: list[str]) -> None:
    environment.ensure_packages(with_tests=False)
    environment.ensure_packages(with_tests=False)
    assert ran == ["making .venv", "installing the Python packages of requirements.txt"]
    (checkout / "requirements.txt").write_text("changed")
    environment.ensure_packages(with_tests=False)
    assert len(ran) == 4


def test_packages_for_tests_include_those_for_running(checkout: Path, ran: list[str]) -> None:
    environment.ensure_packages(with_tests=True)
    ran.clear()
    environment.ensure_packages(with_tests=False)
    environment.ensure_packages(with_tests=True)
    assert ran == []
    (checkout / "requirements-dev.txt").write_text("changed")
    environment.ensure_packages(with_tests=False)
    assert ran == []
    environment.ensure_packages(with_tests=True)
    assert ran[-1] == "installing the Python packages of requirements-dev.txt"


def test_a_moved_checkout_gets_its_packages_anew(
    checkout: Path, ran: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    environment.ensure_packages(with_tests=False)
    ran.clear()
    moved = (checkout / ".venv").rename(checkout / ".moved")
    monkeypatch.setattr(environment, "VENV", moved)
    environment.ensure_packages(with_tests=False)
    assert ran[-1] == "installing the Python packages of requirements.txt"


def test_a_failing_step_leaves_no_stamp(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(what: str, command: list[str], *, remedy: str) -> None:
        raise SetupFailed("no network")

    monkeypatch.setattr(node, "run", fail)
    with pytest.raises(SetupFailed):
        node.ensure_packages()
    assert not (checkout / "node_modules").exists()


def test_a_failing_command_is_quoted_with_its_remedy(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SetupFailed, match=r"counting failed \(`sh -c .*`, exit code 3\)\. Count again\."):
        commands.run("counting", ["sh", "-c", "echo one; echo two >&2; exit 3"], remedy="Count again.")
    said = capfd.readouterr()
    assert said.err.splitlines() == ["    one", "    two"]
    assert said.out == "setup: counting …\n"
