"""Progress lines of a build: one line that renews itself in a terminal, a line now and then in a log."""

import sys
import time
from typing import TextIO

LOG_EVERY_SECONDS = 15.0


def spell(seconds: float) -> str:
    """`70.4` → `1 min 10 s`."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


class Progress:
    """Says how far a long job is. `what` starts each line: "building mediasoup-worker"."""

    def __init__(self, what: str, stream: TextIO | None = None) -> None:
        self._what = what
        self._stream = stream if stream is not None else sys.stderr
        self._renews = self._stream.isatty()
        self._began = time.monotonic()
        self._last_line = 0.0
        self._open_line = False

    def step(self, text: str) -> None:
        """A step of another kind begins: a line of its own."""
        self._line(f"{self._what}: {text}")

    def count(self, done: int, total: int) -> None:
        """So many files of so many are done."""
        text = f"{self._what}: {done} of {total} files, {spell(time.monotonic() - self._began)}"
        if self._renews:
            self._stream.write(f"\r\x1b[K{text}")
            self._stream.flush()
            self._open_line = True
        elif time.monotonic() - self._last_line >= LOG_EVERY_SECONDS or done == total:
            self._line(text)

    def done(self, text: str) -> None:
        """The job is over; adds how long it took."""
        self._line(f"{self._what}: {text}, {spell(time.monotonic() - self._began)}")

    def _line(self, text: str) -> None:
        self.end_line()
        self._stream.write(text + "\n")
        self._stream.flush()
        self._last_line = time.monotonic()

    def end_line(self) -> None:
        """Whatever is printed next starts on a line of its own."""
        if self._open_line:
            self._stream.write("\n")
            self._open_line = False
