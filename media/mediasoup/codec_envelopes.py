"""Opens what a worker sends: `Message`, and the `Response`, `Notification` or `Log` in it.

A worker writes the same bytes at the beginning of all its messages of one shape: vtables, and distances between
tables. What they mean is worked out once for each shape; a message of a known shape is opened with two `struct` calls.
"""

from __future__ import annotations

from typing import Any

from media.mediasoup.codec_decoder import Decoders
from media.mediasoup.codec_layout import Layout, TableLayout, Take
from media.mediasoup.errors import CodecError

# As long as can be without reaching the first bytes that differ between messages of a shape: the id of a response.
_BEGINNING = 40
# A worker has some dozens. Messages of a shape that is not kept take twice the time.
_MAX_SHAPES = 512

# The member of the Message's union by its number, where the member's table is from the message's beginning, what its
# vtable says, and what reads its fields with that.
_Shape = tuple[int, int, Layout, Take]


class Envelopes:
    """Opens messages, and learns their shapes."""

    def __init__(self, decoders: Decoders, kinds: dict[int, str]) -> None:
        """`kinds` are the tables that can be in a Message, by number."""
        self._message = decoders.layout("FBS.Message.Message")
        self._take_message = decoders.taker("FBS.Message.Message")
        self._inner: dict[int, tuple[TableLayout, Take]] = {
            number: (decoders.layout(table), decoders.taker(table)) for number, table in kinds.items()
        }
        self._shapes: dict[bytes, _Shape] = {}

    def open(self, buffer: bytes, at: int) -> tuple[int, tuple[Any, ...]]:
        """(kind, fields) of the message at `at`: see `Decoders.taker` for the fields.

        Raises one of `MALFORMED` or `CodecError`.
        """
        kind, inner, layout, take = self._shapes.get(buffer[at : at + _BEGINNING]) or self._learn(buffer, at)
        return kind, take(buffer, at + inner, layout)

    def _learn(self, buffer: bytes, at: int) -> _Shape:
        table = at + int.from_bytes(buffer[at : at + 4], "little")
        layout, vtable_begin, vtable_end = self._message.at(buffer, table)
        kind, inner = self._take_message(buffer, table, layout)
        if inner is None or kind not in self._inner:
            raise CodecError(f"a message holds nothing, or something unknown ({kind})")
        inner_table, take = self._inner[kind]
        inner_layout, inner_vtable_begin, inner_vtable_end = inner_table.at(buffer, inner)
        shape = kind, inner - at, inner_layout, take
        # It is the shape of all messages with this beginning if all that was looked at is in the beginning.
        inline_size = int.from_bytes(buffer[vtable_begin + 2 : vtable_begin + 4], "little")
        first = min(table, vtable_begin, inner, inner_vtable_begin)
        last = max(table + inline_size, vtable_end, inner + 4, inner_vtable_end)
        if at <= first and last <= at + _BEGINNING and len(self._shapes) < _MAX_SHAPES:
            self._shapes[buffer[at : at + _BEGINNING]] = shape
        return shape
