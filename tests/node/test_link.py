"""The link itself: order, garbage, versions, time-outs, and its loss."""

from __future__ import annotations

import asyncio
import json
import socket
import stat
from collections.abc import Callable

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus

from media.client import MediaClient
from media.conf import MediaSettings
from media.errors import MediaError
from media.link import frames
from media.node.node import MediaNode

from .people import Json, Person, until
from .pretended import HELLO, pretended_node, raw_link

MakePerson = Callable[..., Person]


async def answer(connection: ClientConnection) -> Json:
    reply: Json = json.loads(await connection.recv())
    return reply


def calls_of(client: MediaClient) -> int:
    """How many calls wait for their reply."""
    return sum(len(node._dialer._calls) for node in client._nodes)


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
            assert calls_of(client) == 0
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
            await until(lambda: calls_of(client) == 1, "the call to be made")
            call.cancel()
            await asyncio.gather(call, return_exceptions=True)
            assert calls_of(client) == 0


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
