"""The link itself: order, garbage, versions, time-outs, and its loss."""

from __future__ import annotations

import asyncio
import json
import socket
import stat
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, unix_connect
from websockets.asyncio.server import ServerConnection, unix_serve
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Subprotocol

from media.client import MediaClient
from media.conf import MediaSettings
from media.errors import MediaError
from media.link import frames
from media.node.lanes import LONGEST_LANE, Lanes
from media.node.node import MediaNode

from .people import Json, Person, until

MakePerson = Callable[..., Person]
HELLO = frames.Hello(frames.VERSION, "a node", 1, {"codecs": []})


def raw_link(path: Path, subprotocol: str = frames.SUBPROTOCOL) -> Any:
    return unix_connect(str(path), "ws://media-node/", subprotocols=[Subprotocol(subprotocol)])


async def answer(connection: ClientConnection) -> Json:
    reply: Json = json.loads(await connection.recv())
    return reply


@asynccontextmanager
async def pretended_node(path: Path, serve: Callable[[ServerConnection], Any]) -> AsyncIterator[None]:
    """A node that does what `serve` does with each link, after the handshake."""
    async with unix_serve(serve, str(path), subprotocols=[Subprotocol(frames.SUBPROTOCOL)], close_timeout=0.2):
        yield


class TestGarbage:
    @pytest.mark.parametrize(
        "garbage",
        [
            "not json",
            "[]",
            "{}",
            '{"id": "seven", "verb": "status"}',
            '{"id": true, "verb": "status"}',
            '{"id": 7}',
            '{"id": 7, "verb": "status", "meeting": 5}',
            '{"id": 7, "verb": "status", "data": []}',
            "[" * 100_000,
            b"\x00\x01\x02",
        ],
    )
    async def test_garbage_is_answered_and_cut_and_others_are_not_disturbed(
        self, node: MediaNode, settings_of: MediaSettings, person: MakePerson, garbage: str | bytes
    ) -> None:
        alice = person("alice")
        await alice.join()
        async with raw_link(settings_of.socket) as connection:
            assert "hello" in await answer(connection)
            await connection.send(garbage)
            refusal = await answer(connection)
            assert refusal["error"]["code"] == "BAD_REQUEST"
            with pytest.raises(ConnectionClosed) as closed:
                await connection.recv()
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1002
            assert "bad frame" in closed.value.rcvd.reason
        assert (await alice.call("create-transport", direction="send"))["params"]
        assert alice.told("media-lost") == []

    async def test_the_id_is_echoed_when_there_was_one(self, node: MediaNode, settings_of: MediaSettings) -> None:
        async with raw_link(settings_of.socket) as connection:
            await connection.recv()
            await connection.send('{"id": 7}')
            assert (await answer(connection))["id"] == 7

    async def test_garbage_that_is_no_websocket_at_all(
        self, node: MediaNode, settings_of: MediaSettings, client: MediaClient
    ) -> None:
        reader, writer = await asyncio.open_unix_connection(str(settings_of.socket))
        writer.write(b"\xff" * 100_000)
        try:
            await writer.drain()
            await reader.read()
        except ConnectionError:
            pass
        writer.close()
        assert (await client.status())["workers"] == 1

    async def test_what_would_break_the_link_is_refused_before_it_is_sent(self, person: MakePerson) -> None:
        alice = person("alice")
        await alice.join()
        deep: Json = {}
        for _ in range(500):
            deep = {"deeper": deep}
        await alice.refused("produce", "BAD_REQUEST", kind="audio", rtpParameters=deep)
        await alice.refused("produce", "BAD_REQUEST", kind="audio", rtpParameters={"mid": "x" * 9_000_000})
        assert alice.told("media-lost") == []

    async def test_garbage_from_the_node_makes_the_client_hang_up_and_try_again(
        self, settings_of: MediaSettings, client: MediaClient
    ) -> None:
        links = 0

        async def babble(connection: ServerConnection) -> None:
            nonlocal links
            links += 1
            await connection.send("blah")
            await connection.wait_closed()

        async with pretended_node(settings_of.socket, babble):
            with pytest.raises(MediaError) as refusal:
                await client.rtp_capabilities()
            assert refusal.value.code == "MEDIA_UNAVAILABLE"
            assert links >= 2


