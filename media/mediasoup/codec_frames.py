"""The outermost layers of what we send: length, `Message`, and `Request` or `Notification` around a body's blob.

These are the same bytes each time but for a few numbers, so one `struct` call writes them all.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence

from media.mediasoup.codec_blobs import InlineLayout, string_blob
from media.mediasoup.codec_encoder import Encoders
from media.mediasoup.errors import SchemaError
from media.mediasoup.schema import Schema

_MESSAGE = "FBS.Message.Message"
_NOTHING = b""
_NO_HANDLER = string_blob("")

Pack = Callable[..., bytes]

# Length and distance to the root come first, then the blob of the Message.
MESSAGE_AT = 8


class RequestFrames:
    """Writes requests to the worker."""

    def __init__(self, schema: Schema, encoders: Encoders) -> None:
        layout = encoders.layout("FBS.Request.Request")
        keys = ("id", "method", "handlerId", "body")
        self._head, self._start, self._vtable, self._vtable_bodiless = _envelope(
            schema, encoders, "Request", layout, keys, [0, 2, 4, 1, 3]
        )
        self.size = MESSAGE_AT + len(self._start) - 4 + layout.size
        request_at = self.size - layout.size
        self.id_at = request_at + layout.places[0]
        self._distance = layout.vtable_distance
        self._handler_distance = layout.size - layout.places[2]
        self._body_distance = layout.size - layout.places[4]

    def frame(self, request_id: int, method: int, handler_id: str, body_type: int, body: bytes = _NOTHING) -> bytes:
        """A whole frame with its length; `body` is a blob, `body_type` 0 when there is none."""
        handler = string_blob(handler_id) if handler_id else _NO_HANDLER
        behind = len(handler)
        return (
            self._head(
                self.size - 4 + behind + len(body),
                self._start,
                self._distance,
                request_id,
                self._handler_distance,
                self._body_distance + behind,
                method,
                body_type,
                self._vtable if body_type else self._vtable_bodiless,
            )
            + handler
            + body
        )


class NotificationFrames:
    """Writes notifications to the worker."""

    def __init__(self, schema: Schema, encoders: Encoders) -> None:
        layout = encoders.layout("FBS.Notification.Notification")
        keys = ("handlerId", "event", "body")
        self._head, self._start, self._vtable, self._vtable_bodiless = _envelope(
            schema, encoders, "Notification", layout, keys, [0, 3, 1, 2]
        )
        self.size = MESSAGE_AT + len(self._start) - 4 + layout.size
        self._distance = layout.vtable_distance
        self._handler_distance = layout.size - layout.places[0]
        self._body_distance = layout.size - layout.places[3]

    def frame(self, event: int, handler_id: str, body_type: int, body: bytes = _NOTHING) -> bytes:
        """A whole frame with its length; `body` is a blob, `body_type` 0 when there is none."""
        handler = string_blob(handler_id) if handler_id else _NO_HANDLER
        behind = len(handler)
        return (
            self._head(
                self.size - 4 + behind + len(body),
                self._start,
                self._distance,
                self._handler_distance,
                self._body_distance + behind,
                event,
                body_type,
                self._vtable if body_type else self._vtable_bodiless,
            )
            + handler
            + body
        )


def _envelope(
    schema: Schema, encoders: Encoders, member: str, layout: InlineLayout, keys: Sequence[str], order: Sequence[int]
) -> tuple[Pack, bytes, bytes, bytes]:
    """(packer of length, Message and the member's inline part; the Message's bytes; vtables with and without body)."""
    table = f"FBS.{member}.{member}"
    if tuple(field.key for field in schema.tables[table].fields) != tuple(keys) or layout.order != list(order):
        raise SchemaError(f"{table} has other fields than this package knows")
    message = encoders.layout(_MESSAGE)
    number = list(schema.unions["FBS.Message.Body"].members).index(member) + 1
    values = {0: number, 1: message.size - message.places[1]}
    blob = message.pack(message.vtable_distance, *(values[slot] for slot in message.order), message.vtable(()))
    start = (MESSAGE_AT - 4).to_bytes(4, "little") + blob
    head = struct.Struct(f"<I{len(start)}s{layout.format.removeprefix('<')}")
    body = max(layout.places)
    return head.pack, start, layout.vtable(()), layout.vtable((body - 1, body))
