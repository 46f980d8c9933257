"""A node from its start to its end, wherever it runs: with its name to itself, and its row in the database."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from media.conf import MediaSettings
from media.node.node import MediaNode
from media.node_lock import NameTaken


@asynccontextmanager
async def running_node(
    settings: MediaSettings, stop: asyncio.Event, asked_to_stop: Callable[[], None] | None = None
) -> AsyncIterator[MediaNode]:
    """The node of these settings, while the block runs; the block should end when `stop` is set. `asked_to_stop` is
    called when an operator asks for that over the link; without it, none can.

    Whoever calls this must hold the lock of the settings' socket. Raises `CannotListen`, `LinkMisconfigured`, and
    `NameTaken` also at the end, when another node turned out to have the name meanwhile.
    """
    if not settings.many_nodes:
        async with MediaNode(settings.node, settings.socket, asked_to_stop, settings.tcp, settings.security) as node:
            yield node
        return
    from media.heartbeat import Heartbeat, predecessor  # noqa: PLC0415  # models, which newcomers do not need here

    taken: list[NameTaken] = []

    def name_taken(by_another: NameTaken) -> None:
        taken.append(by_another)
        stop.set()

    dead = await predecessor(settings)
    async with (
        MediaNode(settings.node, settings.socket, asked_to_stop, settings.tcp, settings.security) as node,
        Heartbeat(node, settings, name_taken, dead),
    ):
        yield node
    if taken:
        raise taken[0]
