"""A path for media on which packets get lost: a UDP relay between a browser and a worker on this host."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from types import TracebackType
from typing import Self

from tests.live.waiting import eventually

Address = tuple[str, int]


class LossyPath:
    """Forwards what comes to `port` to wherever `target` says (None while it does not know), and back; `up` and `down`
    are the shares that get lost: of each stream as many of each twenty packets, so that little chance is left in what
    was lost all in all.

    `async with LossyPath(target, up=0.2) as path:` opens and closes it.
    """

    def __init__(self, target: Callable[[], Address | None], *, up: float = 0.0, down: float = 0.0) -> None:
        self._target = target
        self._up, self._down = _Losses(up), _Losses(down)
        self._backs: dict[Address, asyncio.Task[asyncio.DatagramTransport]] = {}
        self._front: asyncio.DatagramTransport | None = None

    @property
    def port(self) -> int:
        assert self._front is not None
        port: int = self._front.get_extra_info("sockname")[1]
        return port

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._front, _ = await loop.create_datagram_endpoint(
            lambda: _Receiver(self._went_up), local_addr=("127.0.0.1", 0)
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._front is not None
        self._front.close()
        for opening in self._backs.values():
            (await opening).close()

    def _went_up(self, data: bytes, browser: Address) -> None:
        if self._up.take(data):
            return
        opening = self._backs.get(browser)
        if opening is None:
            opening = self._backs[browser] = asyncio.create_task(self._open(browser))
        opening.add_done_callback(lambda opened: opened.result().sendto(data))

    async def _open(self, browser: Address) -> asyncio.DatagramTransport:
        # The browser may know where to before the test has seen what it was told.
        target = await eventually("it is known where the path leads", self._target)
        back, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: _Receiver(lambda data, _: self._went_down(data, browser)), remote_addr=target
        )
        return back

    def _went_down(self, data: bytes, browser: Address) -> None:
        if self._front is not None and not self._down.take(data):
            self._front.sendto(data, browser)


class _Losses:
    """Which packets of one direction get lost, drawn stream by stream."""

    DRAWN = 20

    def __init__(self, share: float) -> None:
        self._share = share
        self._chance = random.Random(7)  # the same losses in each run
        self._owed: dict[bytes, float] = {}
        self._drawn: dict[bytes, list[bool]] = {}

    def take(self, packet: bytes) -> bool:
        """Whether this one gets lost."""
        stream = packet[8:12] if _is_rtp(packet) else b""
        drawn = self._drawn.setdefault(stream, [])
        if not drawn:
            owed = self._owed.get(stream, 0.0) + self._share * self.DRAWN
            lost = int(owed)
            self._owed[stream] = owed - lost
            drawn += [True] * lost + [False] * (self.DRAWN - lost)
            self._chance.shuffle(drawn)
        return drawn.pop()


def _is_rtp(packet: bytes) -> bool:
    """As RFC 5761 tells it from what else comes to the port."""
    return len(packet) >= 12 and packet[0] >> 6 == 2 and not 192 <= packet[1] <= 223


class _Receiver(asyncio.DatagramProtocol):
    def __init__(self, take: Callable[[bytes, Address], None]) -> None:
        self._take = take

    def datagram_received(self, data: bytes, address: Address) -> None:
        self._take(data, address)
