"""dicts to FlatBuffers and back, for every message between us and a worker.

Keys are the camelCase names of the schema. Enums are member names (`"AUDIO"`). A union field `x` is two keys, `xType`
with the member's name and `x` with its dict. Absent optional fields are missing keys (None is taken for absent when
encoding). Vectors of ubyte are bytes, other vectors lists. Numbers that are absent from the bytes have their default.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from media.mediasoup.codec_decoder import Decoders
from media.mediasoup.codec_encoder import UNFIT, Encoders
from media.mediasoup.codec_envelopes import Envelopes
from media.mediasoup.codec_explain import explain
from media.mediasoup.codec_frames import NotificationFrames, RequestFrames
from media.mediasoup.codec_layout import MALFORMED, Decode, unsigned
from media.mediasoup.errors import CodecError, UnfitValue
from media.mediasoup.schema import Schema

Body = dict[str, Any]
# What turns the bytes of a body at a position into a dict, by the number of the body's type.
BodyDecoders = Mapping[int, Decode]

# What reading a message raises when its bytes are not what their schema says.
UNREADABLE = (CodecError, *MALFORMED)

REQUEST = "FBS.Request.Request"


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
        self.event_names = {number: name for name, number in self.events.items()}
        kinds = self._numbered("FBS.Message.Body")
        self.response_kind = kinds["Response"][0]
        self.notification_kind = kinds["Notification"][0]
        # The bodies of what we are sent, as `open` finds them. Decoding raises `UNREADABLE`.
        self.response_bodies: BodyDecoders = _ByNumber(self.decoders, self._numbered("FBS.Response.Body"))
        self.notification_bodies: BodyDecoders = _ByNumber(self.decoders, self._notification_bodies)
        self.open = Envelopes(
            self.decoders, {number: table for number, table in kinds.values() if table != REQUEST}
        ).open
        """(kind, fields) of the message that starts at a position of a buffer, behind its length. Raises `UNREADABLE`.

        `response_kind`: request id, accepted, number and position of its body, error, reason.
        `notification_kind`: handler id, number of the event, number and position of its body.
        Otherwise a log: its text, whose first letter is its level. What is absent is None.
        """

    @classmethod
    def load(cls, schemas: str | Path) -> Codec:
        """Read the .fbs files of a folder. Raises `SchemaError`."""
        return cls(Schema.load(schemas))

    def _numbered(self, union: str) -> dict[str, tuple[int, str]]:
        members = self.schema.unions[union].members
        return {member: (number, table) for number, (member, table) in enumerate(members.items(), 1)}

    # Any table, as a buffer of its own.

    def encode(self, table: str, value: Body) -> bytes:
        """A buffer with `value` as its root, a `table` given by full name. Raises `UnfitValue`."""
        return b"\x08\0\0\0\0\0\0\0" + self.blob(table, value)

    def decode(self, table: str, buffer: bytes) -> Body:
        """The root of a buffer as a dict. Raises `CodecError` when the bytes are not a `table`."""
        try:
            value: Body = self.decoders[table](buffer, unsigned(buffer, 0)[0])
        except MALFORMED as error:
            raise CodecError(f"malformed {table}: {error!r}") from error
        return value

    def blob(self, table: str, value: Body) -> bytes:
        """`value` as bytes that can be put into other messages; see `codec_encoder`. Raises `UnfitValue`."""
        try:
            return self.encoders[table](value)
        except UnfitValue:
            raise
        except UNFIT as error:
            raise UnfitValue(explain(self.schema, table, value) or f"{table}: {error!r}") from error

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
            raise UnfitValue(f"no such request: {error}") from None
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
            raise UnfitValue(f"no such notification: {error}") from None
        return self.notification_frames.frame(number, handler_id, body_number, self.blob(table, body or {}))

    def response_part(self, body_type: str, *paths: str) -> BodyDecoders:
        """Like `response_bodies`, for only some fields of one: keys, or with dots those of inner tables.

        Raises `SchemaError` when there are no such fields.
        """
        number, table = self._numbered("FBS.Response.Body")[body_type]
        return {number: self.decoders.partial(table, paths)}


class _ByNumber(dict[int, Decode]):
    """Decode functions of the members of a union."""

    def __init__(self, decoders: Decoders, members: Mapping[str, tuple[int, str]]) -> None:
        super().__init__()
        self._decoders = decoders
        self._tables = dict(members.values())

    def __missing__(self, number: int) -> Decode:
        self[number] = decode = self._decoders[self._tables[number]]
        return decode
