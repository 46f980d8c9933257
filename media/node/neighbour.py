"""Another node that has a part of a room, as the room sees it."""

import asyncio
import logging
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from media.errors import BAD_REQUEST, CONSUME_FAILED, PRODUCER_NOT_FOUND, MediaError
from media.mediasoup.errors import MediasoupError, NotFoundError
from media.mediasoup.producer import Producer
from media.mediasoup.rtp_parameters import MediaKind

from .config import NodeConfig
from .facts import producer_fact
from .legs import Legs, Line
from .payload import Payload
from .place import Place, Sent
from .refusals import refused_as

if TYPE_CHECKING:
    from .room import Room

log = logging.getLogger(__name__)

Json = dict[str, Any]


@dataclass(eq=False, slots=True)
class Announced:
    """Something that is sent at the other node, or at one behind it. A `Sent`."""

    id: str
    kind: MediaKind
    paused: bool
    closed: bool = False
    app_data: dict[str, Any] = field(default_factory=dict)


class Neighbour:
    """An annex of the room, or with `is_home` the node where it is at home; from when they have met until `part`.

    What is sent there is an `Announced` here, and has this neighbour for its `Origin`. Each of the two tells the other
    what is told in its part of the room, and the home node passes on what one annex tells to the other annexes.
    """

    def __init__(self, room: "Room", node: str, line: Line, config: NodeConfig, *, is_home: bool) -> None:
        self.node = node
        self.is_home = is_home
        self.closed = False
        self.sent: dict[str, Announced] = {}
        self.participants: set[str] = set()
        self.room, self._line = room, line
        self._legs = Legs(node, line, config, self._cut, room.leave_empty_places)
        self._tasks: set[asyncio.Task[None]] = set()

    def tell(self, event: str, data: Json) -> None:
        """Pass a push on to those who are there."""
        self._line.tell("fact", {"event": event, "data": data})

    def tell_itself(self, what: str, data: Json) -> None:
        """Say something to the node and not to those who are there."""
        self._line.tell(what, data)

    async def make_way(self) -> None:
        """Ask whether those who are there can take what one more sends. Raises `MediaError` (MEDIA_OVERLOADED)."""
        await self._line.ask("make-way", {})

    async def pipe(self, producer_id: str, to: Place) -> Producer:
        """As `Origin` has it, from the other node."""
        sent = self.sent.get(producer_id)
        if sent is None:
            raise NotFoundError("It is not sent any more")
        return await self._legs.receive(sent, to)

    def leaves_from(self, place: Place) -> bool:
        """Whether what is sent to the other node leaves from that place."""
        return self._legs.leaves_from(place)

    def forget_participant(self, participant: str) -> None:
        """A participant is not there any more, whatever the other node has not said yet."""
        self.participants.discard(participant)
        for sent in [sent for sent in self.sent.values() if sent.app_data["participantId"] == participant]:
            self._drop(sent)

    def part(self) -> None:
        """The other node is gone, or has no part of the room any more. Idempotent."""
        if self.closed:
            return
        self.closed = True
        self.room.forget_neighbour(self)
        self._legs.close()
        for task in self._tasks:
            task.cancel()
        for sent in list(self.sent.values()):
            self._drop(sent)

    # What the other node says

    async def asked(self, what: str, data: Payload) -> Json:
        """Answer a question. Raises `MediaError`."""
        match what:
            case "pipe":
                return await self._send(data.text("producerId"), data.text("router"))
            case "connect":
                await self._legs.connect(data.text("pipe"), data)
                return {}
        raise MediaError(BAD_REQUEST, "This is nothing that one node asks another.")

    def told(self, what: str, data: Payload) -> None:
        """Take in what was said. Raises `MediaError` for what makes no sense."""
        match what:
            case "fact":
                self._hear(data.text("event"), data.mapping("data"))
            case "piped":
                self._legs.follow(data.text("pipe"), data.text("producerId"), paused=data.flag("paused"))
            case "unpiped":
                self._legs.sent_no_more(data.text("pipe"), data.text("producerId"))
            case "unpipe":
                self._legs.stop_sending(data.text("pipe"), data.text("producerId"))
            case "pipe-closed":
                self._legs.closed_there(data.text("pipe"))
            case "key-frame":
                self._begin(self.room.want_key_frame(data.text("producerId")))
            case "entered":
                self.participants.add(data.text("participant"))
                self.room.entered_elsewhere(data.text("participant"), self)
            case "present":
                self.participants.add(data.text("participant"))
                if data.text("participant") in self.room.peers:
                    self._line.tell("leave", {"participant": data.text("participant")})
            case "left":
                self.participants.discard(data.text("participant"))
            case "leave":
                self.room.entered_elsewhere(data.text("participant"), self)
            case _:
                raise MediaError(BAD_REQUEST, "This is nothing that one node tells another.")

    def take(self, fact: Payload) -> None:
        """Something is sent there. Raises `MediaError`."""
        producer_id, kind = fact.text("producerId"), cast(MediaKind, fact.choice("kind", ("audio", "video")))
        if self.room.producer(producer_id) is not None:
            return
        about = {"participantId": fact.text("participantId"), "source": fact.text("source")}
        sent = self.sent[producer_id] = Announced(producer_id, kind, fact.flag("paused"), app_data=about)
        self.room.add_producer(producer_id, self)
        self.room.tell("new-producer", producer_fact(sent), came_from=self)
        if about["source"] == "mic" and not self.is_home:
            self._begin(self._listen_to(sent))

    def _hear(self, event: str, data: Json) -> None:
        fact = Payload(data)
        match event:
            case "new-producer":
                self.take(fact)
            case "producer-paused" | "producer-resumed":
                if sent := self.sent.get(fact.text("producerId")):
                    sent.paused = event == "producer-paused"
                    self.room.tell(event, data, came_from=self)
            case "producer-closed":
                if sent := self.sent.get(fact.text("producerId")):
                    self._drop(sent)
            case "active-speaker" | "audio-levels":
                # Voices of all nodes are compared at home.
                if self.is_home:
                    self.room.tell(event, data, came_from=self)

    def _drop(self, sent: Announced) -> None:
        del self.sent[sent.id]
        sent.closed = True
        self.room.drop_producer(sent.id)
        names = {"participantId": sent.app_data["participantId"], "producerId": sent.id}
        self.room.tell("producer-closed", names, came_from=self)

    async def _send(self, producer_id: str, router: str) -> Json:
        sent = self.room.producer(producer_id)
        origin = self.room.origin_of(sent) if sent is not None else None
        if sent is None or origin is None or origin is self:
            raise MediaError(PRODUCER_NOT_FOUND, "The producer has just been closed.")
        place = origin if isinstance(origin, Place) else self.room.relay
        with refused_as(CONSUME_FAILED):
            return await self._legs.send(sent, origin, place, router)

    def _cut(self, sent: Sent) -> None:
        """What comes from another annex was lost on its way through here: have it asked for again."""
        if not sent.closed and isinstance(self.room.origin_of(sent), Neighbour):
            names = {"participantId": sent.app_data["participantId"], "producerId": sent.id}
            self.tell("producer-closed", names)
            self.tell("new-producer", producer_fact(sent))

    async def _listen_to(self, microphone: Announced) -> None:
        try:
            await self.room.listen_to(microphone)
        except MediasoupError as error:
            log.debug("A microphone in meeting %s is not listened to: %s", self.room.meeting, error)

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work, name=f"neighbour {self.node}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
