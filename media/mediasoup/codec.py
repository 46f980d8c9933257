"""dicts to FlatBuffers and back, for every message between us and a worker.

Keys are the camelCase names of the schema. Enums are member names (`"AUDIO"`). A union field `x` is two keys, `xType`
with the member's name and `x` with its dict. Absent optional fields are missing keys (None is taken for absent when
encoding). Vectors of ubyte are bytes, other vectors lists. Numbers that are absent from the bytes have their default.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from media.mediasoup.codec_decoder import MALFORMED, Decode, Decoders
from media.mediasoup.codec_encoder import UNFIT, Encoders
from media.mediasoup.codec_explain import explain
from media.mediasoup.codec_frames import NotificationFrames, RequestFrames
from media.mediasoup.errors import CodecError
from media.mediasoup.schema import Schema

Body = dict[str, Any]


class Codec:
    """Encodes and decodes messages by the schemas of one version of mediasoup."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.encoders = Encoders(schema)
        self.decoders = Decoders(schema)
        self.methods = dict(schema.enums["FBS.Request.Method"].values)
        self.events = dict(schema.enums["FBS.Notification.Event"].values)
        self.request_frames = RequestFrames(schema, self.encoders)
        self.notification_frames = NotificationFrames(schema, self.encoders)
        self.request_bodies = self._numbered("FBS.Request.Body")
        self._notification_bodies = self._numbered("FBS.Notification.Body")
        self._event_names = {number: name for name, number in self.events.items()}
        kinds = self._numbered("FBS.Message.Body")
        self.response_kind = kinds["Response"][0]
        self.notification_kind = kinds["Notification"][0]
        self.log_kind = kinds["Log"][0]
        self._response_tables = dict(self._numbered("FBS.Response.Body").values())
        self._notification_tables = dict(self._notification_bodies.values())
        self._open_message = self.decoders.opener("FBS.Message.Message")
        self._open_response = self.decoders.opener("FBS.Response.Response")
        self._open_notification = self.decoders.opener("FBS.Notification.Notification")
        self._open_log = self.decoders.opener("FBS.Log.Log")

    @classmethod
    def load(cls, schemas: str | Path) -> Codec:
        """Read the .fbs files of a folder. Raises `SchemaError`."""
        return cls(Schema.load(schemas))

    def _numbered(self, union: str) -> dict[str, tuple[int, str]]:
        members = self.schema.unions[union].members
        return {member: (number, table) for number, (member, table) in enumerate(members.items(), 1)}

    # Any table, as a buffer of its own.

    def encode(self, table: str, value: Body) -> bytes:
        """A buffer with `value` as its root, a `table` given by full name. Raises `CodecError` that says where."""
        return b"\x08\0\0\0\0\0\0\0" + self.blob(table, value)

    def decode(self, table: str, buffer: bytes) -> Body:
        """The root of a buffer as a dict. Raises `CodecError` when the bytes are not a `table`."""
        return self._read(self.decoders[table], buffer, int.from_bytes(buffer[:4], "little"))

    def blob(self, table: str, value: Body) -> bytes:
        """`value` as bytes that can be put into other messages; see `codec_encoder`. Raises `CodecError`."""
        try:
            return self.encoders[table](value)
        except UNFIT as error:
            raise CodecError(explain(self.schema, table, value) or f"{table}: {error!r}") from error

    # What we send.

    def encode_request(
        self, request_id: int, method: str, handler_id: str = "", body_type: str | None = None, body: Body | None = None
    ) -> bytes:
        """A whole frame with its length. `method` is a member of `FBS.Request.Method`, `body_type` of its `Body`."""
        try:
            number = self.methods[method]
            if body_type is None:
                return self.request_frames.frame(request_id, number, handler_id, 0)
            body_number, table = self.request_bodies[body_type]
        except KeyError as error:
            raise CodecError(f"no such request: {error}") from None
        return self.request_frames.frame(request_id, number, handler_id, body_number, self.blob(table, body or {}))

    def encode_notification(
        self, event: str, handler_id: str = "", body_type: str | None = None, body: Body | None = None
    ) -> bytes:
        """A whole frame with its length. `event` is a member of `FBS.Notification.Event`, `body_type` of its `Body`."""
        try:
            number = self.events[event]
            if body_type is None:
                return self.notification_frames.frame(number, handler_id, 0)
            body_number, table = self._notification_bodies[body_type]
        except KeyError as error:
            raise CodecError(f"no such notification: {error}") from None
        return self.notification_frames.frame(number, handler_id, body_number, self.blob(table, body or {}))

    # What we are sent: `at` is where a message starts in `buffer`, behind its length. All raise `CodecError`.

    def open_message(self, buffer: bytes, at: int) -> tuple[int, int]:
        """(kind, position of what is inside): kind is `response_kind`, `notification_kind`, `log_kind` or another."""
        try:
            kind, inner = self._open_message(buffer, at + int.from_bytes(buffer[at : at + 4], "little"))
        except MALFORMED as error:
            raise CodecError(f"malformed message: {error}") from error
        if inner is None:
            raise CodecError("malformed message: nothing in it")
        return kind, inner

    def open_response(self, buffer: bytes, at: int) -> tuple[int, bool, int, int | None, str | None, str | None]:
        """(request id, accepted, number and position of the body, error, reason)."""
        response: tuple[int, bool, int, int | None, str | None, str | None] = self._read(
            self._open_response, buffer, at
        )
        return response

    def response_body(self, buffer: bytes, number: int, at: int | None) -> Body | None:
        """The body that `open_response` found; None when there is none."""
        return self._body(self._response_tables, buffer, number, at)

    def open_notification(self, buffer: bytes, at: int) -> tuple[str, str, Body | None]:
        """(handler id, event, body)."""
        handler_id, event, number, body_at = self._read(self._open_notification, buffer, at)
        name = self._event_names.get(event)
        if handler_id is None or name is None:
            raise CodecError(f"notification {event} is unknown or lacks a handler")
        return handler_id, name, self._body(self._notification_tables, buffer, number, body_at)

    def log_text(self, buffer: bytes, at: int) -> str:
        """The text of a log message; its first letter is its level."""
        (text,) = self._read(self._open_log, buffer, at)
        if text is None:
            raise CodecError("log message without text")
        return str(text)

    def _body(self, tables: dict[int, str], buffer: bytes, number: int, at: int | None) -> Body | None:
        if not number:
            return None
        table = tables.get(number)
        if table is None or at is None:
            raise CodecError(f"body {number} is unknown or missing")
        body: Body = self._read(self.decoders[table], buffer, at)
        return body

    @staticmethod
    def _read(decode: Decode, buffer: bytes, at: int) -> Any:
        try:
            return decode(buffer, at)
        except MALFORMED as error:
            raise CodecError(f"malformed message: {error!r}") from error
