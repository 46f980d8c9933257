"""One request to a stranger's server: judged address, limited time, limited answer, no redirects."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Final
from urllib.parse import urlsplit

from meetings.models.webhook import LONGEST_EXCERPT
from meetings.protocol.fields import UNPRINTABLE
from meetings.webhooks.reaching import OutOfBounds, connect

# To connect to an address, and between two bytes.
STEP_SECONDS: Final = 4.0
# For all of it.
ALL_SECONDS: Final = 8.0
_MOST_READ: Final = 4 * LONGEST_EXCERPT


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a request. Without a status there was no answer, and `error` says why. `retry_after` is in how
    many seconds the other side wants to be asked again.
    """

    status: int | None = None
    excerpt: str = ""
    error: str = ""
    retry_after: int | None = None

    @property
    def taken(self) -> bool:
        """Whether the other side has taken it."""
        return self.status is not None and 200 <= self.status < 300


class _Connection(HTTPConnection):
    """To an address that webhooks may be sent to."""

    def __init__(self, host: str, port: int, *, over_tls: bool) -> None:
        super().__init__(host, port)
        self._over_tls = over_tls
        self._late = False

    def connect(self) -> None:
        """As `reaching.connect` does."""
        self.sock = connect(self.host, self.port, STEP_SECONDS)
        if self._over_tls:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
            self.sock.do_handshake()
        if self._late:
            raise TimeoutError("it took too long")

    def give_up(self) -> None:
        """End what is under way, from another thread."""
        self._late = True
        sock = self.sock
        if sock is not None:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Outcome:
    """Send it, and say what became of it. Raises nothing, and ends in ALL_SECONDS or soon after."""
    parts = urlsplit(url)
    over_tls = parts.scheme == "https"
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    late = threading.Event()
    try:
        connection = _Connection(parts.hostname or "", parts.port or (443 if over_tls else 80), over_tls=over_tls)
    except (HTTPException, ValueError) as error:
        return Outcome(error=_words(error))

    def give_up() -> None:
        late.set()
        connection.give_up()

    clock = threading.Timer(ALL_SECONDS, give_up)
    clock.daemon = True
    clock.start()
    try:
        connection.request("POST", target, body, dict(headers))
        answer = connection.getresponse()
        return Outcome(answer.status, _excerpt(answer), "", _retry_after(answer))
    except OutOfBounds as error:
        return Outcome(error=str(error))
    except (OSError, HTTPException, ValueError) as error:
        return Outcome(error="it took too long" if late.is_set() else _words(error))
    finally:
        clock.cancel()
        connection.close()


def _excerpt(answer: HTTPResponse) -> str:
    try:
        said = answer.read(_MOST_READ)
    except (OSError, HTTPException, ValueError):
        # It has answered; what it says besides is of no weight.
        return ""
    return UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", said.decode(errors="replace"))[:LONGEST_EXCERPT]


def _retry_after(answer: HTTPResponse) -> int | None:
    told = answer.headers.get("Retry-After", "").strip()
    return int(told) if told.isascii() and told.isdigit() and len(told) < 8 else None


def _words(error: Exception) -> str:
    return UNPRINTABLE.sub("?", f"{type(error).__name__}: {error}")[:300]
