"""`manage.py serve`: daphne with all that belongs to it, as a process."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Subprotocol

from meetings.bot.errors import RequestRefused
from meetings.bot.signalling import SignallingClient
from meetings.bot.site import Site
from tests.live.server import ROOT, RunningServer, children_of, free_port, wait_until_gone
from tests.live.waiting import eventually
from tests.meetings.two_people import Visitor, two_people_meet

pytestmark = pytest.mark.long

GRACE = 3.0


@pytest.fixture(scope="module")
def server() -> Iterator[RunningServer]:
    with RunningServer(GRACE_SECONDS=str(GRACE), MEDIASOUP_WORKERS="1") as running:
        yield running


def rows(server: RunningServer, query: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(Path(server.log_path).parent / "kcs.sqlite3") as database:
        return list(database.execute(query))


def status_of(url: str) -> int:
    try:
        with urlopen(url, timeout=10) as response:
            return int(response.status)
    except HTTPError as error:
        return error.code


async def test_two_people_meet(server: RunningServer) -> None:
    await two_people_meet(server.base_url, server.base_url, grace=GRACE)
    assert server.new_tracebacks() == ""


async def test_contracts_log_lines(server: RunningServer) -> None:
    meeting = await Site(server.base_url).create_meeting("Logged")
    bob = await Visitor.join(server.base_url, meeting["id"], "Bob")
    await bob.socket.request("create-transport", {"meetingId": meeting["id"], "direction": "send"})
    await bob.socket.close()
    for line in (
        "Initializing 1 MediaSoup workers",
        r"MediaSoup worker 0 initialized \[pid:\d+\]",
        "MediaSoup initialized with 1/1 workers",
        f"Created router for meeting: {meeting['id']}",
        "create-transport received",
        "Transport created",
        "transport-created sent",
    ):
        assert server.log_has(line), line


async def test_unknown_socket_path_is_refused(server: RunningServer) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await connect(f"ws://127.0.0.1:{server.port}/ws/elsewhere/", proxy=None)
    assert refused.value.response.status_code == 403


async def test_frames_of_two_megabytes_are_answered(server: RunningServer) -> None:
    socket = await SignallingClient.open(f"ws://localhost:{server.port}/ws/signaling/", origin=server.base_url)
    await socket.send_text('{"event": "ping", "data": "' + "x" * 2_000_000 + '"}')
    name, data = await socket.next_push()
    assert (name, data["code"]) == ("error", "BAD_REQUEST")
    await socket.request("ping")
    await socket.close()


async def test_ten_thousand_frames_do_not_disturb_the_pages(server: RunningServer) -> None:
    flooding = await SignallingClient.open(f"ws://localhost:{server.port}/ws/signaling/", origin=server.base_url)
    for _ in range(10_000):
        await flooding.send_text('{"event": "leave-meeting"}')
    assert (await Site(server.base_url).health())["status"] == "healthy"
    answers = [(await flooding.next_push())[1]["code"] for _ in range(10_000)]
    assert set(answers) == {"NOT_IN_MEETING", "RATE_LIMITED"}
    await flooding.close()
    assert server.new_tracebacks() == ""


def test_taken_port_is_one_clear_line(server: RunningServer) -> None:
    second = subprocess.run(
        [sys.executable, "manage.py", "serve", "--port", str(server.port)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert second.returncode == 1
    assert f"cannot listen on 127.0.0.1:{server.port}" in second.stderr
    assert "Traceback" not in second.stderr


@pytest.mark.parametrize("stop_signal", [signal.SIGINT, signal.SIGTERM])
async def test_stopping_leaves_nothing_and_a_restart_takes_people_back(stop_signal: signal.Signals) -> None:
    server = RunningServer(MEDIASOUP_WORKERS="1", GRACE_SECONDS="120")
    server.start()
    try:
        meeting = await Site(server.base_url).create_meeting("Restarted")
        bob = await Visitor.join(server.base_url, meeting["id"], "Bob")
        everything = {server.pid, *children_of(server.pid)}
        assert len(everything) >= 2
        os.kill(server.pid, stop_signal)
        assert server.stop() == 0
        assert wait_until_gone(everything) == set()
        assert rows(server, "SELECT * FROM meetings_webprocess") == []
        [(left, away)] = rows(server, "SELECT left_at, disconnected_at FROM meetings_participant")
        assert left is None
        assert away is not None

        server.start()

        async def back() -> Visitor | None:
            try:
                return await Visitor.join(server.base_url, meeting["id"], "Bob", resumeToken=bob.joined["resumeToken"])
            except (OSError, RequestRefused):
                return None

        again = await eventually("Bob is back", back, within=30)
        assert again is not None
        assert again.participant_id == bob.participant_id
        assert again.joined["state"] == {"resumed": True, "mediaResumed": False, "ownProducers": []}
        await again.socket.close()
    finally:
        server.stop()


async def test_fault_worker_binary_is_missing() -> None:
    """Pages are served, health and joining say what is the matter, and so does one line on the console."""
    with RunningServer(media=False, MEDIASOUP_WORKER_BIN="/nonexistent/mediasoup-worker") as server:
        site = Site(server.base_url)
        meeting = await site.create_meeting("Mute")
        assert await site.health() == {"status": "error", "message": "MediaSoup workers not initialized", "workers": 0}
        assert await asyncio.to_thread(status_of, f"{server.base_url}/api/meetings/health/webrtc") == 503
        assert await asyncio.to_thread(status_of, f"{server.base_url}/m/{meeting['code']}/") == 200
        with pytest.raises(RequestRefused) as refused:
            await Visitor.join(server.base_url, meeting["id"], "Bob")
        assert refused.value.code == "MEDIA_UNAVAILABLE"
        assert (await site.describe(meeting["id"]))["participants"] == []
        await eventually(
            "the console says why",
            lambda: server.log_has("^pages are served, but meetings cannot be held: .+"),
            within=20,
        )
        assert not server.log_has("^ready:")


async def test_fault_one_of_two_workers_has_no_port() -> None:
    """Meetings can be held with the other one: that is said, with what keeps the second from working."""
    with socket.socket() as taken:
        first = port_before_a_taken_one(taken)
        with RunningServer(MEDIASOUP_WORKERS="2", MEDIASOUP_PORT=str(first)) as server:
            assert server.log_has(f"^meetings can be held, with 1 of 2 media workers: .*{first + 1}")
            health = await Site(server.base_url).health()
            assert (health["status"], health["workers"], health["expectedWorkers"]) == ("degraded", 1, 2)
            meeting = await Site(server.base_url).create_meeting("Half")
            bob = await Visitor.join(server.base_url, meeting["id"], "Bob")
            await bob.socket.close()


def port_before_a_taken_one(taken: socket.socket) -> int:
    """A free port whose successor is taken, by `taken` from now on."""
    while True:
        first = free_port()
        try:
            taken.bind(("127.0.0.1", first + 1))
        except OSError:
            continue
        taken.listen()
        return first


def send_often(connection: socket.socket, data: bytes, times: int) -> None:
    for _ in range(times):
        connection.sendall(data)


def test_malice_one_who_asks_and_never_reads(server: RunningServer) -> None:
    """Answers do not heap up in the server's memory: whoever does not read them is given up."""
    silent = socket.socket()
    silent.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    silent.settimeout(20)
    silent.connect(("127.0.0.1", server.port))
    silent.sendall(
        f"GET /ws/signaling/ HTTP/1.1\r\nHost: localhost:{server.port}\r\nOrigin: {server.base_url}\r\n"
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: kcs.v1\r\n\r\n".encode()
    )
    assert silent.recv(12) == b"HTTP/1.1 101"
    text = b'{"event": "leave-meeting"}'
    masked_with_nothing = bytes((0x81, 0x80 | len(text), 0, 0, 0, 0)) + text
    with silent, pytest.raises((BrokenPipeError, ConnectionResetError)):
        send_often(silent, masked_with_nothing * 1000, 1000)
    assert "reads too slowly and is closed" in Path(server.log_path).read_text()
    assert server.new_tracebacks() == ""


async def test_malice_hundreds_who_never_finish_what_they_ask(server: RunningServer) -> None:
    """Half a request each, a handshake that stops, and sockets that join nothing: others are served as before."""
    halves = [
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
        b"GET /ws/signaling/ HTTP/1.1\r\nUpgrade: websocket\r\n",
    ]
    slow = []
    for number in range(400):
        connection = socket.create_connection(("127.0.0.1", server.port))
        connection.sendall(halves[number % 2])
        slow.append(connection)
    idle = [
        await connect(f"ws://127.0.0.1:{server.port}/ws/signaling/", subprotocols=[Subprotocol("kcs.v1")])
        for _ in range(50)
    ]
    try:
        for connection in slow:
            connection.sendall(b"a")
        assert await asyncio.to_thread(status_of, f"{server.base_url}/") == 200
        await two_people_meet(server.base_url, server.base_url, grace=GRACE)
    finally:
        for connection in slow:
            connection.close()
        for one in idle:
            await one.close()
    assert server.new_tracebacks() == ""
