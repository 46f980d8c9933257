"""Who in this process hears the facts of which meeting. A fact comes over the channel layer once for all of them, is
read once, and is written as a frame once.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from functools import cached_property, partial
from typing import Any, Final, Protocol
from uuid import UUID
from weakref import WeakKeyDictionary, WeakValueDictionary

from channels.layers import get_channel_layer

from meetings.signalling.frames import TextFrame, write_frame

log = logging.getLogger(__name__)

Json = dict[str, Any]

HELLO: Final = "audience.hello"
HELLO_SECONDS: Final = 5.0
AGAIN_SECONDS: Final = 0.1


def group_of(meeting_id: UUID | str) -> str:
    """The name of a meeting's group."""
    return f"meeting.{meeting_id}"


class Told:
    """A fact as it arrived: one event, or several of one name (`each`). `only` and `skip` are participant ids; without
    `only` it is for everybody.
    """

    def __init__(self, fact: Json) -> None:
        self.meeting: str = fact["meeting"]
        self.event: str = fact["event"]
        self.each: list[Json] = fact["each"]
        self.only: frozenset[str] | None = frozenset(fact["only"]) if "only" in fact else None
        self.skip: frozenset[str] = frozenset(fact.get("skip", ()))

    @property
    def data(self) -> Json:
        """What is told of the first, which nearly always is the only one."""
        return self.each[0]

    @cached_property
    def frames(self) -> tuple[TextFrame, ...]:
        """What sockets send of it."""
        return tuple(TextFrame(write_frame(self.event, data)) for data in self.each)

    @cached_property
    def entries(self) -> dict[str, Json]:
        """The entries of the participants of whom it tells, by their ids."""
        return {one["participantId"]: one for one in self.each}

    def is_for(self, participant: str) -> bool:
        """Whether the participant of this id is to hear it."""
        return participant not in self.skip and (self.only is None or participant in self.only)


class Hearer(Protocol):
    """Somebody who hears facts."""

    def hear(self, told: Sequence[Told]) -> None:
        """These happened, one after the other. Must not wait."""

    def deafen(self) -> None:
        """Nothing is heard any more."""


class Audience:
    """Everybody of one event loop. Uses one channel, made when it is first needed."""

    def __init__(self) -> None:
        self._layer: Any = get_channel_layer()
        self._channel = ""
        self._hearing: asyncio.Task[None] | None = None
        self._hearers: dict[str, dict[Hearer, None]] = {}
        self._arrived: list[Json] = []
        self._hellos = 0
        self._unheard: dict[int, asyncio.Event] = {}
        self._beginning = asyncio.Lock()
        # A group is entered and left one after the other, or a first who comes could pass a last who goes.
        self._changing: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def check(self) -> None:
        """Raise what the layer raises where nothing would be heard."""
        await self._begin()
        await self._layer.send(self._channel, {"type": HELLO})

    async def add(self, group: str, hearer: Hearer) -> None:
        """Let `hearer` hear what is told to the group from now on. Raises what the layer raises."""
        await self._begin()
        async with self._lock_of(group):
            if group not in self._hearers:
                await self._layer.group_add(group, self._channel)
                await self._until_heard(partial(self._layer.group_send, group))
                self._hearers[group] = {}
            self._hearers[group][hearer] = None

    async def remove(self, group: str, hearer: Hearer) -> None:
        """Let `hearer` hear it no more. Raises what the layer raises, and has done its part all the same."""
        async with self._lock_of(group):
            hearers = self._hearers.get(group)
            if hearers is None or hearer not in hearers:
                return
            del hearers[hearer]
            if not hearers:
                del self._hearers[group]
                await self._layer.group_discard(group, self._channel)

    async def close(self) -> None:
        """Hear nothing any more."""
        if self._hearing is not None:
            self._hearing.cancel()
            await asyncio.wait([self._hearing])

    def _lock_of(self, group: str) -> asyncio.Lock:
        return self._changing.setdefault(group, asyncio.Lock())

    async def _begin(self) -> None:
        async with self._beginning:
            if self._hearing is None:
                self._channel = await self._layer.new_channel()
                self._hearing = asyncio.create_task(self._hear(), name="facts")
                self._hearing.add_done_callback(self._deafen)
                await self._until_heard(partial(self._layer.send, self._channel))

    async def _until_heard(self, send: Callable[[Json], Awaitable[None]]) -> None:
        """Send something that has no meaning until it arrives: Redis says nothing of when it begins to deliver, and may
        take what is sent right afterwards before it has begun. Raises TimeoutError.
        """
        number = self._hellos = self._hellos + 1
        heard = self._unheard[number] = asyncio.Event()
        try:
            async with asyncio.timeout(HELLO_SECONDS):
                while not heard.is_set():
                    await send({"type": HELLO, "number": number, "channel": self._channel})
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(AGAIN_SECONDS):
                            await heard.wait()
        finally:
            del self._unheard[number]

    async def _hear(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            fact = await self._layer.receive(self._channel)
            # What is there already is taken first, so that a hearer hears all of it at once.
            if not self._arrived:
                loop.call_soon(self._tell)
            self._arrived.append(fact)

    def _tell(self) -> None:
        arrived, self._arrived = self._arrived, []
        told: dict[str, list[Told]] = {}
        for fact in arrived:
            if fact["type"] != HELLO:
                told.setdefault(group_of(fact["meeting"]), []).append(Told(fact))
            elif fact.get("channel") == self._channel and (heard := self._unheard.get(fact["number"])) is not None:
                heard.set()
        for group, facts in told.items():
            for hearer in list(self._hearers.get(group, ())):
                try:
                    hearer.hear(facts)
                except Exception:
                    log.exception("What happened in %s was not taken", group)

    def _deafen(self, hearing: asyncio.Task[None]) -> None:
        self._hearing = None
        hearers = {hearer for group in self._hearers.values() for hearer in group}
        self._hearers.clear()
        if hearing.cancelled():
            return
        log.error("The channel layer failed", exc_info=hearing.exception())
        for hearer in hearers:
            hearer.deafen()


_audiences: WeakKeyDictionary[asyncio.AbstractEventLoop, Audience] = WeakKeyDictionary()


def audience() -> Audience:
    """The audience of the running loop; made on first use."""
    loop = asyncio.get_running_loop()
    if loop not in _audiences:
        _audiences[loop] = Audience()
    return _audiences[loop]


async def end_audience() -> None:
    """End the running loop's audience, if there is one."""
    if (mine := _audiences.pop(asyncio.get_running_loop(), None)) is not None:
        await mine.close()
