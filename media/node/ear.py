"""Who speaks in a room, heard in one of its places, wherever it is said."""

from collections.abc import Callable
from typing import Any

from .place import Origin, Place, Sent
from .speaking import Speaking

Json = dict[str, Any]


class Ear:
    """Hears all microphones of a room: those of other places are brought to this one, so that voices are compared in
    one pair of observers and told once.
    """

    def __init__(self, place: Place, speaking: Speaking) -> None:
        self.place = place
        self._speaking = speaking
        self._heard: dict[str, Callable[[], None]] = {}

    @classmethod
    async def open(cls, place: Place, tell: Callable[[str, Json], None]) -> "Ear":
        """Begin to listen. Raises `MediasoupError`."""
        return cls(place, await Speaking.listen(place.router, tell))

    async def add(self, microphone: Sent, origin: Origin) -> None:
        """Hear this one too. It is left out by itself when it closes. Raises `MediasoupError`."""
        if microphone.id in self._heard:
            return
        self._heard[microphone.id] = give_up = await self.place.bring(microphone, origin)
        try:
            await self._speaking.add(microphone.id)
        except BaseException:
            self._heard.pop(microphone.id, None)
            give_up()
            raise

    def leave_out(self, producer_id: str) -> None:
        """Need a microphone no more, be it because it was closed. Harmless for what is not heard."""
        if give_up := self._heard.pop(producer_id, None):
            give_up()

    def close(self) -> None:
        """Hear nothing more. Idempotent."""
        self._speaking.close()
        for producer_id in list(self._heard):
            self.leave_out(producer_id)
