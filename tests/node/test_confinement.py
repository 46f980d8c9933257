"""What a worker process may not do, read from the kernel's view of a real one."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import logging
import os
import pwd
import resource
import shutil
import tempfile
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from media.binary import locate
from media.checks import worker_user
from media.conf import MediaSettings
from media.mediasoup.worker_start import _codec as load_schemas
from media.mediasoup.worker_start import create_worker
from media.node.config import NodeConfig
from media.node.confinement import CannotConfine, announce, confinement
from media.node.node import MediaNode
from media.node.worker_slot import SlotState

from .people import Json, Person, until

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a worker another user")
NOBODY = pwd.getpwnam("nobody")


@pytest.fixture(autouse=True)
def _tried_out_anew() -> Iterator[None]:
    """What was found for one test is not taken for another's."""
    confinement.cache_clear()
    announce.cache_clear()
    yield
    confinement.cache_clear()
    announce.cache_clear()


def status_of(pid: int) -> dict[str, list[str]]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {name: values.split() for name, _, values in (line.partition(":") for line in lines)}


def environment_of(pid: int) -> bytes:
    return Path(f"/proc/{pid}/environ").read_bytes()


def limit_of(pid: int, name: str) -> tuple[str, str]:
    """Soft and hard."""
    line = next(line for line in Path(f"/proc/{pid}/limits").read_text().splitlines() if line.startswith(name))
    soft, hard = line.removeprefix(name).split()[:2]
    return soft, hard


def worker_pid(node: MediaNode) -> int:
    worker = node.supervisor.slots[0].worker
    assert worker is not None
    return worker.pid


def check_limits(pid: int) -> None:
    assert limit_of(pid, "Max core file size") == ("0", "0")
    files, _ = limit_of(pid, "Max open files")
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    assert int(files) == min(65536, hard if hard != resource.RLIM_INFINITY else 65536)
    memory, _ = limit_of(pid, "Max address space")
    assert int(memory) >= 2 * 1024**3


def as_user(account: pwd.struct_passwd, work: Callable[[], Json]) -> Json:
    """What `work` answers in a process of that user's, forked from this one."""
    with tempfile.TemporaryFile() as answer:
        pid = os.fork()
        if pid == 0:
            try:
                os.setgroups([])
                os.setresgid(account.pw_gid, account.pw_gid, account.pw_gid)
                os.setresuid(account.pw_uid, account.pw_uid, account.pw_uid)
                os.write(answer.fileno(), json.dumps(work()).encode())
            except BaseException:
                traceback.print_exc()
                os._exit(1)
            os._exit(0)
        assert os.waitpid(pid, 0)[1] == 0, "the work failed; see the output"
        answer.seek(0)
        result: Json = json.loads(answer.read())
        return result


