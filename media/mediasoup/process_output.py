"""What a child process writes to its standard output, line by line."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable

_READ_SIZE = 65536
_LONGEST_LINE = 65536


class OutputLines:
    """Reads a descriptor, which it owns from now on, and hands on each line that is not empty, without its end.

    What is no UTF-8 is replaced; lines over 64 KiB are cut into several.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, descriptor: int, on_line: Callable[[str], None]) -> None:
        os.set_blocking(descriptor, False)
        self._loop = loop
        self._descriptor = descriptor
        self._on_line = on_line
        self._begun = b""
        self._open = True
        loop.add_reader(descriptor, self._read)

    def finish(self) -> None:
        """Hand on what is there, also an unfinished line, and close. A grandchild may still hold the other end."""
        while self._open and self._read():
            pass
        self._close()

    def _read(self) -> bool:
        try:
            chunk = os.read(self._descriptor, _READ_SIZE)
        except (BlockingIOError, InterruptedError):
            return False
        if not chunk:
            self._close()
            return False
        *lines, self._begun = (self._begun + chunk).split(b"\n")
        if len(self._begun) > _LONGEST_LINE:
            lines.append(self._begun)
            self._begun = b""
        for line in lines:
            self._hand_on(line)
        return True

    def _hand_on(self, line: bytes) -> None:
        text = line.decode(errors="replace").rstrip()
        if text:
            self._on_line(text)

    def _close(self) -> None:
        if self._open:
            self._open = False
            self._loop.remove_reader(self._descriptor)
            os.close(self._descriptor)
            self._hand_on(self._begun)
