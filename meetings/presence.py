"""What this process knows about the participants whose sockets it holds: its heartbeat, who speaks for whom, and the
grace periods that run.
"""

import asyncio
import logging
import os
import socket
from collections.abc import Callable, Coroutine
from typing import Any
from uuid import UUID, uuid4
from weakref import WeakKeyDictionary

from meetings.actions.beat import beat, end_beat
from meetings.actions.disconnect import disconnect
from meetings.actions.expire import expire, grace
from meetings.actions.missed import note_missed
from meetings.actions.sweep import HEARTBEAT_SECONDS
from meetings.database import in_database
from meetings.protocol.codes import Refusal

log = logging.getLogger(__name__)

# Rows are judged by the wall clock, sleeping is not.
CLOCK_SLACK = 0.05
# While the database is away.
RETRY_SECONDS = 1.0

Gone = Callable[[UUID, UUID], Coroutine[Any, Any, None]]


class Presence:
    """One for each process (each event loop). Everything it starts, it owns; `end` ends it."""

    def __init__(self) -> None:
        self.process_id = uuid4()
        self._begun: asyncio.Task[None] | None = None
        self._heartbeat: asyncio.Task[None] | None = None
        self._speaks: dict[UUID, UUID] = {}
        self._grace: dict[UUID, asyncio.Task[None]] = {}
        self._goodbyes: set[asyncio.Task[None]] = set()

    async def begin(self) -> UUID:
        """See to it that the process has its row, and keeps beating. Its id."""
        if self._begun is None or (self._begun.done() and self._begun.exception() is not None):
            self._begun = asyncio.create_task(self._begin(), name="first heartbeat")
        await asyncio.shield(self._begun)
        return self.process_id

    def attach(self, participant: UUID, connection: UUID) -> None:
        """`connection` speaks for the participant now. A grace period that ran is over."""
        self._speaks[participant] = connection
        timer = self._grace.pop(participant, None)
        if timer is not None:
            timer.cancel()

    def speaks(self, participant: UUID, connection: UUID) -> bool:
        """Whether, as far as this process knows, `connection` still speaks for the participant."""
        return self._speaks.get(participant) == connection

    def detach(self, participant: UUID, connection: UUID) -> None:
        """`connection` speaks for the participant no more; another that does is left alone."""
        if self.speaks(participant, connection):
            del self._speaks[participant]

    def say_goodbye(self, connection: UUID, gone: Gone) -> None:
        """Note that `connection` is gone, now or as soon as the database is there, and await the return of whom it
        spoke for.
        """
        task = asyncio.create_task(self._say_goodbye(connection, gone), name=f"goodbye of {connection}")
        self._goodbyes.add(task)
        task.add_done_callback(self._goodbyes.discard)

    def await_return(self, meeting: UUID, participant: UUID, gone: Gone) -> None:
        """Let go of the participant once the grace period has passed, unless somebody attaches before; `gone` is
        awaited when it comes to that.
        """
        self._grace[participant] = asyncio.create_task(
            self._wait_for_return(meeting, participant, gone), name=f"grace period of {participant}"
        )

    async def end(self) -> None:
        """Stop beating and waiting. Grace periods that run are left to the sweep of whoever comes after."""
        if self._goodbyes:
            await asyncio.wait(self._goodbyes, timeout=RETRY_SECONDS)
        tasks = [*self._grace.values(), *self._goodbyes, *([self._heartbeat] if self._heartbeat else [])]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        if self._begun is not None:
            await in_database(end_beat, self.process_id)
            self._begun = None

    async def _begin(self) -> None:
        await self._beat()
        await in_database(note_missed, socket.gethostname(), self.process_id)
        self._heartbeat = asyncio.create_task(self._keep_beating(), name="heartbeat")

    async def _say_goodbye(self, connection: UUID, gone: Gone) -> None:
        while True:
            try:
                participant = await in_database(disconnect, connection)
            except Refusal:
                await asyncio.sleep(RETRY_SECONDS)
                continue
            if participant is not None:
                self.await_return(participant.meeting_id, participant.id, gone)
            return

    async def _keep_beating(self) -> None:
        wait = HEARTBEAT_SECONDS
        while True:
            await asyncio.sleep(wait)
            wait = HEARTBEAT_SECONDS
            try:
                await self._beat()
            except Refusal as away:
                log.debug("No heartbeat: %s", away)
                wait = RETRY_SECONDS
            except Exception:
                log.exception("The heartbeat of this process could not be written")

    async def _beat(self) -> None:
        await in_database(beat, self.process_id, socket.gethostname(), os.getpid())

    async def _wait_for_return(self, meeting: UUID, participant: UUID, gone: Gone) -> None:
        try:
            await asyncio.sleep(grace().total_seconds() + CLOCK_SLACK)
            if await in_database(expire, participant):
                await gone(meeting, participant)
        except Refusal as away:
            log.warning("Participant %s could not be let go (%s); the sweep will", participant, away)
        except Exception:
            log.exception("Participant %s could not be let go; the sweep will", participant)
        finally:
            if self._grace.get(participant) is asyncio.current_task():
                del self._grace[participant]


_presences: WeakKeyDictionary[asyncio.AbstractEventLoop, Presence] = WeakKeyDictionary()


def presence() -> Presence:
    """The presence of the running loop; made on first use."""
    loop = asyncio.get_running_loop()
    if loop not in _presences:
        _presences[loop] = Presence()
    return _presences[loop]


async def end_presence() -> None:
    """End the running loop's presence, if there is one."""
    mine = _presences.pop(asyncio.get_running_loop(), None)
    if mine is not None:
        await mine.end()
