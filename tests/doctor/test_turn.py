"""STUN and TURN: a real coturn, and what can be wrong with it."""

from __future__ import annotations

import asyncio
import dataclasses
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from media.conf import MediaSettings
from media.doctor import Rounds
from media.node.node import MediaNode
from meetings.doctor import turn
from tests.live.coturn import Coturn, coturn
from tests.live.server import free_port
from tests.node.people import until

from .findings import ask, only_one

SECRET = "a secret of the doctor's tests"


@pytest.fixture(scope="module")
def server() -> Iterator[Coturn]:
    with coturn(SECRET) as running:
        yield running


@pytest.fixture(autouse=True)
def _turn(settings: Any) -> None:
    settings.ICE_SERVERS, settings.TURN_URLS, settings.TURN_SECRET, settings.TURN_TTL = [], [], "", 600


async def test_a_server_that_is_well(server: Coturn, node: MediaNode, rounds: Rounds, settings: Any) -> None:
    settings.TURN_URLS = [f"{server.url}?transport=udp", f"{server.url}?transport=tcp"]
    settings.TURN_SECRET = SECRET
    settings.ICE_SERVERS = [{"urls": f"stun:127.0.0.1:{server.port}"}]
    seen, udp, tcp = await ask("turn", rounds)
    only_one([seen], "green", "sees us as 127.0.0.1")
    for found, way in ((udp, "UDP"), (tcp, "TCP")):
        only_one([found], "green", f"over {way}", "takes our credentials", "our worker at 127.0.0.1:")
    assert server.log.count("ALLOCATE processed, success") == 2
    assert server.log.count("CREATE_PERMISSION processed, success") == 2


async def test_networks_without_udp_are_thought_of(server: Coturn, rounds: Rounds, settings: Any) -> None:
    settings.TURN_URLS, settings.TURN_SECRET = [server.url], SECRET
    well, missing = await ask("turn", rounds)
    assert well.colour == "green"
    found = only_one([missing], "yellow", "over TCP or TLS")
    assert "?transport=tcp" in found.remedy


async def test_fault_the_server_refuses_our_credentials(server: Coturn, rounds: Rounds, settings: Any) -> None:
    settings.TURN_URLS, settings.TURN_SECRET = [f"{server.url}?transport=tcp"], "another secret"
    found = only_one(await ask("turn", rounds), "red", "refuses", "401")
    assert "static-auth-secret" in found.remedy


async def test_fault_the_server_does_not_relay_to_our_node(node: MediaNode, rounds: Rounds, settings: Any) -> None:
    with coturn(SECRET, denied="127.0.0.1") as strict:
        settings.TURN_URLS, settings.TURN_SECRET = [f"{strict.url}?transport=tcp"], SECRET
        found = only_one(await ask("turn", rounds), "red", "refuses relaying to 127.0.0.1", "403")
        assert "allowed-peer-ip" in found.remedy


async def test_fault_the_server_does_not_get_through_to_our_node(
    server: Coturn, settings_of: MediaSettings, settings: Any
) -> None:
    """The address that is announced is one at which only somebody else listens."""
    there = dataclasses.replace(settings_of, node=dataclasses.replace(settings_of.node, announced_ip="127.0.0.3"))
    settings.TURN_URLS, settings.TURN_SECRET = [f"{server.url}?transport=tcp"], SECRET
    async with MediaNode(there.node, there.socket) as node:
        await until(lambda: len(node.supervisor.up) == 1, "the worker to start")
        found = only_one(await ask("turn", Rounds(lambda: there)), "red", "127.0.0.3", "does not answer through it")
    assert "reach UDP" in found.remedy


async def test_fault_the_servers_do_not_exist(rounds: Rounds, settings: Any) -> None:
    port = free_port()
    settings.TURN_SECRET = SECRET
    settings.TURN_URLS = [f"turn:127.0.0.1:{port}", f"turn:127.0.0.1:{port}?transport=tcp"]
    udp, tcp = await ask("turn", rounds)
    for found, way in ((udp, "UDP"), (tcp, "TCP")):
        assert f"open {way} {port}" in only_one([found], "red", "nothing listens there").remedy


async def test_fault_the_server_does_not_answer(rounds: Rounds, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """As behind a firewall that drops packets."""
    monkeypatch.setattr(turn, "PATIENCE", 0.5)
    settings.TURN_SECRET = SECRET
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mute, socket.create_server(("127.0.0.1", 0)) as deaf:
        mute.bind(("127.0.0.1", 0))
        settings.TURN_URLS = [
            f"turn:127.0.0.1:{mute.getsockname()[1]}",
            f"turn:127.0.0.1:{deaf.getsockname()[1]}?transport=tcp",
        ]
        for found in await ask("turn", rounds):
            only_one([found], "red", "does not answer within 0.5 s")


async def test_fault_something_else_listens_there(rounds: Rounds, settings: Any) -> None:
    async def chat(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example.org ESMTP\r\n" * 40)
        await reader.read(1)
        writer.close()

    settings.TURN_SECRET = SECRET
    async with await asyncio.start_server(chat, "127.0.0.1", 0) as server:
        settings.TURN_URLS = [f"turn:127.0.0.1:{server.sockets[0].getsockname()[1]}?transport=tcp"]
        assert [one.colour for one in await ask("turn", rounds)] == ["red"]


async def test_fault_an_address_is_none(rounds: Rounds, settings: Any) -> None:
    settings.ICE_SERVERS = [{"urls": ["turn.example.org"], "username": "u", "credential": "c"}]
    only_one(await ask("turn", rounds), "red", "turn.example.org is no address")


async def test_none_is_needed(rounds: Rounds) -> None:
    only_one(await ask("turn", rounds), "green", "No STUN or TURN server")
