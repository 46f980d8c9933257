"""A path for media on which packets get lost: a UDP relay between a browser and a worker on this host."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from types import TracebackType
from typing import Self

Address = tuple[str, int]


class LossyPath:
    """Forwards what comes to `port` to wherever `target` says, and back; `up` and `down` are the shares that get lost.

    `async with LossyPath(target, up=0.2) as path:` opens and closes it.
    """

    def __init__(self, target: Callable[[], Address], *, up: float = 0.0, down: float = 0.0) -> None:
        self._target = target
        self._up, self._down = up, down
        self._chance = random.Random(7)  # the same losses in each run
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
        if self._chance.random() < self._up:
            return
        opening = self._backs.get(browser)
        if opening is None:
            opening = self._backs[browser] = asyncio.create_task(self._open(browser))
        opening.add_done_callback(lambda opened: opened.result().sendto(data))

    async def _open(self, browser: Address) -> asyncio.DatagramTransport:
        back, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: _Receiver(lambda data, _: self._went_down(data, browser)), remote_addr=self._target()
        )
        return back

    def _went_down(self, data: bytes, browser: Address) -> None:
        if self._front is not None and self._chance.random() >= self._down:
            self._front.sendto(data, browser)


class _Receiver(asyncio.DatagramProtocol):
    def __init__(self, take: Callable[[bytes, Address], None]) -> None:
        self._take = take

    def datagram_received(self, data: bytes, address: Address) -> None:
        self._take(data, address)
