"""Where the pushes for a peer go, and when."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final, Literal

from media.link.frames import MEDIA_STEP, Event
from media.link.server import NodeLink

Json = dict[str, Any]
Outcome = Literal["ok", "failed", "waiting", "changed"]

# What happens to a peer's media while nobody speaks for it. Nobody is gone for long enough to miss as many.
STEPS_KEPT: Final = 64


class Pushes:
    """The pushes of one peer: to the link that it joined through last, nowhere while its socket is gone.

    While one of its requests is answered they are held, so that what is caused by a request never arrives before its
    reply. A peer that nobody speaks for during `patience` seconds is `abandoned`: its web process died and will not
    say goodbye.
    """

    def __init__(self, meeting: str, participant: str, patience: float, abandoned: Callable[[], None]) -> None:
        self.meeting = meeting
        self.participant = participant
        self.link: NodeLink | None = None
        self._patience, self._abandoned = patience, abandoned
        self._holds = 0
        self._held: list[tuple[str, Json]] = []
        self._steps: deque[Json] = deque(maxlen=STEPS_KEPT)
        self._fallback: asyncio.TimerHandle | None = None

    def attach(self, link: NodeLink) -> None:
        """Send to `link` from now on. What was held is dropped: the snapshot that goes with this has it."""
        self._held.clear()
        self.link = link
        self._cancel_fallback()
        if link.closed:
            self.detach(link)
        elif self._steps:
            # Behind the reply to the request that attaches.
            asyncio.get_running_loop().call_soon(self._deliver_steps)

    def detach(self, link: NodeLink) -> None:
        """Send nowhere, if it was to `link` that pushes went, and wait for somebody to attach."""
        if self.link is link:
            self.link = None
            self.wait_for_link()

    def wait_for_link(self) -> None:
        """Begin the time after which the peer is abandoned, unless something attaches before."""
        self._cancel_fallback()
        self._fallback = asyncio.get_running_loop().call_later(self._patience, self._abandoned)

    def close(self) -> None:
        """Nothing goes anywhere any more."""
        self.link = None
        self._held.clear()
        self._steps.clear()
        self._cancel_fallback()

    def tell_step(self, step: str, outcome: Outcome, data: Json) -> None:
        """Tell the web process, not the participant, of a step of their media, as `media-step {step, outcome, at,
        data}`; `at` is seconds since the epoch. Nothing holds it back; while nobody speaks for the peer it waits.
        """
        self._steps.append({"step": step, "outcome": outcome, "at": time.time(), "data": data})
        # The first of several that wait has its delivery under way.
        if self.link is not None and len(self._steps) == 1:
            self._deliver_steps()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold pushes while the block runs; deliver them, in order, at its end."""
        self._holds += 1
        try:
            yield
        finally:
            self._holds -= 1
            if not self._holds:
                held, self._held = self._held, []
                for event, data in held:
                    push(event, data, [self])

    def hold_back(self, event: str, data: Json) -> bool:
        """Keep this push for later. False when nothing is being held."""
        if self._holds and self.link is not None:
            self._held.append((event, data))
        return bool(self._holds)

    def _deliver_steps(self) -> None:
        while self._steps and self.link is not None:
            self.link.send(Event(MEDIA_STEP, self.meeting, (self.participant,), self._steps.popleft()))

    def _cancel_fallback(self) -> None:
        if self._fallback is not None:
            self._fallback.cancel()
            self._fallback = None


def push(event: str, data: Json, receivers: Iterable[Pushes]) -> None:
    """Send a push to all `receivers`, who belong to one meeting:

    One frame a link, however many of them are behind it.
    """
    behind: dict[NodeLink, list[str]] = {}
    meeting = ""
    for receiver in receivers:
        if receiver.link is None or receiver.hold_back(event, data):
            continue
        meeting = receiver.meeting
        behind.setdefault(receiver.link, []).append(receiver.participant)
    for link, participants in behind.items():
        link.send(Event(event, meeting, tuple(participants), data))
