"""Frames of the signalling socket: text to request, message to text."""

import json
from dataclasses import dataclass
from typing import Any, NoReturn

from meetings.protocol.codes import Refusal

Json = dict[str, Any]
LARGEST = 64 * 1024
ABSENT = object()
FIELDS = frozenset({"id", "event", "data"})


@dataclass(frozen=True, slots=True)
class Frame:
    """A request as it was sent, checked for nothing but its envelope. `id` is ABSENT when it has none."""

    id: Any
    event: str
    data: Any


@dataclass(frozen=True, slots=True)
class Instead:
    """An answer under another name than the request's usual one."""

    event: str
    data: Json


class TextFrame:
    """A text frame to be sent, perhaps by many sockets."""

    __slots__ = ("_wire", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._wire: bytes | None = None

    @property
    def wire(self) -> bytes:
        """Its bytes as a WebSocket server sends them (RFC 6455, 5.2), whole and as they are."""
        if self._wire is None:
            payload = self.text.encode()
            size = len(payload)
            if size < 126:
                head = bytes((0x81, size))
            elif size < 1 << 16:
                head = b"\x81\x7e" + size.to_bytes(2, "big")
            else:
                head = b"\x81\x7f" + size.to_bytes(8, "big")
            self._wire = head + payload
        return self._wire


class BadFrame(Exception):
    """A frame that is no request. `refusal` says why; `id` and `event` are there as far as they could be read."""

    def __init__(self, details: str, *, id: Any = ABSENT, event: str | None = None) -> None:  # noqa: A002  # the contract's word
        super().__init__(details)
        self.refusal = Refusal("BAD_REQUEST", details)
        self.id = id
        self.event = event


def read_frame(text: str | None) -> Frame:
    """The request in a text frame; None stands for a binary one. Raises BadFrame."""
    if text is None:
        raise BadFrame("Frames must be text.")
    if len(text) > LARGEST or (len(text) > LARGEST // 4 and len(text.encode("utf-8", "replace")) > LARGEST):
        raise BadFrame(f"Frames must not be larger than {LARGEST // 1024} KiB.")
    try:
        content = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise BadFrame("Frames must be JSON.") from None
    if not isinstance(content, dict):
        raise BadFrame("Frames must be JSON objects.")
    request_id, event = content.get("id", ABSENT), content.get("event")
    if request_id is None:
        request_id = ABSENT
    if request_id is not ABSENT and not _is_id(request_id):
        raise BadFrame("id must be a whole number or a string of up to 64 characters.")
    if not isinstance(event, str):
        raise BadFrame("event must be a string.", id=request_id)
    if len(event) > 64:
        raise BadFrame("event must not have more than 64 characters.", id=request_id)
    if surplus := content.keys() - FIELDS:
        raise BadFrame(f"{min(surplus)[:64]!r} is not a field of a frame.", id=request_id, event=event)
    return Frame(request_id, event, content.get("data", {}))


def write_frame(event: str, data: Json, request_id: Any = ABSENT) -> str:
    """A reply, a refusal or, without `request_id`, a push."""
    frame: Json = {"event": event, "data": data}
    if request_id is not ABSENT:
        frame = {"id": request_id, **frame}
    return json.dumps(frame, separators=(",", ":"))


def _is_id(value: Any) -> bool:
    if isinstance(value, bool):
        return False
    return (isinstance(value, int) and abs(value) < 2**53) or (isinstance(value, str) and len(value) <= 64)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
