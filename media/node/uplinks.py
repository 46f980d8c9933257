"""From an annex to the node where its room is at home: a link for each room, dialled as a web process would."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from media.errors import INTERNAL_ERROR, MEDIA_UNAVAILABLE, MediaError
from media.link.address import LinkAddress
from media.link.dialer import LinkDialer
from media.link.frames import NEIGHBOUR, Event, Hello
from media.link.security import LinkSecurity

from .config import NodeConfig
from .neighbour import Neighbour
from .payload import Payload
from .room import Room

if TYPE_CHECKING:
    from .rooms import Rooms

log = logging.getLogger(__name__)

Json = dict[str, Any]

ATTACH_SECONDS = 7.0
ANSWER_SECONDS = 8.0
TRY_AGAIN_SECONDS = 0.5

UNREACHABLE = "The media node of this meeting cannot be reached."


class Uplinks:
    """The links of this node's annexes. A room without one is at home here."""

    def __init__(self, rooms: "Rooms", config: NodeConfig, name: str, security: LinkSecurity) -> None:
        self._rooms, self._config, self._name, self._security = rooms, config, name, security
        self._uplinks: dict[Room, _Uplink] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def __contains__(self, room: Room) -> bool:
        """Whether a room is an annex."""
        return room in self._uplinks

    async def settle(self, room: Room, home: LinkAddress | None) -> None:
        """See to it that a room is an annex of the one at `home`, or at home here without that.

        A room that has nobody yet has met its home when this returns. Raises `MediaError` when it has not; one with
        people in it goes on trying.
        """
        uplink = self._uplinks.get(room)
        if uplink is not None and uplink.address != home:
            log.info("Meeting %s is at home %s now", room.meeting, home or "here", extra={"meeting": room.meeting})
            self.drop(room)
            if home is None:
                room.begin_to_hear_all()
        if home is None:
            return
        if (uplink := self._uplinks.get(room)) is None:
            uplink = self._uplinks[room] = _Uplink(
                room, home, self._config, self._name, self._security, lambda what: self._told_itself(room, what)
            )
        if not room.peers:
            await uplink.attached(ATTACH_SECONDS)

    def drop(self, room: Room) -> None:
        """A room has ended, or is no annex any more. Idempotent."""
        if uplink := self._uplinks.pop(room, None):
            task = asyncio.create_task(uplink.close(), name=f"end of uplink of {room.meeting}")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Hang up everywhere."""
        for room in list(self._uplinks):
            self.drop(room)
        await asyncio.gather(*self._tasks)

    def _told_itself(self, room: Room, what: str) -> None:
        if what == "end":
            self._rooms.close_meeting(room.meeting)
        else:
            self._rooms.end_if_empty(room)


class _Uplink:
    """A `Line` to the home node: requests that way, and what home says or asks comes as events.

    It attaches its room whenever there is a link. `told` is called with what concerns the room as a whole.
    """

    def __init__(
        self,
        room: Room,
        address: LinkAddress,
        config: NodeConfig,
        name: str,
        security: LinkSecurity,
        told: Callable[[str], None],
    ) -> None:
        self.address = address
        self._room, self._config, self._name, self._told = room, config, name, told
        self._closed = False
        self._home: Neighbour | None = None
        self._met = asyncio.Event()
        self._unreachable = asyncio.Event()
        self._why = UNREACHABLE
        self._attaching: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._dialer = LinkDialer(
            address,
            on_event=self._event,
            on_up=self._up,
            on_down=self._down,
            on_failed=self._failed,
            security=security,
            patience=0,
        )
        self._dialer.start()

    async def attached(self, patience: float) -> None:
        """Wait until the room has met its home. Raises `MediaError`, soon when home cannot be reached."""
        waiting = [asyncio.create_task(event.wait()) for event in (self._met, self._unreachable)]
        try:
            await asyncio.wait(waiting, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waiting:
                one.cancel()
        if not self._met.is_set():
            raise MediaError(MEDIA_UNAVAILABLE, self._why)

    async def close(self) -> None:
        """Hang up. Home parts with the annex then."""
        self._part()
        self._closed = True
        # Whoever waits sees that the room has ended.
        self._met.set()
        tasks = [*self._tasks, *([self._attaching] if self._attaching else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(self._dialer.close(), *tasks, return_exceptions=True)

    # Line

    def tell(self, what: str, data: Json) -> None:
        """Say something; returns at once."""
        if not self._closed:
            self._begin(self._said(what, data))

    async def ask(self, what: str, data: Json) -> Json:
        """Ask something. Raises `MediaError`."""
        if self._closed:
            raise MediaError(MEDIA_UNAVAILABLE, "The other media node is gone.")
        # By a task, so that it follows what was told before.
        asking = self._begin(self._request(what, data))
        try:
            return await asyncio.shield(asking)
        except asyncio.CancelledError:
            if asking.cancelled():
                raise MediaError(MEDIA_UNAVAILABLE, "The other media node is gone.") from None
            raise

    async def _request(self, what: str, data: Json) -> Json:
        return await self._dialer.call(
            "neighbour", self._room.meeting, "", {"what": what, "data": data}, ANSWER_SECONDS
        )

    async def _said(self, what: str, data: Json) -> None:
        try:
            await self._request(what, data)
        except MediaError as error:
            log.debug("The home of meeting %s was not told %s: %s", self._room.meeting, what, error)

    # LinkDialer

    def _up(self, hello: Hello) -> None:
        self._unreachable.clear()
        self._attach()

    def _down(self, reason: str) -> None:
        self._part()

    def _failed(self, timed_out: bool) -> None:
        self._unreachable.set()

    def _event(self, event: Event) -> None:
        if event.name != NEIGHBOUR or self._home is None:
            return
        said = Payload(event.data)
        try:
            what, data = said.text("what"), Payload(said.mapping("data"))
            if "ask" in said:
                self._begin(self._answer(self._home, said.integer("ask"), what, data))
            elif what == "end":
                self._told(what)
            elif what == "gone":
                self._part()
                self._attach()
            else:
                self._home.told(what, data)
                if what in ("entered", "leave"):
                    self._told(what)
        except MediaError as error:
            log.warning("The home of meeting %s said what makes no sense: %s", self._room.meeting, error)

    async def _answer(self, home: Neighbour, number: int, what: str, data: Payload) -> None:
        try:
            answer: Json = {"ask": number, "data": await home.asked(what, data)}
        except MediaError as error:
            answer = {"ask": number, "code": error.code, "details": error.details}
        except Exception:
            log.exception("What the home of meeting %s asked failed", self._room.meeting)
            answer = {"ask": number, "code": INTERNAL_ERROR, "details": "The annex failed to do this."}
        self.tell("answer", answer)

    # Inside

    def _attach(self) -> None:
        if self._attaching is not None:
            self._attaching.cancel()
        self._attaching = asyncio.create_task(self._keep_attaching(), name=f"uplink of {self._room.meeting}")

    async def _keep_attaching(self) -> None:
        while self._dialer.is_up and not self._room.closed:
            try:
                reply = Payload(await self._request("attach", {"node": self._name}))
                node, sent = reply.text("node"), reply.mappings("sent")
            except MediaError as error:
                self._why = error.details
                await asyncio.sleep(TRY_AGAIN_SECONDS)
                continue
            # Nothing may be awaited between the reply and here: what home tells next is for the neighbour.
            if not self._room.closed:
                self._home = Neighbour(self._room, node, self, self._config, is_home=True)
                self._room.meet(self._home)
                for fact in sent:
                    self._take(self._home, fact)
                self._met.set()
            return

    def _take(self, home: Neighbour, fact: Payload) -> None:
        try:
            home.take(fact)
        except MediaError as error:
            log.warning("The home of meeting %s said what makes no sense: %s", self._room.meeting, error)

    def _part(self) -> None:
        self._met.clear()
        home, self._home = self._home, None
        if home is not None:
            home.part()

    def _begin(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.create_task(work, name=f"uplink of {self._room.meeting}")
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            # Asked for here, as whoever wanted to know may have been cancelled.
            task.exception()
