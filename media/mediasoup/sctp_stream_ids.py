"""Which SCTP stream each data consumer of a transport sends on."""

from typing import Final

from media.mediasoup.errors import InvalidStateError

SCTP_STREAMS: Final = 65535


class SctpStreamIds:
    """Hands out stream ids, each to one holder at a time, going round so that an id is not used again at once."""

    def __init__(self) -> None:
        self._used: set[int] = set()
        self._next = 0
        self.limit = SCTP_STREAMS
        """How many outbound streams both ends agreed on. Ids handed out before stay valid."""

    def allocate(self) -> int:
        """A free stream id below `limit`. Raises InvalidStateError when all are in use."""
        for offset in range(self.limit):
            stream_id = (self._next + offset) % self.limit
            if stream_id not in self._used:
                self._used.add(stream_id)
                self._next = stream_id + 1
                return stream_id
        raise InvalidStateError("no SCTP stream id is free")

    def release(self, stream_id: int) -> None:
        self._used.discard(stream_id)
