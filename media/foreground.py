"""The media node in the foreground of a process: from its start to the signal that ends it."""

import asyncio
import logging
import signal
from collections.abc import Coroutine
from typing import Any

from media.conf import MediaSettings
from media.node.node import MediaNode
from media.running import running_node
from media.systemd import Systemd

log = logging.getLogger(__name__)


class Foreground:
    """Runs a node until it is told to stop.

    SIGTERM and the link's `stop` drain it first, within the limit of its configuration; a second SIGTERM, and SIGINT,
    stop it at once. SIGHUP replaces its workers one after another.
    """

    def __init__(self, settings: MediaSettings) -> None:
        self._settings = settings
        self._stop = asyncio.Event()
        self._at_once = asyncio.Event()
        self._systemd = Systemd()
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Be the node. Raises `CannotListen`, `LinkMisconfigured` or `NameTaken`."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self._terminated)
        loop.add_signal_handler(signal.SIGINT, self._interrupted)
        async with running_node(self._settings, self._stop, self._stop.set) as node:
            loop.add_signal_handler(signal.SIGHUP, lambda: self._begin(self._reload(node)))
            self._begin(self._say_when_ready(node))
            self._begin(self._systemd.keep_watchdog_calm())
            try:
                await self._stop.wait()
                self._systemd.stopping("Draining")
                await self._drain(node)
            finally:
                for task in self._tasks:
                    task.cancel()
                await asyncio.gather(*self._tasks, return_exceptions=True)

    def _terminated(self) -> None:
        if self._stop.is_set():
            log.info("Told to stop again: stopping at once")
            self._at_once.set()
        self._stop.set()

    def _interrupted(self) -> None:
        self._at_once.set()
        self._stop.set()

    async def _say_when_ready(self, node: MediaNode) -> None:
        await node.supervisor.first_round_over()
        self._systemd.ready(_status(node))

    async def _reload(self, node: MediaNode) -> None:
        log.info("Told to reload: the workers are replaced one after another")
        self._systemd.reloading("Replacing workers")
        await node.upkeep.replace(list(node.supervisor.slots))
        self._systemd.ready(_status(node))

    async def _drain(self, node: MediaNode) -> None:
        if self._at_once.is_set():
            return
        drained = asyncio.create_task(node.upkeep.drained(), name="drain")
        hurry = asyncio.create_task(self._at_once.wait(), name="hurry")
        await asyncio.wait((drained, hurry), return_when=asyncio.FIRST_COMPLETED)
        for task in (drained, hurry):
            task.cancel()
        await asyncio.gather(drained, hurry, return_exceptions=True)

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _status(node: MediaNode) -> str:
    up, expected = len(node.supervisor.up), len(node.supervisor.slots)
    return f"{up} of {expected} workers run" + (f": {node.supervisor.trouble}" if up < expected else "")
