"""Opens what a worker sends: `Message`, and the `Response`, `Notification` or `Log` in it.

A worker writes the same bytes at the beginning of all its messages of one shape: vtables, and distances between
tables. What they mean is worked out once for each shape.
"""

from __future__ import annotations

import struct
from typing import Any

from media.mediasoup.codec_decoder import Decoders, TableDecoder
from media.mediasoup.codec_layout import Decode, unsigned
from media.mediasoup.errors import CodecError

# As long as can be without reaching the first bytes that differ between messages of a shape: the id of a response.
_BEGINNING = 40
# A worker has some dozens.
_MAX_SHAPES = 512

# The number of the Message's union member, the member's distance from the beginning, and what reads its fields.
_Shape = tuple[int, int, Decode]

_inline_size = struct.Struct("<2xH").unpack_from


class Envelopes:
    """Opens messages, and learns their shapes."""

    def __init__(self, decoders: Decoders, kinds: dict[int, str]) -> None:
        """`kinds` are the tables that can be in a Message, by number."""
        self._message = decoders.opener("FBS.Message.Message")
        self._openers: dict[int, TableDecoder] = {number: decoders.opener(table) for number, table in kinds.items()}
        self._shapes: dict[bytes, _Shape] = {}

    def open(self, buffer: bytes, at: int) -> tuple[int, tuple[Any, ...]]:
        """(kind, fields) of the message at `at`: see `Decoders.opener` for the fields.

        Raises one of `MALFORMED` or `CodecError`.
        """
        kind, inner, take = self._shapes.get(buffer[at : at + _BEGINNING]) or self._learn(buffer, at)
        return kind, take(buffer, at + inner)

    def _learn(self, buffer: bytes, at: int) -> _Shape:
        table = at + unsigned(buffer, at)[0]
        take, vtable_begin, vtable_end = self._message.find(buffer, table)
        kind, inner = take(buffer, table)
        if inner is None or kind not in self._openers:
            raise CodecError(f"a message holds nothing, or something unknown ({kind})")
        take, inner_vtable_begin, inner_vtable_end = self._openers[kind].find(buffer, inner)
        shape = kind, inner - at, take
        # It is the shape of all messages with this beginning if all that was looked at is in the beginning.
        end = at + _BEGINNING
        if (
            at <= vtable_begin
            and vtable_end <= end
            and table + _inline_size(buffer, vtable_begin)[0] <= end
            and at <= inner_vtable_begin
            and inner_vtable_end <= end
            and inner + 4 <= end
            and len(self._shapes) < _MAX_SHAPES
        ):
            self._shapes[buffer[at:end]] = shape
        return shape
