"""A participant, as media sees them."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

log = logging.getLogger(__name__)

# A join with many producers is the longest call there is; a worker that is being started takes up to five seconds.
CALL_TIMEOUT = 10.0

OnEvent = Callable[[str, dict[str, Any]], None]
"""Called in the loop with a push's event name and its data, in the order in which the node sent them.

Must not block.
"""


class Calls(Protocol):
    """What a peer needs of the client."""

    async def call(
        self, verb: str, meeting_id: str, participant_id: str, data: dict[str, Any], within: float, /
    ) -> dict[str, Any]: ...

    def forget(self, peer: "MediaPeer") -> None: ...


class MediaPeer:
    """A participant, as media sees them. Made by `MediaClient.peer`."""

    def __init__(self, client: Calls, meeting_id: str, participant_id: str, on_event: OnEvent) -> None:
        self.meeting_id = meeting_id
        self.participant_id = participant_id
        self._client = client
        self._on_event = on_event
        self._holds = 0
        self._held: list[tuple[str, dict[str, Any]]] = []

    async def call(
        self,
        verb: str,
        data: dict[str, Any] | None = None,
        timeout: float = CALL_TIMEOUT,  # noqa: ASYNC109  # the refusal is a MediaError, not a TimeoutError
    ) -> dict[str, Any]:
        """Ask the node for `verb` (a request event of the signalling contract, or `detach`) with its signalling
        payload.

        Returns the reply's data as the signalling contract describes it. Raises `MediaError` with one of the
        contract's codes and nothing else: MEDIA_UNAVAILABLE when there is no node or worker, or when `timeout`
        seconds pass. Calls of one participant take effect in the order in which they were made. Pushes begin with
        `join-meeting`, and go to the process that joined last.
        """
        return await self._client.call(verb, self.meeting_id, self.participant_id, data or {}, timeout)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep pushes back while the block runs and deliver them, in order, when it ends.

        For sending a reply on before the pushes that came after it::

            with peer.held():
                await socket.send(await peer.call("join-meeting", data))
        """
        self._holds += 1
        try:
            yield
        finally:
            self._holds -= 1
            while self._held and not self._holds:
                self._tell(*self._held.pop(0))

    def forget(self) -> None:
        """Stop getting pushes. Tells the node nothing: `detach` and `leave-meeting` do. Idempotent."""
        self._held.clear()
        self._client.forget(self)

    def deliver(self, event: str, data: dict[str, Any]) -> None:
        """Hand a push to the callback, now or when the hold ends. For the client."""
        if self._holds:
            self._held.append((event, data))
        else:
            self._tell(event, data)

    def _tell(self, event: str, data: dict[str, Any]) -> None:
        try:
            self._on_event(event, data)
        except Exception:
            log.exception("The callback of participant %s failed on %s", self.participant_id, event)
