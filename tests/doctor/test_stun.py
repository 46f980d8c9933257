"""Our STUN against another implementation's, and a worker's doors."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from aioice import stun as other

from media.client import MediaClient
from media.conf import MediaSettings
from media.doctor import stun
from media.doctor.knocking import knock
from media.doctor.relaying import BadServer, parse_server
from media.errors import MediaError
from media.node.node import MediaNode
from tests.live.server import free_port
from tests.node.people import until

KEY = b"a password"
ICE = {"usernameFragment": "worker", "password": KEY.decode()}


def test_another_implementation_takes_our_requests() -> None:
    attributes = {stun.USERNAME: b"worker:doctor", stun.PRIORITY: bytes(4), stun.ICE_CONTROLLING: bytes(8)}
    message = other.parse_message(stun.request(stun.BINDING, attributes, KEY))
    assert message.check_message_integrity(KEY)
    assert not message.check_message_integrity(b"another")
    assert message.message_method is other.Method.BINDING
    assert message.message_class is other.Class.REQUEST
    assert message.attributes["USERNAME"] == "worker:doctor"
    assert message.attributes["FINGERPRINT"]


@pytest.mark.parametrize("where", [("203.0.113.9", 44444), ("2001:db8::9", 44444)])
def test_we_read_what_another_implementation_says(where: tuple[str, int]) -> None:
    theirs = other.Message(other.Method.BINDING, other.Class.RESPONSE)
    theirs.attributes["XOR-MAPPED-ADDRESS"] = where
    theirs.add_message_integrity(KEY)
    data = bytes(theirs)
    message = stun.read(data)
    assert message.succeeded
    assert message.transaction == theirs.transaction_id
    assert message.address(stun.XOR_MAPPED_ADDRESS) == where
    assert stun.is_signed_by(data, KEY)
    assert not stun.is_signed_by(data, b"another")


def test_we_read_errors() -> None:
    theirs = other.Message(other.Method.ALLOCATE, other.Class.ERROR)
    theirs.attributes["ERROR-CODE"] = (401, "Unauthorized")
    message = stun.read(bytes(theirs))
    assert not message.succeeded
    assert message.error == (401, "Unauthorized")


@pytest.mark.parametrize(
    "data",
    [b"", b"GET / HTTP/1.1\r\n\r\n", bytes(20), stun.request(stun.BINDING, {}, None, bytes(12))[:-4]],
    ids=["nothing", "a page", "zeros", "cut off"],
)
def test_fault_bytes_that_are_no_stun(data: bytes) -> None:
    with pytest.raises(stun.NotStun):
        stun.read(data)


def test_addresses_of_servers() -> None:
    server = parse_server("turn:turn.example.org")
    assert (server.host, server.port, server.way, server.relays) == ("turn.example.org", 3478, "UDP", True)
    server = parse_server("turn:[2001:db8::1]:80?transport=tcp")
    assert (server.host, server.port, server.way) == ("2001:db8::1", 80, "TCP")
    server = parse_server("turns:turn.example.org")
    assert (server.port, server.way) == (5349, "TLS")
    assert not parse_server("stun:stun.example.org:19302").relays
    for wrong in ("https://turn.example.org", "turn:", "turn:host:port", ""):
        with pytest.raises(BadServer):
            parse_server(wrong)


async def test_doors_close_by_themselves(node: MediaNode, settings_of: MediaSettings) -> None:
    client = MediaClient(settings_of)
    try:
        opened = await client.call("open-doors", "", "", {"seconds": 1})
        [door] = opened["doors"]
        candidates = door["iceCandidates"]
        assert {one["protocol"] for one in candidates} == {"udp", "tcp"}
        knocks = await asyncio.gather(*(knock(one, door["iceParameters"]) for one in candidates))
        assert all(one.seconds is not None for one in knocks), knocks
        worker = node.supervisor.slots[0].worker
        assert worker is not None
        await until(lambda: not worker.routers, "the door to close")
        [late, _] = await asyncio.gather(*(knock(one, door["iceParameters"], 0.5) for one in candidates))
        assert late.seconds is None
        for wrong in (0, 31, "1"):
            with pytest.raises(MediaError):
                await client.call("open-doors", "", "", {"seconds": wrong})
    finally:
        await client.close()


@contextmanager
def babbler() -> Iterator[int]:
    """Somebody else's program: it echoes datagrams. Its port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as echo:
        echo.bind(("127.0.0.1", 0))
        loop = asyncio.get_running_loop()
        loop.add_reader(echo, lambda: echo.sendto(*echo.recvfrom(2048)))
        try:
            yield echo.getsockname()[1]
        finally:
            loop.remove_reader(echo)


async def test_fault_somebody_else_answers() -> None:
    with babbler() as port:
        found = await knock({"protocol": "udp", "ip": "127.0.0.1", "port": port}, ICE)
    assert found.seconds is None
    assert "error" in found.trouble or "not our worker" in found.trouble


async def test_fault_nobody_answers() -> None:
    port = free_port()
    for protocol in ("udp", "tcp"):
        found = await knock({"protocol": protocol, "ip": "127.0.0.1", "port": port}, ICE)
        assert found.trouble == "refused: nothing listens there"
        assert found.where == f"{protocol.upper()} 127.0.0.1:{port}"


async def test_fault_somebody_hangs_up() -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        writer.close()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        found = await knock({"protocol": "tcp", "ip": "127.0.0.1", "port": port}, ICE)
    assert found.trouble
    assert found.seconds is None
