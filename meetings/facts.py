"""What happened to people, told to the sockets of a meeting. The only place that publishes to a group.

A fact is a row first; it is published when the transaction that wrote it commits, in the order of a thread's commits.
"""

import asyncio
import logging
import threading
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any, NotRequired, TypedDict
from uuid import UUID

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

from meetings.audience import Hearer, audience, group_of
from meetings.lane import Lane
from meetings.protocol.codes import Refusal

log = logging.getLogger(__name__)

Json = dict[str, Any]

# Facts that wait because the layer is slow or away; beyond this the newest are dropped and logged.
LONGEST_QUEUE = 10_000
SUPERSEDED = "superseded"
DECIDED = "decided"
# How long a fact is held for a layer that fails.
LAYER_PATIENCE = 60.0
LAYER_RETRY = 0.5


class Fact(TypedDict):
    """As it travels over the layer. `only` and `skip` are participant ids; without `only` it is for everybody. Of which
    `meeting` it is, matters to a socket that has just gone from one to another.
    """

    type: str
    meeting: str
    event: str
    each: list[Json]
    only: NotRequired[list[str]]
    skip: NotRequired[list[str]]


class _Serving:
    """The event loop in which this process's sockets live, and the facts on their way out of it.

    The in-memory layer does not wake a loop from other threads, so everything is published in that loop.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.lane = Lane("facts", LONGEST_QUEUE)

    def publish(self, group: str, fact: Fact) -> None:
        if not self.lane.put(partial(_group_send_at_last, group, fact)):
            log.error("The channel layer is too slow: %s for %s is lost", fact["event"], group)


_guard = threading.Lock()
_serving: _Serving | None = None


def publish(
    meeting_id: UUID | str, event: str, data: Json, *, only: Iterable[UUID] = (), skip: Iterable[UUID] = ()
) -> None:
    """Tell the sockets of a meeting once the current transaction commits; at once when there is none.

    Call it from a thread (a view, a task, a database thread). Returns without waiting for delivery where this process
    serves sockets; without sockets (a command, a Celery worker of its own) when the layer has taken it.
    """
    publish_each(meeting_id, event, [data], only=only, skip=skip)


def publish_each(
    meeting_id: UUID | str, event: str, each: Sequence[Json], *, only: Iterable[UUID] = (), skip: Iterable[UUID] = ()
) -> None:
    """Tell an event of each of these, as `publish` does of one; they go over the layer in one piece."""
    group = group_of(meeting_id)
    fact = Fact(type="meeting.fact", meeting=str(meeting_id), event=event, each=list(each))
    if only:
        fact["only"] = [str(one) for one in only]
    if skip:
        fact["skip"] = [str(one) for one in skip]
    transaction.on_commit(partial(_send, group, fact))


async def subscribe(meeting_id: UUID | str, hearer: Hearer) -> None:
    """Tell `hearer` the meeting's facts from now on, and publish this process's facts from this loop.

    Raises Refusal SERVICE_UNAVAILABLE while the layer is away.
    """
    global _serving
    loop = asyncio.get_running_loop()
    with _guard:
        if _serving is None or _serving.loop is not loop:
            _serving = _Serving(loop)
    try:
        await audience().add(group_of(meeting_id), hearer)
    except Exception as error:
        log.warning("Nobody can be told of a meeting, for the channel layer fails: %s", error)
        raise Refusal("SERVICE_UNAVAILABLE", "News of the others cannot get here just now.", retryAfter=1.0) from error


async def unsubscribe(meeting_id: UUID | str, hearer: Hearer) -> None:
    """Tell them no more."""
    try:
        await audience().remove(group_of(meeting_id), hearer)
    except Exception as error:
        # What still comes finds nobody.
        log.debug("The facts of %s go on to come: %s", meeting_id, error)


def serving_loop() -> asyncio.AbstractEventLoop | None:
    """The loop in which this process's sockets live, if it has any."""
    with _guard:
        serving = _serving
    return serving.loop if serving is not None and serving.loop.is_running() else None


def _send(group: str, fact: Fact) -> None:
    with _guard:
        serving = _serving
    if serving is not None and serving.loop.is_running():
        serving.loop.call_soon_threadsafe(serving.publish, group, fact)
    else:
        async_to_sync(_group_send)(group, fact)


async def _group_send_at_last(group: str, fact: Fact) -> None:
    """Publish a fact even if the layer is away for a while; those after it wait, and so keep their order."""
    ends = asyncio.get_running_loop().time() + LAYER_PATIENCE
    while True:
        try:
            return await _group_send(group, fact)
        except Exception as error:
            if asyncio.get_running_loop().time() > ends:
                raise
            log.debug("%s for %s waits for the channel layer: %s", fact["event"], group, error)
            await asyncio.sleep(LAYER_RETRY)


async def _group_send(group: str, fact: Fact) -> None:
    await _layer().group_send(group, fact)


def _layer() -> Any:
    return get_channel_layer()
