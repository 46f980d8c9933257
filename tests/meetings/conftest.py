"""Alice hosts, Bob joins, Mallory has no business here; a real media node behind them."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore

from kcs.routing import websocket_routes
from media import embedded
from media.client import close_media_client, get_media_client
from meetings.actions.start import start_meeting
from meetings.audience import end_audience
from meetings.countdowns import end_countdowns
from meetings.database import in_database
from meetings.identity import GUEST, NAME, Person
from meetings.models import Meeting
from meetings.presence import end_presence
from meetings.trace.recorder import finish_recording
from tests.live.waiting import eventually
from tests.meetings.socket_client import SignallingSocket

Json = dict[str, Any]


@dataclass(frozen=True)
class Someone:
    """A person with a session of their own."""

    name: str
    guest: str
    session_key: str
    _open: Callable[..., Awaitable[SignallingSocket]]

    @property
    def person(self) -> Person:
        return Person(guest=self.guest, display_name=self.name)

    async def socket(self, **options: Any) -> SignallingSocket:
        """A socket with their session cookie."""
        return await self._open(session_key=self.session_key, **options)

    async def join(self, meeting: Meeting, **data: Any) -> tuple[SignallingSocket, Json]:
        """A socket that has joined, and the reply."""
        socket = await self.socket()
        return socket, await socket.ask("join-meeting", {"meetingId": str(meeting.id), **data})


@pytest.fixture(scope="package", autouse=True)
def _media_node_of_these_tests() -> Iterator[None]:
    """One node with one worker for all of them, started by the first who needs it."""
    with tempfile.TemporaryDirectory(prefix="kcs-") as directory:
        django_settings.MEDIA_SOCKET = str(Path(directory) / "media.sock")
        django_settings.MEDIASOUP_WORKERS = 1
        yield
        assert embedded.stop(), "the media node did not stop"


@pytest.fixture(autouse=True)
def _newcomers_settings(settings: Any) -> None:
    """Whatever the environment of these tests says. Passcodes are hashed quickly."""
    settings.ALLOW_ANONYMOUS_HOSTS = True
    settings.PUBLIC_URL = ""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
async def open_socket(transactional_db: None) -> AsyncIterator[Callable[..., Awaitable[SignallingSocket]]]:
    """Opens sockets; all are dropped in the end, and nothing of them may be left."""
    opened: list[SignallingSocket] = []

    async def open_one(**options: Any) -> SignallingSocket:
        opened.append(await SignallingSocket.open(websocket_routes, **options))
        return opened[-1]

    yield open_one
    for socket in opened:
        await socket.drop()
    await end_countdowns()
    await end_presence()
    await end_audience()
    await close_media_client()
    await finish_recording()


@pytest.fixture
async def media(open_socket: Any) -> None:
    """Media that are up."""

    async def up() -> bool:
        return (await get_media_client().status())["workers"] == 1

    await eventually("the media node is up", up, within=15)


@pytest.fixture
async def someone(open_socket: Callable[..., Awaitable[SignallingSocket]]) -> Callable[[str], Awaitable[Someone]]:
    """Makes people."""

    async def make(name: str) -> Someone:
        guest = f"guest-{name.lower()}"

        def session() -> str:
            store = SessionStore()
            store[GUEST], store[NAME] = guest, name
            store.create()
            return str(store.session_key)

        return Someone(name, guest, await in_database(session), open_socket)

    return make


@pytest.fixture
async def alice(someone: Callable[[str], Awaitable[Someone]]) -> Someone:
    return await someone("Alice")


@pytest.fixture
async def bob(someone: Callable[[str], Awaitable[Someone]]) -> Someone:
    return await someone("Bob")


@pytest.fixture
async def mallory(someone: Callable[[str], Awaitable[Someone]]) -> Someone:
    return await someone("Mallory")


@pytest.fixture
async def meeting(alice: Someone, media: None) -> Meeting:
    """Alice's meeting, with nobody in it."""
    return await in_database(start_meeting, alice.person, "Standup")


@pytest.fixture
async def carol(open_socket: Callable[..., Awaitable[SignallingSocket]]) -> Someone:
    """Carol has an account."""

    def session() -> str:
        user = User.objects.create_user("carol", first_name="Carol")
        store = SessionStore()
        store[SESSION_KEY], store[BACKEND_SESSION_KEY] = str(user.pk), django_settings.AUTHENTICATION_BACKENDS[0]
        store[HASH_SESSION_KEY] = user.get_session_auth_hash()
        store.create()
        return str(store.session_key)

    return Someone("Carol", "", await in_database(session), open_socket)


@pytest.fixture
async def other_meeting(alice: Someone, media: None) -> Meeting:
    """Another meeting, also Alice's."""
    return await in_database(start_meeting, alice.person, "Elsewhere")
