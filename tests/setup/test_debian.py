"""Debian's packages: installed by root, named in one command to everybody else."""

import subprocess
from pathlib import Path

import pytest

from setup import debian
from setup.commands import SetupFailed


@pytest.fixture
def lacking(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """A Debian without g++ and libuv; the commands that would change it are only noted."""
    ran: list[list[str]] = []
    monkeypatch.setattr(debian, "_installed", lambda name: name not in ("g++", "libuv1-dev"))
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(debian, "run", lambda what, command, **rest: ran.append(command))
    return ran


def test_root_installs_only_what_is_missing(lacking: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr("subprocess.run", lambda command, **rest: subprocess.CompletedProcess(command, 0))
    debian.ensure(["g++", "libssl-dev", "libuv1-dev"])
    assert [command[-2:] for command in lacking] == [["g++", "libuv1-dev"]]


def test_root_fetches_lists_only_where_apt_does_not_know_the_packages(
    lacking: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr("subprocess.run", lambda command, **rest: subprocess.CompletedProcess(command, 100))
    debian.ensure(["g++"])
    assert lacking[0] == ["apt-get", "update"]
    assert lacking[1][-1] == "g++"


def test_others_are_told_the_one_command(lacking: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    with pytest.raises(SetupFailed) as caught:
        debian.ensure(["g++", "libssl-dev", "libuv1-dev"])
    lines = [line.strip() for line in str(caught.value).splitlines() if "apt-get" in line]
    assert lines == ["sudo apt-get update && sudo apt-get install -y --no-install-recommends g++ libuv1-dev"]
    assert lacking == []


class TestOpenRelay:
    """Debian's coturn relays for anybody once it runs; whoever only wants to run tests is not to offer that."""

    @pytest.fixture(autouse=True)
    def _missing(self, lacking: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(debian, "_installed", lambda name: False)
        monkeypatch.setattr("subprocess.run", lambda command, **rest: subprocess.CompletedProcess(command, 0))

    def test_it_is_kept_from_running_where_there_is_a_systemd(
        self, lacking: list[list[str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setattr("os.geteuid", lambda: 0)
        monkeypatch.setattr(debian, "SYSTEMD", tmp_path)
        debian.ensure(["coturn"])
        assert list(lacking[-1]) == ["systemctl", "disable", "--now", "coturn"]
        monkeypatch.setattr(debian, "SYSTEMD", tmp_path / "none")
        debian.ensure(["coturn"])
        assert lacking[-1][-1] == "coturn"
        assert "apt-get" in lacking[-1]

    def test_others_are_told_to(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("os.geteuid", lambda: 1000)
        with pytest.raises(SetupFailed, match="sudo systemctl disable --now coturn"):
            debian.ensure(["coturn"])


def test_nothing_missing_is_nothing_done(lacking: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    debian.ensure(["libssl-dev"])
    debian.ensure([])
    assert lacking == []


def test_elsewhere_than_on_debian_the_packages_are_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    debian.ensure(["libuv1-dev"])
    assert "libuv1-dev" in capsys.readouterr().out


def test_tests_and_worker_have_packages_of_their_own() -> None:
    assert "chromium" not in debian.needed_for(worker=True, tests=False)
    assert "libuv1-dev" in debian.needed_for(worker=True, tests=False)
    both = debian.needed_for(worker=True, tests=True)
    assert {"chromium", "libuv1-dev", "g++"} <= set(both)
    assert len(both) == len(set(both))


@pytest.mark.parametrize(("said", "reason"), [("v18.19.0", "Node v18.19.0 is too old"), (None, "there is no Node")])
def test_an_unfit_node_is_named(said: str | None, reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def node(command: list[str], **rest: object) -> "subprocess.CompletedProcess[str]":
        if said is None:
            raise FileNotFoundError("node")
        return subprocess.CompletedProcess(command, 0, stdout=said + "\n")

    monkeypatch.setattr("subprocess.run", node)
    with pytest.raises(SetupFailed, match=f"{reason}.*Install Node 20 or newer"):
        debian.check_node()