class TestVersions:
    async def test_another_version_of_a_web_process_is_refused_with_a_reason(
        self, node: MediaNode, settings_of: MediaSettings
    ) -> None:
        with pytest.raises(InvalidStatus) as refusal:
            await raw_link(settings_of.socket, "kcs-link.v99")
        assert b"speaks kcs-link.v1, and was offered kcs-link.v99" in (refusal.value.response.body or b"")

    async def test_another_version_of_a_node_is_refused_with_a_reason(
        self, settings_of: MediaSettings, client: MediaClient
    ) -> None:
        async def newer(connection: ServerConnection) -> None:
            await connection.send('{"hello": {"version": 2, "shiny": true}}')
            await connection.wait_closed()

        async with pretended_node(settings_of.socket, newer):
            with pytest.raises(MediaError) as refusal:
                await client.rtp_capabilities()
        assert "link version 2 and this web process version 1" in refusal.value.details
        status = await client.status()
        assert status["workers"] == 0
        assert status.get("details") == refusal.value.details


class TestTimeOuts:
    async def test_a_reply_that_comes_late_finds_nobody_and_harms_nothing(
        self, settings_of: MediaSettings, client: MediaClient
    ) -> None:
        ids: asyncio.Queue[int] = asyncio.Queue()
        go_on = asyncio.Event()

        async def slow(connection: ServerConnection) -> None:
            await connection.send(frames.encode(HELLO))
            first = frames.decode_request(await connection.recv())
            ids.put_nowait(first.id)
            await go_on.wait()
            await connection.send(frames.encode(frames.Reply(first.id, data={"late": True})))
            second = frames.decode_request(await connection.recv())
            await connection.send(frames.encode(frames.Reply(second.id, data={"workers": 5})))
            await connection.wait_closed()

        async with pretended_node(settings_of.socket, slow):
            peer = client.peer("m", "p", lambda event, data: None)
            with pytest.raises(MediaError) as refusal:
                await peer.call("join-meeting", {}, timeout=0.1)
            assert refusal.value.code == "MEDIA_UNAVAILABLE"
            assert "0.1 seconds" in refusal.value.details
            assert len(client._link._calls) == 0
            go_on.set()
            assert (await client.status())["workers"] == 5
            assert ids.qsize() == 1

    async def test_a_caller_that_is_cancelled_leaves_nothing_behind(
        self, settings_of: MediaSettings, client: MediaClient
    ) -> None:
        async def mute(connection: ServerConnection) -> None:
            await connection.send(frames.encode(HELLO))
            await connection.wait_closed()

        async with pretended_node(settings_of.socket, mute):
            call = asyncio.ensure_future(client.status())
            await until(lambda: len(client._link._calls) == 1, "the call to be made")
            call.cancel()
            await asyncio.gather(call, return_exceptions=True)
            assert len(client._link._calls) == 0


class TestLoss:
    async def test_without_a_node_calls_are_refused_with_the_cause(self, client: MediaClient) -> None:
        with pytest.raises(MediaError) as refusal:
            await client.rtp_capabilities()
        assert (refusal.value.code, refusal.value.details) == ("MEDIA_UNAVAILABLE", "No media node is running.")
        # Once that is known, nobody waits for it any more.
        async with asyncio.timeout(0.5):
            with pytest.raises(MediaError):
                await client.rtp_capabilities()
        status = await client.status()
        assert status["workers"] == 0
        assert status.get("message") == "MediaSoup workers not initialized"

    async def test_a_node_that_stops_and_another_that_starts(
        self, settings_of: MediaSettings, client: MediaClient
    ) -> None:
        lost: list[str] = []
        restored: list[bool] = []
        client.on_lost(lost.append)
        undo = client.on_restored(lambda: restored.append(True))
        alice = Person(client, "standup", "alice")
        async with MediaNode(settings_of.node, settings_of.socket):
            await alice.join()
        assert "stops" in (await alice.hears("media-lost"))["reason"]
        assert len(lost) == 1
        async with MediaNode(settings_of.node, settings_of.socket):
            await alice.hears("media-restored")
            assert restored == [True]
            assert (await alice.join(resume=True))["resumed"] is False
            undo()
        await alice.hears("media-lost", 2)
        assert len(lost) == 2

    async def test_pending_calls_fail_at_once_when_the_link_breaks(
        self, settings_of: MediaSettings, client: MediaClient
    ) -> None:
        async def hang_up(connection: ServerConnection) -> None:
            await connection.send(frames.encode(HELLO))
            for _ in range(20):
                await connection.recv()
            connection.transport.abort()

        async with pretended_node(settings_of.socket, hang_up), asyncio.timeout(5):
            calls = [client.call("status", "", "", {}, timeout=60) for _ in range(20)]
            outcomes = await asyncio.gather(*calls, return_exceptions=True)
        assert {getattr(outcome, "code", None) for outcome in outcomes} == {"MEDIA_UNAVAILABLE"}

    async def test_a_web_process_that_stops_reading_is_cut(
        self, node: MediaNode, settings_of: MediaSettings, monkeypatch: pytest.MonkeyPatch, client: MediaClient
    ) -> None:
        monkeypatch.setattr("media.link.server.MOST_WAITING_BYTES", 200_000)
        async with raw_link(settings_of.socket) as connection:
            connection.transport.pause_reading()
            ask = frames.encode(frames.Request(1, "rtp-capabilities", "", "", {}))

            async def ask_without_listening() -> None:
                for _ in range(5000):
                    await connection.send(ask)
                connection.transport.resume_reading()
                while True:
                    await connection.recv()

            with pytest.raises(ConnectionClosed):
                await ask_without_listening()
        assert (await client.status())["workers"] == 1


