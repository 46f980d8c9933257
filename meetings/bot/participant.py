"""A headless participant: joins a meeting, sends a picture and a tone, and measures what it gets from the others."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any, Self

from aiortc import MediaStreamTrack

from meetings.bot.errors import RequestRefused, SignallingClosed
from meetings.bot.media import BotMedia
from meetings.bot.received import Receiver, RemoteParticipant, counting, drain
from meetings.bot.signalling import JsonObject, SignallingClient
from meetings.bot.site import JoinTicket, Site
from meetings.bot.tone import Tone

logger = logging.getLogger(__name__)

# What may be gone again by the time we ask for it: the other side is free to leave at any moment.
PASSING_REFUSALS = {"PRODUCER_NOT_FOUND", "CONSUMER_NOT_FOUND"}


class BotParticipant:
    """One bot in one meeting. `async with BotParticipant(site, "abc-defg-hij") as bot:` joins and leaves.

    `picture` and `tone` are what it sends, None for nothing. `ticket` is a host's ticket; without one the bot gets a
    guest's. `video_codec` is the MIME type to send the picture in, by default the router's first. `others` holds
    everybody it met, by participant id, also those who left. `failures` holds what went wrong in the background, such
    as a producer that could not be consumed although it was still there. `join_ticket` saves asking the site for
    one. `receiver` makes what takes a received picture or sound, by kind (`video`, `audio`), of the producers that
    `may_follow` says yes to. With `small_pictures` it takes the smallest of the sizes that a picture comes in. `ended`
    is set once the socket is gone; `on_push` is told of every push.

    `phase` is what it is at or was last at: `ticket`, `socket`, `join`, `transports`, `send`.
    """

    def __init__(
        self,
        site: Site,
        meeting: str,
        *,
        display_name: str = "Bot",
        picture: MediaStreamTrack | None = None,
        tone: MediaStreamTrack | None = None,
        receive: bool = True,
        ticket: str = "",
        join_ticket: JoinTicket | None = None,
        video_codec: str = "",
        receiver: Callable[[str], Receiver] = counting,
        may_follow: Callable[[JsonObject], bool] = lambda producer: True,
        small_pictures: bool = False,
    ) -> None:
        self.display_name = display_name
        self.picture = picture
        self.tone = tone
        self.others: dict[str, RemoteParticipant] = {}
        self.participant_id = ""
        self.producers: dict[str, str] = {}
        self.pushes_seen: list[str] = []
        self.failures: list[BaseException] = []
        self._site = site
        self._meeting = meeting
        self._receive = receive
        self._ticket = ticket
        self._join_ticket = join_ticket
        self._video_codec = video_codec
        self._receiver = receiver
        self._may_follow = may_follow
        self._small_pictures = small_pictures
        self.ended = asyncio.Event()
        self.phase = "ticket"
        self.on_push: Callable[[str, JsonObject], None] | None = None
        self._sources: dict[str, tuple[str, str]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._signalling: SignallingClient | None = None
        self._media: BotMedia | None = None

    @property
    def signalling(self) -> SignallingClient:
        """The bot's socket. Only after joining."""
        assert self._signalling is not None, "the bot has not joined"
        return self._signalling

    @property
    def media(self) -> BotMedia:
        """The bot's transports. Only after joining."""
        assert self._media is not None, "the bot has not joined"
        return self._media

    async def join(self) -> JsonObject:
        """Join by ticket, step by step, send what there is to send, and return the `meeting-joined` data.

        Raises SiteRefused, RequestRefused or SignallingClosed, with nothing left open.
        """
        joined = await self.enter()
        await self.open_media(joined)
        return joined

    async def enter(self) -> JsonObject:
        """The first half of `join`: be in the meeting, without media."""
        self.phase = "ticket"
        ticket = self._join_ticket or await self._site.join(self._meeting, self.display_name, self._ticket)
        self.phase = "socket"
        self._signalling = await SignallingClient.open(ticket.socket_url, origin=self._site.origin)
        self.phase = "join"
        try:
            joined = await self._signalling.request(
                "join-meeting", {"meetingId": ticket.meeting_id, "displayName": self.display_name}
            )
            if "participantId" not in joined:
                why = "Hosts let people into this meeting, and a bot does not wait at its door."
                raise RequestRefused("join-meeting", "JOIN_DENIED", "The host did not let you in", why)
        except BaseException:
            await self.vanish()
            raise
        self.participant_id = joined["participantId"]
        self._media = BotMedia(self._signalling, ticket.meeting_id)
        return joined

    async def open_media(self, joined: JsonObject) -> None:
        """The second half of `join`: make transports, receive the others, send."""
        self.phase = "transports"
        try:
            await self.media.load(joined["rtpCapabilities"])
            await self.media.create_transport("send")
            await self.media.create_transport("recv")
            for person in joined["participants"]:
                self._meet(person)
            for producer in joined["producers"]:
                self._discover(producer)
            self._run(self._follow_pushes(), "bot pushes")
            self.phase = "send"
            if self.tone is not None:
                self.producers["mic"] = await self.media.produce(self.tone, "mic")
            if self.picture is not None:
                self.producers["camera"] = await self.media.produce(self.picture, "camera", codec=self._video_codec)
        except BaseException:
            await self.vanish()
            raise

    async def mute(self) -> None:
        """Pause the microphone: at the server, and the tone itself."""
        assert isinstance(self.tone, Tone)
        self.tone.hold()
        await self.signalling.request("pause-producer", {"producerId": self.producers["mic"]})

    async def unmute(self) -> None:
        """Go on after `mute`."""
        assert isinstance(self.tone, Tone)
        self.tone.release()
        await self.signalling.request("resume-producer", {"producerId": self.producers["mic"]})

    async def leave(self) -> None:
        """Leave properly: the others are told at once."""
        if self._signalling is not None and not self._signalling.closed:
            try:
                await self._signalling.request("leave-meeting")
                await self._signalling.close()
            except SignallingClosed:
                pass  # the server closed it when we had left, or it broke: either way we are out
            except RequestRefused as refusal:
                if refusal.code != "NOT_IN_MEETING":  # removed, or the meeting has ended: out as well
                    raise
                await self._signalling.close()
        await self._stop()

    async def end_meeting(self) -> None:
        """End the meeting for everybody, as its host may."""
        await self.signalling.request("end-meeting")

    async def vanish(self) -> None:
        """Break off without a word, as a crashed client does."""
        if self._signalling is not None:
            await self._signalling.kill()
        await self._stop()

    async def __aenter__(self) -> Self:
        await self.join()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.leave()

    async def _stop(self) -> None:
        await drain(self._tasks)
        if self._media is not None:
            await self._media.close()
        for track in (self.picture, self.tone):
            if track is not None:
                track.stop()

    async def _follow_pushes(self) -> None:
        while True:
            try:
                event, data = await self.signalling.next_push()
            except SignallingClosed:
                self.ended.set()
                return
            self.pushes_seen.append(event)
            if self.on_push is not None:
                self.on_push(event, data)
            match event:
                case "participant-joined":
                    self._meet(data.get("participant", data))
                case "participant-left":
                    self._meet(data).left_because = data["reason"]
                case "new-producer":
                    self._discover(data)
                case "producer-paused" | "producer-resumed":
                    person_id, source = self._sources.get(data["producerId"], ("", ""))
                    if person_id:
                        self.others[person_id].paused[source] = event == "producer-paused"
                case "producer-closed":
                    person_id, source = self._sources.pop(data["producerId"], ("", ""))
                    if person_id:
                        self.others[person_id].received.pop(source, None)

    def _meet(self, person: JsonObject) -> RemoteParticipant:
        person_id = person["participantId"]
        if person_id not in self.others and person_id != self.participant_id:
            self.others[person_id] = RemoteParticipant(person_id, person.get("displayName", ""))
        return self.others.get(person_id) or RemoteParticipant(person_id, "")

    def _discover(self, producer: JsonObject) -> None:
        producer_id, source = producer["producerId"], producer["source"]
        if producer["participantId"] == self.participant_id or producer_id in self._sources:
            return
        person = self._meet(producer)
        self._sources[producer_id] = (person.participant_id, source)
        person.paused[source] = bool(producer.get("paused"))
        if self._receive and self._may_follow(producer):
            self._run(self._consume(person, producer_id, source), f"bot consumes {source}")

    async def _consume(self, person: RemoteParticipant, producer_id: str, source: str) -> None:
        try:
            consumed, track = await self.media.consume(producer_id)
        except RequestRefused as refusal:
            if refusal.code in PASSING_REFUSALS:
                return
            raise
        except SignallingClosed:
            return
        if self._small_pictures and consumed["kind"] == "video":
            await self._ask_for_small(consumed["id"])
        received = self._receiver(consumed["kind"])
        person.codecs[source] = consumed["rtpParameters"]["codecs"][0]["mimeType"]
        person.received[source] = received
        await received.watch(track)

    async def _ask_for_small(self, consumer_id: str) -> None:
        try:
            await self.signalling.request("set-preferred-layers", {"consumerId": consumer_id, "spatialLayer": 0})
        except RequestRefused:
            logger.debug("%s gets a picture in one size only", self.display_name)

    def _run(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (failure := task.exception()) is not None:
            logger.error("%s: %s failed", self.display_name, task.get_name(), exc_info=failure)
            self.failures.append(failure)
