"""News that many people make at the same moment, told together: a thousand votes are not a million pushes."""

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from uuid import UUID
from weakref import WeakKeyDictionary

from django.db import transaction

from meetings.database import in_database
from meetings.facts import serving_loop
from meetings.protocol.codes import Refusal

log = logging.getLogger(__name__)

# Seconds for which it is gathered.
INTERVAL = 1.0

Tell = Callable[[UUID, frozenset[UUID]], None]
"""Tells a meeting how these things stand by now."""

_gathered: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[tuple[Tell, UUID], "_Gathering"]] = WeakKeyDictionary()


class _Gathering:
    """What has changed in one meeting since it was told last."""

    def __init__(self, changed: UUID, telling: asyncio.Task[None]) -> None:
        self.changed = {changed}
        self.telling = telling


def tell_soon(tell: Tell, meeting_id: UUID, changed: UUID) -> None:
    """Run `tell` in a database thread once the current transaction commits, with all that changed within `INTERVAL`;
    at once where this process serves no sockets. Call it from a thread, as `facts.publish`.

    What is lost with the process, the next change tells.
    """
    transaction.on_commit(partial(_changed, tell, meeting_id, changed))


def _changed(tell: Tell, meeting_id: UUID, changed: UUID) -> None:
    loop = serving_loop()
    if loop is None:
        tell(meeting_id, frozenset({changed}))
    else:
        loop.call_soon_threadsafe(_gather, tell, meeting_id, changed)


def _gather(tell: Tell, meeting_id: UUID, changed: UUID) -> None:
    loop = asyncio.get_running_loop()
    waiting = _gathered.setdefault(loop, {})
    if known := waiting.get((tell, meeting_id)):
        known.changed.add(changed)
    else:
        waiting[tell, meeting_id] = _Gathering(changed, loop.create_task(_tell(tell, meeting_id)))


async def _tell(tell: Tell, meeting_id: UUID) -> None:
    await asyncio.sleep(INTERVAL)
    # What changes from now on may not be in what is read now.
    gathered = _gathered[asyncio.get_running_loop()].pop((tell, meeting_id))
    try:
        await in_database(tell, meeting_id, frozenset(gathered.changed))
    except Refusal as refusal:
        log.warning("Nobody is told how votes in %s stand: %s", meeting_id, refusal)
