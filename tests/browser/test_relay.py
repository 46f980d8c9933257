"""The wire that the fault tests cut is itself to be trusted."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed, InvalidMessage

from tests.live.relay import DOWN, UP, SignallingRelay
from tests.live.waiting import eventually


async def echo(connection: ServerConnection) -> None:
    async for text in connection:
        await connection.send(text)


@pytest.fixture
async def relay() -> AsyncIterator[SignallingRelay]:
    async with serve(echo, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        async with SignallingRelay(port) as relay:
            yield relay


def socket(relay: SignallingRelay) -> connect:
    return connect(f"ws://127.0.0.1:{relay.port}/ws/signaling/", proxy=None)


async def say(connection: ClientConnection, number: int, padding: int = 0) -> None:
    await connection.send(json.dumps({"id": number, "padding": "x" * padding}))


async def answer(connection: ClientConnection) -> int:
    number: int = json.loads(await connection.recv())["id"]
    return number


@pytest.mark.parametrize("padding", [0, 200, 70_000], ids=["short", "medium", "long"])
async def test_messages_of_every_length_pass_and_are_seen_both_ways(relay: SignallingRelay, padding: int) -> None:
    async with socket(relay) as connection:
        for number in range(3):
            await say(connection, number, padding)
        assert [await answer(connection) for _ in range(3)] == [0, 1, 2]
    seen = [(seen.direction, seen.message["id"]) for seen in relay.seen]
    assert sorted(seen) == sorted((way, number) for way in (UP, DOWN) for number in range(3))


async def test_the_delay_is_added_in_each_direction(relay: SignallingRelay) -> None:
    async with socket(relay) as connection:
        relay.delay = 0.1
        start = time.monotonic()
        await say(connection, 1)
        await say(connection, 2)
        assert await answer(connection) == 1
        assert await answer(connection) == 2
        # Not once for each message: both went on their way together. The rest is what a busy machine may take.
        assert 0.2 <= time.monotonic() - start < 2


async def test_a_cut_breaks_what_is_open_and_refuses_what_is_new_until_mended(relay: SignallingRelay) -> None:
    async with socket(relay) as connection:
        relay.cut()
        with pytest.raises(ConnectionClosed):
            await connection.recv()
        with pytest.raises((InvalidMessage, EOFError, ConnectionError)):
            await socket(relay)
        assert relay.sockets_refused == 1
        relay.mend()
        async with socket(relay) as again:
            await say(again, 5)
            assert await answer(again) == 5


async def test_a_silence_keeps_the_connection_and_delivers_late(relay: SignallingRelay) -> None:
    async with socket(relay) as connection:
        relay.silence()
        await say(connection, 1)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await connection.recv()
        relay.mend()
        assert await answer(connection) == 1


async def test_what_is_held_back_waits_and_keeps_its_order(relay: SignallingRelay) -> None:
    async with socket(relay) as connection:
        relay.hold_back = lambda message: message["id"] == 2
        for number in (1, 2, 3):
            await say(connection, number)
        assert await answer(connection) == 1
        await eventually("the relay saw all three", lambda: sum(seen.direction == UP for seen in relay.seen) == 3)
        assert [seen.message["id"] for seen in relay.seen if seen.direction == DOWN] == [1]
        relay.let_go()
        assert [await answer(connection), await answer(connection)] == [2, 3]
