"""mediasoup's own ``ortc.js``, running in Node, as a function to compare ours with."""

import json
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from media.mediasoup.errors import MediasoupError, UnsupportedError

_PROGRAM = Path(__file__).parent / "upstream.cjs"
# Less than a pipe holds, so that neither side waits for the other to read.
_BATCH_BYTES = 32 * 1024


@dataclass(frozen=True)
class Outcome:
    """What a call came to: a value, or the class of the error it raised (``TypeError``, ``UnsupportedError``, …)."""

    value: Any = None
    error: str | None = None
    message: str = ""


class Upstream:
    """A Node process with ``ortc.js``. Its random ssrcs are 100000000 and 200000000 in each call."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            ["node", str(_PROGRAM)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(timeout=10)

    def call(self, name: str, *args: Any) -> Outcome:
        """Call one of the functions of ``upstream.cjs``."""
        return self.call_all([(name, *args)])[0]

    def call_all(self, calls: Iterable[tuple[Any, ...]]) -> list[Outcome]:
        """Make many calls, each a name and arguments."""
        outcomes: list[Outcome] = []
        batch: list[str] = []
        size = 0
        for name, *args in calls:
            line = json.dumps({"call": name, "args": args}) + "\n"
            if batch and size + len(line) > _BATCH_BYTES:
                outcomes += self._exchange(batch)
                batch, size = [], 0
            batch.append(line)
            size += len(line)
        return outcomes + self._exchange(batch)

    def _exchange(self, lines: list[str]) -> list[Outcome]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("".join(lines))
        self._process.stdin.flush()
        outcomes: list[Outcome] = []
        for _ in lines:
            answer = json.loads(self._process.stdout.readline(), parse_int=_as_double)
            outcomes.append(Outcome(answer.get("ok"), answer.get("error"), answer.get("message", "")))
        return outcomes


def outcome_of(function: Callable[[], Any]) -> Outcome:
    """Call ours. Any error but the three that upstream's answer to comes out of here, and fails the test."""
    try:
        return Outcome(function())
    except TypeError as error:
        return Outcome(error="TypeError", message=str(error))
    except UnsupportedError as error:
        return Outcome(error="UnsupportedError", message=str(error))
    except MediasoupError as error:
        return Outcome(error="Error", message=str(error))


def _as_double(digits: str) -> int:
    """Read an integer as the double that JavaScript printed, which is not in every digit what it prints."""
    return int(digits) if len(digits) < 16 else int(float(digits))
