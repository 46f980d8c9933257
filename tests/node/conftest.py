"""A real node with real workers, and clients of it."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from media.client import MediaClient
from media.conf import MediaSettings, lock_beside
from media.node.config import NodeConfig
from media.node.node import MediaNode

from .attendees import Attendee
from .people import Json, Person, until


@pytest.fixture
def run_dir() -> Iterator[Path]:
    """A directory whose path is short enough for a socket."""
    with tempfile.TemporaryDirectory(prefix="kcs-") as path:
        yield Path(path)


@pytest.fixture
def config() -> NodeConfig:
    """One worker. Tests that need something else override this fixture."""
    return NodeConfig(workers=1)


@pytest.fixture
def settings_of(run_dir: Path, config: NodeConfig) -> MediaSettings:
    """Settings that lead to the node of this test, and start none."""
    socket = run_dir / "media.sock"
    return MediaSettings(socket=socket, lock=lock_beside(socket), embedded=False, node=config)


@pytest.fixture
async def node(settings_of: MediaSettings) -> AsyncIterator[MediaNode]:
    """A node whose workers are up."""
    async with MediaNode(settings_of.node, settings_of.socket) as node:
        await until(lambda: len(node.supervisor.up) == settings_of.node.workers, "the workers to start")
        yield node


@pytest.fixture
async def client_of(settings_of: MediaSettings) -> AsyncIterator[Callable[[], MediaClient]]:
    """Makes clients: each is a web process of its own, as far as the node can tell."""
    async with AsyncExitStack() as stack:

        def make() -> MediaClient:
            client = MediaClient(settings_of)
            stack.push_async_callback(client.close)
            return client

        yield make


@pytest.fixture
async def client(client_of: Callable[[], MediaClient]) -> MediaClient:
    return client_of()


@pytest.fixture
async def capabilities(node: MediaNode, client: MediaClient) -> Json:
    """What a browser can receive: as much as the router."""
    return await client.rtp_capabilities()


@pytest.fixture
def person(node: MediaNode, client: MediaClient) -> Callable[..., Person]:
    """Makes participants of meeting "standup" unless told otherwise."""

    def make(name: str, meeting: str = "standup", through: MediaClient | None = None) -> Person:
        return Person(through or client, meeting, name)

    return make


@pytest.fixture
async def attendee(person: Callable[..., Person]) -> AsyncIterator[Callable[[str], Attendee]]:
    async with AsyncExitStack() as stack:
        yield lambda name: Attendee(person(name), stack)
