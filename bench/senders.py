"""Bots that each send one small camera picture into a meeting, in a process of their own: `python -m
bench.senders URL CODE COUNT`.

Prints `sending` when all of them do, and stops when its standard input ends.
"""

from __future__ import annotations

import asyncio
import sys
from types import TracebackType
from typing import Self

from meetings.bot.participant import BotParticipant
from meetings.bot.picture import MovingPicture
from meetings.bot.site import Site


async def send(base_url: str, code: str, count: int) -> None:
    bots = [
        BotParticipant(
            Site(base_url),
            code,
            display_name=f"Sender {number}",
            picture=MovingPicture(width=160, height=96, fps=15),
            receive=False,
        )
        for number in range(count)
    ]
    for bot in bots:
        await bot.join()
    print("sending", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await asyncio.gather(*(bot.leave() for bot in bots))


class Senders:
    """`async with Senders(base_url, code, count):` keeps `count` video producers in the meeting."""

    def __init__(self, base_url: str, code: str, count: int) -> None:
        self._arguments = [sys.executable, "-m", "bench.senders", base_url, code, str(count)]
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        pipe = asyncio.subprocess.PIPE
        self._process = await asyncio.create_subprocess_exec(*self._arguments, stdin=pipe, stdout=pipe)
        assert self._process.stdout is not None
        async with asyncio.timeout(60):
            line = await self._process.stdout.readline()
        assert line == b"sending\n", f"the senders did not start: {line!r}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.close()
        async with asyncio.timeout(20):
            await self._process.wait()


if __name__ == "__main__":
    asyncio.run(send(sys.argv[1], sys.argv[2], int(sys.argv[3])))
