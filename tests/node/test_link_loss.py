"""The loss of the link, as web processes and the node see it."""

from __future__ import annotations

import asyncio

import pytest
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from media.client import MediaClient, NodeLoss
from media.conf import MediaSettings
from media.errors import MediaError
from media.link import frames
from media.node.node import MediaNode

from .people import Person
from .pretended import HELLO, pretended_node, raw_link


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
        lost: list[NodeLoss] = []
        restored: list[bool] = []
        client.on_lost(lost.append)
        undo = client.on_restored(lambda loss: restored.append(loss is lost[0]))
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
