"""Starting and stopping the cluster, and what is said when it does not start."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.running_cluster import RunningCluster
from tests.live.server import ROOT, children_of, free_port, wait_until_gone
from tests.live.waiting import eventually_blocking

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def cluster() -> Iterator[RunningCluster]:
    with RunningCluster() as cluster:
        yield cluster


def start(var: Path, port: int) -> subprocess.CompletedProcess[str]:
    """One that is expected not to start."""
    return subprocess.run(
        [sys.executable, "-m", "cluster"],
        cwd=ROOT,
        env={**os.environ, "KCS_VAR": str(var), "PORT": str(port)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = start(tmp_path, port)
    assert done.returncode == 1
    assert done.stderr == f"cluster: port {port} is in use: choose another one with PORT=…\n"


def test_a_second_one_in_the_same_directory_is_refused(cluster: RunningCluster) -> None:
    done = start(cluster.directory.parent, free_port())
    assert done.returncode == 1
    assert f"another one runs in {cluster.directory}" in done.stderr


def test_secrets_are_for_this_user_and_in_no_process_list(cluster: RunningCluster) -> None:
    secrets = [cluster.directory / f"{name}_secret" for name in ("database", "redis", "link")]
    told = [Path(f"/proc/{pid}/cmdline").read_bytes() for pid in children_of(cluster.process_id)]
    for file in (*secrets, *cluster.directory.glob("*_url"), cluster.directory / "link.key"):
        assert file.stat().st_mode & 0o077 == 0, file
    for file in secrets:
        assert not any(file.read_bytes() in one for one in told), file
        assert file.read_text() not in cluster.logs()


def test_both_nodes_are_reached_over_tcp_only(cluster: RunningCluster) -> None:
    addresses = [address for (address,) in cluster.ask("SELECT address FROM media_medianode ORDER BY name")]
    assert len(addresses) == 2
    assert all(address.startswith("wss://127.0.0.1:") for address in addresses)


def test_killed_supervisor_leaves_nothing_behind() -> None:
    cluster = RunningCluster()
    cluster.start()
    try:
        children = children_of(cluster.process_id)
        [supervisor] = [pid for pid in children if "supervisord" in Path(f"/proc/{pid}/cmdline").read_text()]
        os.kill(supervisor, signal.SIGKILL)
        eventually_blocking("the cluster ends", lambda: not cluster.lives, within=40)
        code, _ = cluster.stop()
        assert code == 1
        assert "supervisord ended with exit code -9" in cluster.output.read_text()
        assert wait_until_gone(set(children)) == set()
    finally:
        cluster.remove()
