"""Credentials for TURN servers: made by us, judged by a real coturn."""

from __future__ import annotations

import asyncio
import time
from typing import Any
from uuid import uuid4

import pytest
from aioice import stun, turn

from meetings.checks import turn_settings
from meetings.ice_servers import ice_servers
from meetings.models import Meeting
from tests.live.coturn import coturn
from tests.meetings.conftest import Someone

SECRET = "a secret of the tests"


async def allocate(port: int, username: str, credential: str) -> None:
    """Get a relay address and give it back. Raises stun.TransactionFailed when refused."""
    transport, _ = await turn.create_turn_endpoint(
        _Silent, server_addr=("127.0.0.1", port), username=username, password=credential
    )
    transport.close()


class _Silent(asyncio.DatagramProtocol):
    """Nothing is received: nobody sends to the relay address."""


async def test_coturn_takes_our_credentials_and_no_others(settings: Any) -> None:
    settings.TURN_SECRET, settings.TURN_TTL = SECRET, 600
    with coturn(SECRET) as server:
        settings.TURN_URLS = [server.url]
        [ours] = ice_servers(uuid4())
        await allocate(server.port, ours["username"], ours["credential"])

        wrong = ours["credential"][::-1]
        with pytest.raises(stun.TransactionFailed, match="401"):
            await allocate(server.port, ours["username"], wrong)

        settings.TURN_SECRET = "another secret"
        [foreign] = ice_servers(uuid4())
        with pytest.raises(stun.TransactionFailed, match="401"):
            await allocate(server.port, foreign["username"], foreign["credential"])

        settings.TURN_SECRET, settings.TURN_TTL = SECRET, -10
        [expired] = ice_servers(uuid4())
        with pytest.raises(stun.TransactionFailed, match="401"):
            await allocate(server.port, expired["username"], expired["credential"])


async def test_each_join_gets_its_own_beside_the_servers_of_the_site(
    alice: Someone, bob: Someone, meeting: Meeting, settings: Any
) -> None:
    stun_server = {"urls": "stun:stun.example.org"}
    settings.ICE_SERVERS = [stun_server]
    settings.TURN_URLS, settings.TURN_SECRET = ["turn:turn.example.org", "turns:turn.example.org"], SECRET
    settings.TURN_TTL = 3600
    socket, joined = await alice.join(meeting)
    first, second = joined["iceServers"]
    assert first == stun_server
    assert second["urls"] == settings.TURN_URLS
    until, name = second["username"].split(":")
    assert abs(int(until) - time.time() - 3600) < 30
    assert name == joined["participantId"]
    assert SECRET not in str(joined)

    created = await socket.ask("create-transport", {"meetingId": str(meeting.id), "direction": "send"})
    restarted = await socket.ask("restart-ice", {"transportId": created["params"]["id"]})
    for answer in (created, restarted):
        assert answer["iceServers"][1]["username"].endswith(name)

    _, at_bobs = await bob.join(meeting)
    assert at_bobs["iceServers"][1]["username"] != second["username"]


def test_nothing_set(settings: Any) -> None:
    assert ice_servers(uuid4()) == []
    assert turn_settings(None) == []


@pytest.mark.parametrize(
    ("values", "id_", "words"),
    [
        ({"TURN_URLS": ["turn:t.example.org"]}, "meetings.W001", "TURN_SECRET is not"),
        ({"TURN_SECRET": SECRET}, "meetings.W001", "TURN_URLS is not"),
        ({"TURN_URLS": ["stun:t.example.org"], "TURN_SECRET": SECRET}, "meetings.W002", "stun:t.example.org"),
        ({"TURN_URLS": ["turn:t.example.org"], "TURN_SECRET": SECRET, "TURN_TTL": 5}, "meetings.W003", "5 seconds"),
    ],
)
def test_bad_input_is_named_by_check(settings: Any, values: dict[str, Any], id_: str, words: str) -> None:
    for name, value in values.items():
        setattr(settings, name, value)
    [warning] = turn_settings(None)
    assert warning.id == id_
    assert words in warning.msg
    assert warning.hint
    assert SECRET not in f"{warning.msg}{warning.hint}"


def test_half_a_setting_tells_browsers_of_no_turn_server(settings: Any) -> None:
    settings.TURN_URLS = ["turn:turn.example.org"]
    assert ice_servers(uuid4()) == []