class TestSocketFile:
    async def test_only_this_user_may_open_it(self, node: MediaNode, settings_of: MediaSettings) -> None:
        assert stat.S_IMODE(settings_of.socket.stat().st_mode) == 0o600

    async def test_stale_socket_file_of_a_dead_node_is_replaced(
        self, settings_of: MediaSettings, client: MediaClient
    ) -> None:
        with socket.socket(socket.AF_UNIX) as dead:
            dead.bind(str(settings_of.socket))
        assert settings_of.socket.exists()
        async with MediaNode(settings_of.node, settings_of.socket):
            assert (await client.status())["expectedWorkers"] == 1
        assert not settings_of.socket.exists()


class TestOrder:
    async def test_the_requests_of_one_peer_are_answered_in_order(self, person: MakePerson, capabilities: Json) -> None:
        alice = person("alice")
        answered: list[int] = []

        async def numbered(number: int, verb: str, **data: Any) -> Json:
            reply = await alice.call(verb, **data)
            answered.append(number)
            return reply

        # Each of these needs what the one before it made.
        replies = await asyncio.gather(
            numbered(0, "join-meeting"),
            numbered(1, "create-transport", direction="send"),
            numbered(2, "create-transport", direction="recv"),
            numbered(3, "leave-meeting"),
            numbered(4, "join-meeting", rtpCapabilities=capabilities, resume=True),
        )
        assert answered == [0, 1, 2, 3, 4]
        assert replies[4]["resumed"] is False

    async def test_one_lane_does_not_hold_up_another(self) -> None:
        lanes, blocked, done = Lanes(), asyncio.Event(), []

        async def wait() -> None:
            await blocked.wait()
            done.append("slow")

        async def quick() -> None:
            done.append("quick")

        async def fail() -> None:
            raise RuntimeError("on purpose")

        lanes.submit("a", wait)
        lanes.submit("a", fail)
        lanes.submit("a", quick)
        lanes.submit("b", quick)
        await until(lambda: done == ["quick"], "the other lane")
        blocked.set()
        await until(lambda: done == ["quick", "slow", "quick"], "what follows a failure")
        assert len(lanes) == 0

    async def test_a_lane_has_an_end(self) -> None:
        lanes, blocked = Lanes(), asyncio.Event()

        async def wait() -> None:
            await blocked.wait()

        taken = [lanes.submit("a", wait) for _ in range(LONGEST_LANE + 10)]
        assert taken.count(True) == LONGEST_LANE
        assert lanes.submit("b", wait)
        await lanes.close()

    async def test_held_pushes_follow_the_reply(self, person: MakePerson, capabilities: Json) -> None:
        alice, bob = person("alice"), person("bob")
        await alice.fast_join(capabilities)
        await bob.fast_join(capabilities)
        with alice.peer.held():
            await asyncio.gather(alice.call("restart-ice", transportId="x"), bob.send("mic"), return_exceptions=True)
            await bob.send("camera")
            assert alice.told("new-producer") == []
        assert [fact["source"] for fact in alice.told("new-producer")] == ["mic", "camera"]