class TestAsRoot:
    pytestmark = as_root

    async def test_worker_is_nobody_and_may_nothing(
        self, node: MediaNode, person: Callable[..., Person], capabilities: Json, caplog: pytest.LogCaptureFixture
    ) -> None:
        pid = worker_pid(node)
        status = status_of(pid)
        assert status["Uid"] == [str(NOBODY.pw_uid)] * 4
        assert status["Gid"] == [str(NOBODY.pw_gid)] * 4
        assert status["Groups"] == []
        assert status["NoNewPrivs"] == ["1"]
        for kind in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
            assert int(status[kind][0], 16) == 0, kind
        check_limits(pid)
        assert limit_of(pid, "Max processes") == ("1024", "1024")
        assert status["Name"] == ["mediasoup-worke"], "operators look for it by its name"
        # And it works.
        alice, bob = person("alice"), person("bob")
        await alice.fast_join(capabilities)
        await alice.send("camera")
        assert len((await bob.fast_join(capabilities))["consumers"]) == 1

    async def test_what_was_dropped_is_said_once(
        self, settings_of: MediaSettings, run_dir: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.INFO)
        async with MediaNode(dataclasses.replace(settings_of.node, workers=2), run_dir / "two.sock") as node:
            await until(lambda: len(node.supervisor.up) == 2, "both workers")
        [said] = [message for message in caplog.messages if message.startswith("MediaSoup workers run")]
        assert said.startswith(f"MediaSoup workers run as nobody ({NOBODY.pw_uid}:{NOBODY.pw_gid}), without capab")

    @pytest.mark.parametrize("name", ["daemon", "root"])
    async def test_a_user_can_be_named_and_root_can_stay_root_without_capabilities(
        self, run_dir: Path, name: str
    ) -> None:
        async with MediaNode(NodeConfig(worker_user=name), run_dir / "media.sock") as node:
            await until(lambda: bool(node.supervisor.up), "the worker")
            status = status_of(worker_pid(node))
        assert status["Uid"] == [str(pwd.getpwnam(name).pw_uid)] * 4
        assert int(status["CapEff"][0], 16) == 0
        assert status["NoNewPrivs"] == ["1"]

    async def test_binary_in_a_place_that_only_root_can_reach(self, run_dir: Path) -> None:
        binary = locate()
        private = run_dir / "home"
        private.mkdir(mode=0o700)
        copy = Path(shutil.copy(binary.path, private / "worker"))
        wrapper = confinement("nobody").wrapper
        worker = await create_worker(copy, binary.schemas, wrapper=wrapper, environment={})
        status = status_of(worker.pid)
        environment = environment_of(worker.pid)
        worker.close()
        await worker.wait_closed()
        assert status["Uid"][0] == str(NOBODY.pw_uid)
        assert environment == b"MEDIASOUP_VERSION=3.27.1\x00"

    def test_fault_binary_that_others_may_not_execute_keeps_our_user(self) -> None:
        found = confinement("", for_everybody=False)
        assert not any("reuid" in word for word in found.wrapper)
        assert "--bounding-set=-all" in found.wrapper
        assert "others may not execute" in str(found)

    def test_fault_platform_that_gives_no_other_user(self, run_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A container without SETUID: its setpriv refuses as the real one does."""
        real = shutil.which("setpriv")
        shim = run_dir / "setpriv"
        shim.write_text(
            f'#!/bin/sh\ncase "$*" in *--reuid*) echo "setpriv: setresuid failed: Operation not permitted" >&2; '
            f'exit 1;; esac\nexec {real} "$@"\n'
        )
        shim.chmod(0o755)
        monkeypatch.setenv("PATH", f"{run_dir}:{os.environ['PATH']}")
        found = confinement("")
        assert "without capabilities" in found.dropped
        assert "our user" in str(found)
        with pytest.raises(CannotConfine, match="setresuid failed: Operation not permitted"):
            confinement("daemon")

    def test_as_an_ordinary_user_a_worker_gains_nothing(self, run_dir: Path) -> None:
        """The same from within a process that is nobody's: what an ordinary user's kernel allows, and no more."""
        binary = locate()
        copy = Path(shutil.copy(binary.path, run_dir / "worker"))
        run_dir.chmod(0o755)
        load_schemas(str(binary.schemas))  # which lie where nobody can read them

        async def start() -> Json:
            found = confinement("")
            worker = await create_worker(copy, binary.schemas, wrapper=found.wrapper, environment={})
            status, files = status_of(worker.pid), limit_of(worker.pid, "Max core file size")
            worker.close()
            await worker.wait_closed()
            return {"said": str(found), "status": status, "files": files}

        seen = as_user(NOBODY, lambda: asyncio.run(start()))
        assert seen["status"]["Uid"] == [str(NOBODY.pw_uid)] * 4
        assert seen["status"]["NoNewPrivs"] == ["1"]
        assert int(seen["status"]["CapEff"][0], 16) == 0
        assert seen["files"] == ["0", "0"]
        assert seen["said"].startswith("MediaSoup workers run without a way to gain rights, without core dumps")

    def test_fault_an_ordinary_user_cannot_name_another(self) -> None:
        def named() -> Json:
            try:
                confinement("daemon")
            except CannotConfine as refusal:
                return {"refusal": str(refusal)}
            return {}

        assert "MEDIASOUP_WORKER_USER is daemon, and workers cannot be run as" in as_user(NOBODY, named)["refusal"]


async def test_worker_of_an_ordinary_user_gains_nothing(
    settings_of: MediaSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who is not root cannot become another user, but can give up gaining rights."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    async with MediaNode(settings_of.node, settings_of.socket) as node:
        await until(lambda: bool(node.supervisor.up), "the worker")
        status = status_of(worker_pid(node))
        check_limits(worker_pid(node))
    assert status["Uid"] == [str(os.getuid())] * 4
    assert status["NoNewPrivs"] == ["1"]


async def test_no_secret_of_the_site_is_in_a_workers_environment(
    settings_of: MediaSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", "not-for-workers")
    async with MediaNode(settings_of.node, settings_of.socket) as node:
        await until(lambda: bool(node.supervisor.up), "the worker")
        environment = environment_of(worker_pid(node))
    assert b"not-for-workers" not in environment
    assert b"MEDIASOUP_VERSION=3.27.1" in environment


async def test_turned_off(run_dir: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with MediaNode(NodeConfig(confine_workers=False), run_dir / "media.sock") as node:
        await until(lambda: bool(node.supervisor.up), "the worker")
        status = status_of(worker_pid(node))
    assert status["Uid"] == [str(os.getuid())] * 4
    assert status["NoNewPrivs"] == ["0"]
    if os.geteuid() == 0:
        assert any("MEDIASOUP_WORKER_CONFINE is off" in message for message in caplog.messages)


async def test_fault_user_that_is_none(run_dir: Path, settings: Any) -> None:
    async with MediaNode(NodeConfig(worker_user="nosuchuser"), run_dir / "media.sock") as node:
        slot = node.supervisor.slots[0]
        await until(lambda: slot.state is SlotState.FAILED, "the refusal")
        assert "MEDIASOUP_WORKER_USER is nosuchuser, which is no user of this machine" in slot.trouble
        assert "nosuchuser" not in slot.short_trouble
    settings.MEDIASOUP_WORKER_USER = "nosuchuser"
    [warning] = worker_user(None)
    assert warning.id == "media.W020"
    assert "adduser" in str(warning.hint)
