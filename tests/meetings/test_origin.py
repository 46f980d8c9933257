"""Which pages may open the socket, and how those who may not are told."""

from __future__ import annotations

from typing import Any

import pytest

from meetings.models import Meeting
from meetings.signalling.origin import is_welcome
from tests.meetings.conftest import Someone
from tests.meetings.socket_client import Closed

WELCOME = {
    "a program": (None, "localhost:8000"),
    "our page": ("http://localhost:8000", "localhost:8000"),
    "our page on the default port": ("http://localhost", "localhost"),
    "our page behind TLS": ("https://localhost", "localhost"),
    "our page by address": ("http://127.0.0.1:8000", "127.0.0.1:8000"),
    "our page by the newer kind of address": ("http://[::1]:8000", "[::1]:8000"),
    "our page in capitals": ("http://LOCALHOST:8000", "localhost:8000"),
}
FOREIGN = {
    "another site": ("https://evil.example", "localhost:8000"),
    "another port": ("http://localhost:9000", "localhost:8000"),
    "a sandboxed page": ("null", "localhost:8000"),
    "a file": ("file://", "localhost:8000"),
    "nothing": ("", "localhost:8000"),
    "a name of theirs that points here": ("http://evil.example:8000", "evil.example:8000"),
    "a port that is none": ("http://localhost:port", "localhost:8000"),
    "no host": ("http://localhost:8000", None),
    "a longer name": ("http://localhost.evil.example", "localhost"),
}


@pytest.fixture(autouse=True)
def _our_names(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]


@pytest.mark.parametrize("who", WELCOME)
def test_welcome(who: str) -> None:
    assert is_welcome(*WELCOME[who])


@pytest.mark.parametrize("who", FOREIGN)
def test_foreign(who: str) -> None:
    assert not is_welcome(*FOREIGN[who])


def test_trusted_by_the_settings(settings: Any) -> None:
    settings.CSRF_TRUSTED_ORIGINS = ["https://partner.example"]
    assert is_welcome("https://partner.example", "localhost:8000")


async def test_foreign_page_is_told_and_closed(alice: Someone, meeting: Meeting) -> None:
    socket = await alice.socket(origin="https://evil.example")
    frame = await socket.next_frame()
    assert (frame["event"], frame["data"]["code"]) == ("error", "NOT_ALLOWED")
    with pytest.raises(Closed) as closed:
        await socket.next_frame()
    assert closed.value.code == 4403
    await socket.drop()


async def test_own_page_gets_in(alice: Someone, meeting: Meeting) -> None:
    socket = await alice.socket(origin="http://localhost")
    assert socket.subprotocol == "kcs.v1"
    await socket.ask("ping")


async def test_client_that_offers_no_subprotocol(alice: Someone, meeting: Meeting) -> None:
    socket = await alice.socket(subprotocols=[])
    assert socket.subprotocol is None
    await socket.ask("ping")
