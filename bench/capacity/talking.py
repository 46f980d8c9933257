"""Processes of the benchmark that answer a line with a line."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

from tests.live.server import ROOT

PATIENCE = 60.0


class TalkingProcess:
    """`async with TalkingProcess(command) as one:` runs it until the block ends, and its standard input with it."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    async def __aenter__(self) -> Self:
        pipe = asyncio.subprocess.PIPE
        self._process = await asyncio.create_subprocess_exec(
            *self._command, cwd=ROOT, stdin=pipe, stdout=pipe, limit=16 * 1024 * 1024
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            async with asyncio.timeout(PATIENCE):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()

    async def hear(self) -> Any:
        """The next thing it says."""
        assert self._process is not None
        assert self._process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            line = await self._process.stdout.readline()
        assert line, f"{' '.join(self._command)} ended"
        return json.loads(line)

    def say(self, what: Any) -> None:
        """Tell it something that has no answer."""
        self._write(json.dumps(what))

    async def ask(self, question: Any = None) -> Any:
        """Say something to it, and hear what it answers."""
        self.say(question)
        return await self.hear()

    async def ask_in_words(self, question: str) -> Any:
        """The same with a question that is no JSON."""
        self._write(question)
        return await self.hear()

    def _write(self, line: str) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(line.encode() + b"\n")


def module(name: str, *arguments: str) -> list[str]:
    """The command that runs one of our modules."""
    return [sys.executable, "-m", name, *arguments]
