"""Reads FlatBuffers bytes: strings, vectors, and tables by what their vtables say.

The writer of a table chooses where its fields stand and says so in its vtable. In practice a table has a handful of
different vtables, so what a vtable means is worked out once and kept under its bytes: one `struct` call then reads
all inline fields, in the order of the schema, with defaults for those that are absent.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from operator import itemgetter
from typing import Any

from media.mediasoup.errors import CodecError
from media.mediasoup.schema import Enum, Scalar, Table, Type, Union

Decode = Callable[[bytes, int], Any]
Layout = tuple[Callable[[bytes, int], tuple[Any, ...]], tuple[Any, ...], Callable[[tuple[Any, ...]], tuple[Any, ...]]]
Take = Callable[[bytes, int, Layout], tuple[Any, ...]]

# What reading bytes that are not what their schema says can raise.
MALFORMED = (struct.error, LookupError, TypeError, ValueError, OverflowError, RecursionError, MemoryError)

# A table has one vtable per combination of present fields; statistics with many zeros come in many combinations.
_MAX_LAYOUTS = 4096

distance = struct.Struct("<i").unpack_from
vtable_size = struct.Struct("<H").unpack_from
_u32 = struct.Struct("<I").unpack_from
_OFFSETS = [struct.Struct(f"<{n}I").unpack_from for n in range(256)]


def read_string(buffer: bytes, at: int) -> str:
    """The string at `at`."""
    start = at + 4
    size = _u32(buffer, at)[0]
    raw = buffer[start : start + size]
    if len(raw) != size:
        raise CodecError("string runs over the end")
    return raw.decode()


def read_bytes(buffer: bytes, at: int) -> bytes:
    start = at + 4
    size = _u32(buffer, at)[0]
    raw = buffer[start : start + size]
    if len(raw) != size:
        raise CodecError("vector runs over the end")
    return bytes(raw)


def read_numbers(buffer: bytes, at: int, letter: str, width: int) -> list[Any]:
    count = _u32(buffer, at)[0]
    if at + 4 + count * width > len(buffer):
        raise CodecError("vector runs over the end")
    return list(struct.unpack_from(f"<{count}{letter}", buffer, at + 4))


def read_vector(buffer: bytes, at: int, read: Decode) -> list[Any]:
    count = _u32(buffer, at)[0]
    if not count:
        return []
    at += 4
    if at + count * 4 > len(buffer):
        raise CodecError("vector runs over the end")
    offsets = _OFFSETS[count](buffer, at) if count < 256 else struct.unpack_from(f"<{count}I", buffer, at)
    items = []
    for offset in offsets:
        items.append(read(buffer, at + offset))
        at += 4
    return items


class TableLayout:
    """What the vtables of one table mean, as far as they have been seen.

    A layout is (unpack, extras, pick): `pick(unpack(buffer, at) + extras)` gives, for each field in the order of the
    schema, its raw value, and after these, for each field that is held by reference, the place of its offset. The raw
    value of an absent field is its default, or None. One None is added so that there are always two or more.
    """

    def __init__(self, table: Table) -> None:
        self.table = table
        self.slots: list[tuple[int, int, str, Any]] = []
        references: list[int] = []
        for field in table.fields:
            if isinstance(field.type, Union):
                self.slots.append((field.slot - 1, 1, "B", 0))
            width, letter, inline = _inline_width(field.type)
            self.slots.append((field.slot, width, letter, field.default))
            if not inline:
                references.append(len(self.slots) - 1)
        self.references = references
        self.known: dict[bytes, Layout] = {}

    def at(self, buffer: bytes, at: int) -> tuple[Layout, int, int]:
        """The layout of the table at `at`, and where its vtable begins and ends. Raises like `Decoders`."""
        begin = at - distance(buffer, at)[0]
        if begin < 0:
            raise CodecError(f"{self.table.name}: vtable is outside of the message")
        end = begin + vtable_size(buffer, begin)[0]
        vtable = buffer[begin:end]
        return self.known.get(vtable) or self.learn(vtable), begin, end

    def learn(self, vtable: bytes) -> Layout:
        """Work out and keep the layout that `vtable` describes. Raises `CodecError` when it cannot be one."""
        if len(vtable) < 4 or len(vtable) % 2:
            raise CodecError(f"{self.table.name}: vtable of {len(vtable)} bytes")
        size, inline_size, *places = struct.unpack(f"<{len(vtable) // 2}H", vtable)
        if size != len(vtable):
            raise CodecError(f"{self.table.name}: vtable runs over the end")
        present: list[tuple[int, int, str, int]] = []
        extras: list[Any] = []
        order = [0] * len(self.slots)
        for index, (slot, width, letter, _) in enumerate(self.slots):
            place = places[slot] if slot < len(places) else 0
            if place:
                if place < 4 or place + width > inline_size:
                    raise CodecError(f"{self.table.name}: field {slot} is outside of its table")
                present.append((place, width, letter, index))
        present.sort()
        parts, at = ["<"], 0
        for position, (place, width, letter, index) in enumerate(present):
            if place < at:
                raise CodecError(f"{self.table.name}: fields overlap")
            parts.append(f"{place - at}x{letter}")
            at = place + width
            order[index] = position
        found = {index: place for place, _, _, index in present}
        for index, (_, _, _, default) in enumerate(self.slots):
            if index not in found:
                order[index] = len(present) + len(extras)
                extras.append(default)
        for index in self.references:
            order.append(len(present) + len(extras))
            extras.append(found.get(index, 0))
        order.append(len(present) + len(extras))
        extras.append(None)
        if len(order) == 1:
            order *= 2
        layout: Layout = (struct.Struct("".join(parts)).unpack_from, tuple(extras), itemgetter(*order))
        if len(self.known) >= _MAX_LAYOUTS:
            self.known.clear()
        self.known[vtable] = layout
        return layout


def _inline_width(kind: Type) -> tuple[int, str, bool]:
    if isinstance(kind, Enum):
        kind = kind.scalar
    if isinstance(kind, Scalar):
        return kind.size, kind.format, True
    return 4, "I", False
