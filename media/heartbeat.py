"""A node's row, kept alive by whoever runs the node. The node itself knows no database.

In a thread of its own: a database that is slow or away holds up no media.
"""

import asyncio
import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.db import connections

from media import registry
from media.binary.pinned import VERSION
from media.conf import MediaSettings
from media.database import DatabaseAway, in_media_database, keep_connections, with_sound_connections
from media.link.address import UnixAddress, parse_address
from media.link.dialer import FAILURES, dial, greeting
from media.node.node import MediaNode
from media.node.report import NodeReport
from media.node_lock import NameTaken
from media.registry import Announcement

log = logging.getLogger(__name__)

# While the workers are starting, web processes wait for them.
BEAT_AT_START = 0.2
# Workers that are not up by then will not be in the next moment.
STARTING_SECONDS = 10.0
ANSWER_PATIENCE = 3.0
GOODBYE_PATIENCE = 4.0


async def predecessor(settings: MediaSettings) -> UUID | None:
    """The run of a dead node in whose place a node of these settings starts; None where there is none.

    Raises `NameTaken` when a node of this name is alive. Whoever calls this must hold the lock of the settings' socket.
    """
    try:
        holder = await in_media_database(registry.holder_of, settings.node.name)
    except DatabaseAway as away:
        log.warning("Whether another media node has the name %s is not known: %s", settings.node.name, away)
        return None
    if holder is None or not holder.is_fresh:
        return None
    if await _is_dead(holder, settings):
        return holder.run
    raise NameTaken(holder.name, holder.host, holder.address)


async def _is_dead(holder: registry.NodeRecord, settings: MediaSettings) -> bool:
    """Whether nobody listens any more where the holder of our name did. Without an answer it is taken to be alive,
    until its heartbeat is old.
    """
    address = parse_address(holder.address)
    if isinstance(address, UnixAddress) and holder.host != socket.gethostname():
        return False
    if address == UnixAddress(settings.socket):
        # We hold the lock of that socket.
        return True
    try:
        async with dial(address, settings.security) as connection:
            return (await greeting(connection)).node != holder.name
    except (FileNotFoundError, ConnectionRefusedError):
        return True
    except FAILURES:
        return False


class Heartbeat:
    """Writes the row of a node from entering to leaving, and deletes it then. An async context manager.

    `on_taken` is called in the loop when another node turns out to have the name. Nothing is raised: a node runs
    without its row while there is no database, and is found when there is.
    """

    def __init__(
        self,
        node: MediaNode,
        settings: MediaSettings,
        on_taken: Callable[[NameTaken], None],
        instead_of: UUID | None = None,
    ) -> None:
        self._node = node
        self._who = Announcement(
            name=node.name,
            run=node.run,
            address=str(settings.address),
            host=socket.gethostname(),
            pid=os.getpid(),
            version=f"mediasoup {VERSION}",
        )
        self._on_taken, self._instead_of = on_taken, instead_of
        self._announced = False
        self._began = time.monotonic()
        self._away = ""
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="media-heartbeat", daemon=True)

    async def __aenter__(self) -> "Heartbeat":
        self._loop = asyncio.get_running_loop()
        self._thread.start()
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        self._stop.set()
        await asyncio.to_thread(self._thread.join, GOODBYE_PATIENCE)

    def _run(self) -> None:
        keep_connections()
        try:
            while not self._stop.wait(self._sure_beat()):
                pass
            with_sound_connections(partial(registry.say_goodbye, self._who))
        except NameTaken as taken:
            self._loop.call_soon_threadsafe(self._on_taken, taken)
        except DatabaseAway as away:
            log.warning("The media node stops without a word to the database: %s", away)
        except Exception:
            log.exception("The media node's row could not be deleted; it is missed for a while")
        finally:
            connections.close_all()

    def _sure_beat(self) -> float:
        """`_beat`, which is tried again when it fails in a way that was not foreseen."""
        try:
            return self._beat()
        except NameTaken:
            raise
        except Exception:
            log.exception("A heartbeat of the media node failed")
            return registry.HEARTBEAT_SECONDS

    def _beat(self) -> float:
        """One beat; seconds until the next. A node whose loop hangs has none."""
        report = self._ask()
        if report is None:
            return registry.HEARTBEAT_SECONDS
        try:
            if self._announced:
                with_sound_connections(partial(registry.beat, self._who, report))
            else:
                with_sound_connections(partial(registry.announce, self._who, report, self._instead_of))
                self._announced = True
        except DatabaseAway as away:
            if str(away) != self._away:
                self._away = str(away)
                log.warning("Web processes cannot be told that this media node lives: %s", away)
        else:
            self._away = ""
        starting = report.workers < report.expected_workers and time.monotonic() - self._began < STARTING_SECONDS
        return BEAT_AT_START if starting else registry.HEARTBEAT_SECONDS

    def _ask(self) -> NodeReport | None:
        async def report() -> NodeReport:
            return self._node.report()

        try:
            return asyncio.run_coroutine_threadsafe(report(), self._loop).result(ANSWER_PATIENCE)
        except (TimeoutError, RuntimeError):
            return None
