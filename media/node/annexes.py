"""The annexes that rooms of this node have on other nodes, which have dialled us."""

import asyncio
import itertools
import logging
from typing import TYPE_CHECKING, Any

from media.errors import BAD_REQUEST, MEDIA_UNAVAILABLE, MediaError
from media.link.frames import NEIGHBOUR, Event
from media.link.server import NodeLink

from .config import NodeConfig
from .facts import producer_fact
from .neighbour import Neighbour
from .payload import Payload

if TYPE_CHECKING:
    from .rooms import Rooms

log = logging.getLogger(__name__)

Json = dict[str, Any]

ANSWER_SECONDS = 8.0


class Annexes:
    """One link, one annex: a node dials once for each room that it has an annex of."""

    def __init__(self, rooms: "Rooms", config: NodeConfig, name: str) -> None:
        self._rooms, self._config, self._name = rooms, config, name
        self._annexes: dict[NodeLink, tuple[Neighbour, _Downlink]] = {}

    async def said(self, link: NodeLink, meeting: str, what: str, data: Payload) -> Json:
        """What the node at the other end of a link says or asks of one of its annexes. Raises `MediaError`."""
        if what == "attach":
            return await self._attach(link, meeting, data.text("node"))
        known = self._annexes.get(link)
        if known is None:
            raise MediaError(BAD_REQUEST, "This link belongs to no annex.")
        annex, line = known
        if what == "answer":
            line.answered(data)
            return {}
        if annex.closed:
            raise MediaError(MEDIA_UNAVAILABLE, "The room of this annex is gone.")
        room = self._rooms.find(meeting)
        match what:
            case "make-way":
                if room is not None:
                    self._rooms.make_way(room)
            case "pipe" | "connect":
                return await annex.asked(what, data)
            case "gone":
                self._part(link)
            case _:
                annex.told(what, data)
                if room is not None and what in ("entered", "leave"):
                    self._rooms.end_if_empty(room)
        return {}

    def link_closed(self, link: NodeLink) -> None:
        """The annex at the other end is gone, or cannot be reached."""
        self._part(link)

    async def _attach(self, link: NodeLink, meeting: str, node: str) -> Json:
        if not meeting:
            raise MediaError(BAD_REQUEST, "meeting is missing.")
        room = await self._rooms.certain(meeting)
        self._part(link)
        if link.closed or room.closed:
            self._rooms.end_if_empty(room)
            raise MediaError(MEDIA_UNAVAILABLE, "The room was closed just now.")
        line = _Downlink(link, meeting)
        annex = Neighbour(room, node, line, self._config, is_home=False)
        self._annexes[link] = annex, line
        log.info("Meeting %s has an annex on media node %s", meeting, node, extra={"meeting": meeting})
        # From here to the reply nothing may be awaited: it and what is told after it must leave no gap.
        room.meet(annex)
        return {"node": self._name, "sent": [producer_fact(sent) for sent in room.producers()]}

    def _part(self, link: NodeLink) -> None:
        if known := self._annexes.pop(link, None):
            annex, line = known
            line.close()
            annex.part()
            self._rooms.end_if_empty(annex.room)


class _Downlink:
    """A `Line` to an annex: events that way, and answers to what was asked come back as requests."""

    def __init__(self, link: NodeLink, meeting: str) -> None:
        self._link, self._meeting = link, meeting
        self._ids = itertools.count(1)
        self._asked: dict[int, asyncio.Future[Json]] = {}

    def tell(self, what: str, data: Json) -> None:
        """Say something; returns at once."""
        self._link.send(Event(NEIGHBOUR, self._meeting, (), {"what": what, "data": data}))

    async def ask(self, what: str, data: Json) -> Json:
        """Ask something. Raises `MediaError`."""
        number = next(self._ids)
        answer: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._asked[number] = answer
        try:
            self._link.send(Event(NEIGHBOUR, self._meeting, (), {"what": what, "data": data, "ask": number}))
            if self._link.closed:
                raise MediaError(MEDIA_UNAVAILABLE, "The other media node is gone.")
            async with asyncio.timeout(ANSWER_SECONDS):
                return await answer
        except TimeoutError:
            raise MediaError(MEDIA_UNAVAILABLE, "The other media node did not answer.") from None
        finally:
            del self._asked[number]

    def answered(self, answer: Payload) -> None:
        """An answer has come. Raises `MediaError` for one that makes no sense."""
        waiting = self._asked.get(answer.integer("ask"))
        if waiting is None or waiting.done():
            return
        if "code" in answer:
            details = answer.text("details") if "details" in answer else ""
            waiting.set_exception(MediaError(answer.text("code"), details))
        else:
            waiting.set_result(answer.mapping("data"))

    def close(self) -> None:
        """Nothing is answered any more."""
        for waiting in self._asked.values():
            if not waiting.done():
                waiting.set_exception(MediaError(MEDIA_UNAVAILABLE, "The other media node is gone."))
