"""A try-out of media outside of any meeting: a throw-away room on a media node, of one socket."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from media.client import get_media_client
from media.errors import MEDIA_OVERLOADED, MediaError
from media.media_peer import MediaPeer
from media.rehearsals import room_of

log = logging.getLogger(__name__)

Json = dict[str, Any]
OnPush = Callable[[str, str, Json], None]
"""Called with the way on which, the event that, and the data with which media pushed something."""

# A test takes ten seconds, and as long as it takes somebody to allow their devices.
SECONDS = 30.0
# Somebody waits, and has more to try: what takes longer does not work.
CALL_WITHIN = 5.0
# Of one web process: enough for a class that arrives at once, too few to crowd out meetings.
MOST_AT_ONCE = 40

_running: set["Rehearsal"] = set()


class Rehearsal:
    """A room and its peers: one for each way in which the media server is tried, made when it is first called.

    Whoever begins one ends it. After `SECONDS` it asks for that by calling `over`.
    """

    def __init__(self, over: Callable[[], Any], on_push: OnPush) -> None:
        self.id = uuid4()
        self._room = room_of(self.id)
        self._peers: dict[str, MediaPeer] = {}
        self._on_push = on_push
        self._timer = asyncio.get_running_loop().call_later(SECONDS, over)
        self._ended = False

    @classmethod
    def begin(cls, over: Callable[[], Any], on_push: OnPush) -> "Rehearsal":
        """A new one. Raises `MediaError` (MEDIA_OVERLOADED) when too many are under way."""
        if len(_running) >= MOST_AT_ONCE:
            raise MediaError(MEDIA_OVERLOADED, "Too many people are testing at this moment; try again in a minute.")
        rehearsal = cls(over, on_push)
        _running.add(rehearsal)
        return rehearsal

    async def call(self, way: str, verb: str, data: Json) -> Json:
        """`MediaPeer.call` as the peer of that way."""
        peer = self._peers.get(way)
        if peer is None:
            client = get_media_client()
            peer = client.peer(self._room, str(uuid4()), lambda event, told: self._on_push(way, event, told))
            self._peers[way] = peer
        return await peer.call(verb, data, CALL_WITHIN)

    async def end(self) -> None:
        """Leave nothing of it on the node. Never raises; idempotent."""
        if self._ended:
            return
        self._ended = True
        self._timer.cancel()
        _running.discard(self)
        try:
            await get_media_client().close_meeting(self._room)
        except MediaError as error:
            # Without a link to us the node lets go of the peers by itself.
            log.debug("Media could not be told that rehearsal %s is over: %s", self.id, error)
        for peer in self._peers.values():
            peer.forget()
