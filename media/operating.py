"""What an operator asks of the node that runs: the verbs of `manage.py media_workers`."""

import asyncio
import dataclasses
import json
import socket
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from media.client import MediaClient
from media.conf import MediaSettings
from media.statuses import NodeStatus
from media.workers_table import workers_table

REDRAW_SECONDS = 1.0
LOOK_SECONDS = 0.25
TELL_SECONDS = 5.0

CLEAR = "\x1b[H\x1b[J"


class NoNode(Exception):
    """Nobody answers at the socket; the text says why, and what to do."""


class NotDone(Exception):
    """What was begun did not come about, or not in time; the text says which."""


def check_that_somebody_listens(path: Path) -> None:
    """Raises `NoNode` at once where a client would try for a while."""
    try:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.connect(str(path))
    except FileNotFoundError:
        raise NoNode(
            f"No media node runs at {path}: start one with `manage.py media_workers`, or name its socket with --socket."
        ) from None
    except ConnectionRefusedError:
        raise NoNode(
            f"{path} was left over by a media node that is gone: start one with `manage.py media_workers`, which "
            "replaces it."
        ) from None
    except OSError as error:
        raise NoNode(
            f"The media node at {path} cannot be reached: {error.strerror}. Run this as the user who runs the node."
        ) from None


class Operator:
    """Speaks with the node at a socket. `say` gets each line that is meant for a person.

    An async context manager. Its methods raise `MediaError` when the node refuses, or goes away meanwhile. Those that
    wait do so for `patience` seconds, or as long as it takes, and then raise `NotDone`.
    """

    def __init__(self, settings: MediaSettings, say: Callable[[str], None], patience: float | None = None) -> None:
        self._client = MediaClient(dataclasses.replace(settings, embedded=False, many_nodes=False))
        self._say = say
        self._patience = patience

    async def __aenter__(self) -> "Operator":
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self._client.close()

    async def status(self, *, as_json: bool, once: bool) -> None:
        """Print the workers: once, or again and again until interrupted."""
        while True:
            status = await self._client.workers()
            self._say(json.dumps(status, indent=2) if as_json else workers_table(status))
            if once:
                return
            await asyncio.sleep(REDRAW_SECONDS)
            sys.stdout.write(CLEAR)

    async def drain(self, worker: int | None) -> None:
        """Drain a worker or the node, and wait until it is empty."""
        await self._client.drain(worker)
        self._say("The node takes no new meetings." if worker is None else f"Worker {worker} takes nothing new.")

        def left(status: NodeStatus) -> str:
            rows = [row for row in status["workers"] if worker in (None, row["index"])]
            routers, transports = sum(row["routers"] for row in rows), sum(row["transports"] for row in rows)
            return f"{routers} meetings with {transports} transports are left" if routers else ""

        await self._wait(left)
        self._say("Drained.")

    async def restart(self, worker: int | None) -> None:
        """Replace a worker or all of them, and wait until that is done."""
        before = {row["pid"] for row in (await self._client.workers())["workers"] if worker in (None, row["index"])}
        await self._client.restart_worker(worker)

        def left(status: NodeStatus) -> str:
            old = [row for row in status["workers"] if row["pid"] in before]
            if stays := [row for row in old if row["trouble"]]:
                raise NotDone(f"Worker {stays[0]['index']} goes on as it was: {stays[0]['trouble']}.")
            return f"{len(old)} of {len(before)} workers are still to be replaced" if old else ""

        await self._wait(left)
        self._say("Restarted.")

    async def stop(self) -> None:
        """Have the node drained and ended, and wait until it is gone."""
        gone = asyncio.Event()
        self._client.on_lost(lambda _loss: gone.set())
        await self._client.stop()
        self._say("The node drains and stops.")
        try:
            async with asyncio.timeout(self._patience):
                await gone.wait()
        except TimeoutError:
            raise NotDone("The node still drains; it stops by itself.") from None
        self._say("Stopped.")

    async def _wait(self, left: Callable[[NodeStatus], str]) -> None:
        """Ask until nothing is left to do, saying now and then how far it is."""
        await _patiently(self._until_nothing_is(left), self._patience)

    async def _until_nothing_is(self, left: Callable[[NodeStatus], str]) -> None:
        loop = asyncio.get_running_loop()
        told = loop.time() + TELL_SECONDS
        while what := left(await self._client.workers()):
            if loop.time() >= told:
                self._say(f"{what} …")
                told += TELL_SECONDS
            await asyncio.sleep(LOOK_SECONDS)


async def _patiently(work: Awaitable[None], patience: float | None) -> None:
    try:
        async with asyncio.timeout(patience):
            await work
    except TimeoutError:
        raise NotDone("It was begun and goes on, but is not done yet.") from None
