"""`manage.py media_probe` against real servers, whole and broken."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from meetings.bot.site import Site
from tests.live.server import RunningServer, children_of
from tests.live.waiting import eventually

pytestmark = pytest.mark.long

Json = dict[str, Any]

LEFT_OF_PROBES = """
from meetings.models import JoinAttempt, Meeting, Participant
rooms = Meeting.objects.filter(host_guest="probe")
print(rooms.count(), Participant.objects.filter(meeting__in=rooms).count())
print(JoinAttempt.objects.filter(purpose="probe").count())
"""
LET_TIME_PASS = """
from datetime import timedelta
from django.db.models import F
from meetings.models import Meeting
Meeting.objects.filter(host_guest="probe").update(ended_at=F("ended_at") - timedelta(minutes=1))
"""


@pytest.fixture(scope="module")
def server() -> Iterator[RunningServer]:
    with RunningServer(MEDIASOUP_WORKERS="2") as server:
        yield server


def found(done: CompletedProcess[str]) -> Json:
    report: Json = json.loads(done.stdout)
    return report


@pytest.mark.media
class TestWell:
    def test_a_call_through_every_worker(self, server: RunningServer) -> None:
        done = server.manage("media_probe", "--json")
        report = found(done)
        assert done.returncode == 0, done.stdout
        assert report["ok"]
        assert [call["worker"] for call in report["workers"]] == [0, 1]
        for call in report["workers"]:
            assert call["ok"]
            assert 0 < call["joinedMs"] < call["connectedMs"] < 5000
            assert call["framesSeen"] >= 20
            assert call["loss"] < 0.1
            assert 0 <= call["glassToGlassMs"]["median"] <= call["glassToGlassMs"]["worst"] < 1000
            assert call["soundHeard"]
            assert 20 < call["soundDelayMs"] < 1000
        assert "worker 0: well" in done.stderr
        moved = [line for line in server.log.splitlines() if "moves from MediaSoup worker" in line]
        assert moved, "one of the two calls was moved to its worker"
        assert not server.new_tracebacks()

    def test_nothing_is_left_of_it_after_the_next(self, server: RunningServer) -> None:
        server.manage("shell", "-v0", "-c", LET_TIME_PASS)
        assert server.manage("media_probe", "--seconds", "1").returncode == 0
        told = server.manage("shell", "-v0", "-c", LEFT_OF_PROBES)
        once = told.stdout.split()
        server.manage("shell", "-v0", "-c", LET_TIME_PASS)
        assert server.manage("media_probe", "--seconds", "1").returncode == 0
        told = server.manage("shell", "-v0", "-c", LEFT_OF_PROBES)
        assert once[-3:] == told.stdout.split() == ["2", "4", "4"], "those of the latest run alone are left"

    async def test_from_outside_and_in_a_meeting_that_there_is(self, server: RunningServer) -> None:
        site = Site(server.base_url)
        meeting = await site.create_meeting("Ours")
        done = server.manage(
            "media_probe", "--url", server.base_url, "--meeting", meeting["code"], "--seconds", "1", "--json"
        )
        [call] = found(done)["workers"]
        assert done.returncode == 0
        assert (call["ok"], call["worker"]) == (True, None)
        assert (await site.describe(meeting["code"]))["state"] != "ended"

    def test_table_for_people(self, server: RunningServer) -> None:
        done = server.manage("media_probe", "--url", server.base_url, "--seconds", "1")
        assert done.returncode == 0
        assert done.stdout.startswith("WORKER")
        assert f"A call works at {server.base_url}" in done.stdout

    def test_load(self, server: RunningServer) -> None:
        done = server.manage("media_probe", "--participants", "5", "--sending", "2", "--seconds", "1.5", "--json")
        report = found(done)
        assert done.returncode == 0, done.stdout + done.stderr
        assert (report["joined"], report["streams"], report["streamsSeen"]) == (5, 8, 8)
        assert report["joinsPerSecond"] > 0
        assert report["joinMs"]["median"] <= report["joinMs"]["worst"]
        assert report["framesSeen"] > 50
        assert "leaving" in done.stderr

    async def test_a_server_probes_itself(self) -> None:
        with RunningServer(MEDIASOUP_WORKERS="1", PROBE_SECONDS="2") as server:
            site = Site(server.base_url)

            async def told() -> bool:
                probe = (await site.health(deep=True))["probe"]
                return bool(probe and probe["ok"])

            await eventually("health tells of a probe", told, within=25, every=0.5)
            assert not server.new_tracebacks()


class TestBroken:
    def test_fault_wrong_announced_address(self) -> None:
        with RunningServer(MEDIASOUP_WORKERS="1", MEDIASOUP_ANNOUNCED_IP="203.0.113.9") as server:
            done = server.manage("media_probe", "--json")
        report = found(done)
        assert done.returncode == 1
        assert (report["phase"], report["code"]) == ("connect", "WRONG_ANNOUNCED_ADDRESS")
        assert "203.0.113.9" in report["sentence"]
        assert "MEDIASOUP_ANNOUNCED_IP" in report["action"]
        assert "127.0.0.1" in report["evidence"]["siteAddresses"]

    def test_fault_worker_is_stopped(self) -> None:
        with RunningServer(MEDIASOUP_WORKERS="1") as server, workers_stand_still(server):
            done = server.manage("media_probe", "--json")
        report = found(done)
        assert done.returncode == 1
        assert report["code"] == "NO_WORKER"
        assert report["phase"] in ("worker", "join", "transports")
        assert report["sentence"]

    def test_fault_no_media_node(self) -> None:
        with RunningServer(media=False, MEDIA_EMBEDDED="0") as server:
            done = server.manage("media_probe", "--json")
        assert done.returncode == 1
        assert found(done)["code"] == "NO_WORKER"

    def test_fault_site_is_not_there(self, server: RunningServer) -> None:
        done = server.manage("media_probe", "--json", "--url", "http://localhost:1")
        report = found(done)
        assert done.returncode == 2
        assert (report["phase"], report["code"]) == ("site", "SITE_UNREACHABLE")
        load = server.manage("media_probe", "--participants", "2", "--url", "http://localhost:1")
        assert load.returncode == 2
        assert "does not answer" in load.stderr

    def test_fault_no_such_meeting(self, server: RunningServer) -> None:
        done = server.manage("media_probe", "--json", "--meeting", "aaaa-bbbb-ccc")
        assert done.returncode == 1
        assert found(done)["code"] == "MEETING_NOT_FOUND"

    def test_fault_strangers_may_not_make_meetings(self) -> None:
        with RunningServer(MEDIASOUP_WORKERS="1", ALLOW_ANONYMOUS_HOSTS="0") as server:
            outside = server.manage("media_probe", "--json", "--url", server.base_url, "--seconds", "1")
            inside = server.manage("media_probe", "--json", "--seconds", "1")
        assert (outside.returncode, found(outside)["code"]) == (1, "NOT_ALLOWED")
        assert "--meeting" in found(outside)["action"]
        assert inside.returncode == 0

    @pytest.mark.parametrize(
        "wrong",
        [
            ["--url", "htp:/x"],
            ["--seconds", "0"],
            ["--participants", "1"],
            ["--participants", "3", "--sending", "4"],
            ["--record", "--url", "http://localhost:1"],
            ["--no-such-option"],
        ],
    )
    def test_bad_input_is_2(self, server: RunningServer, wrong: list[str]) -> None:
        done = server.manage("media_probe", *wrong)
        assert done.returncode == 2
        assert done.stdout == ""
        assert done.stderr


@contextmanager
def workers_stand_still(server: RunningServer) -> Iterator[None]:
    """Stop every worker of the server, also those that are started in place of one that was given up."""
    over = threading.Event()
    first = threading.Event()

    def stop_all() -> None:
        while not over.is_set():
            for pid, name in children_of(server.pid).items():
                if name.startswith("mediasoup") and _state(pid) not in ("T", ""):
                    _send(pid, signal.SIGSTOP)
            first.set()
            over.wait(0.02)

    stopping = threading.Thread(target=stop_all)
    stopping.start()
    first.wait(5)
    try:
        yield
    finally:
        over.set()
        stopping.join()
        for pid, name in children_of(server.pid).items():
            if name.startswith("mediasoup"):
                _send(pid, signal.SIGCONT)


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return ""


def _send(pid: int, what: signal.Signals) -> None:
    # It may have been given up and killed meanwhile.
    with suppress(ProcessLookupError):
        os.kill(pid, what)
