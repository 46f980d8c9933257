"""Reads FlatBuffers bytes: strings, vectors, and what a vtable says."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any, NamedTuple

from media.mediasoup.errors import CodecError
from media.mediasoup.schema import Enum, Scalar, Table, Type, Union

Decode = Callable[[bytes, int], Any]

# What reading bytes that are not what their schema says can raise.
MALFORMED = (struct.error, LookupError, TypeError, ValueError, OverflowError, RecursionError, MemoryError)

distance = struct.Struct("<i").unpack_from
vtable_size = struct.Struct("<H").unpack_from
unsigned = struct.Struct("<I").unpack_from
_OFFSETS = [struct.Struct(f"<{n}I").unpack_from for n in range(256)]


def read_string(buffer: bytes, at: int) -> str:
    """The string at `at`."""
    start = at + 4
    size = unsigned(buffer, at)[0]
    raw = buffer[start : start + size]
    if len(raw) != size:
        raise CodecError("string runs over the end")
    return raw.decode()


def read_bytes(buffer: bytes, at: int) -> bytes:
    """The vector of ubyte at `at`."""
    start = at + 4
    size = unsigned(buffer, at)[0]
    raw = buffer[start : start + size]
    if len(raw) != size:
        raise CodecError("vector runs over the end")
    return bytes(raw)


def read_numbers(buffer: bytes, at: int, letter: str, width: int) -> list[Any]:
    """The vector of numbers at `at`, which are `width` bytes each; `letter` is theirs in `struct`."""
    count = unsigned(buffer, at)[0]
    if at + 4 + count * width > len(buffer):
        raise CodecError("vector runs over the end")
    return list(struct.unpack_from(f"<{count}{letter}", buffer, at + 4))


def read_vector(buffer: bytes, at: int, read: Decode) -> list[Any]:
    """The vector of offsets at `at`, with what `read` makes of each of the places that they lead to."""
    count = unsigned(buffer, at)[0]
    at += 4
    if at + count * 4 > len(buffer):
        raise CodecError("vector runs over the end")
    offsets = _OFFSETS[count](buffer, at) if count < 256 else struct.unpack_from(f"<{count}I", buffer, at)
    items = []
    for offset in offsets:
        items.append(read(buffer, at + offset))
        at += 4
    return items


class Layout(NamedTuple):
    """Where the fields of a table are that a vtable says are there.

    `format` reads them all with `struct`, from the beginning of the table, in the order of `slots`; `places` are their
    distances from there, by slot.
    """

    format: str
    slots: tuple[int, ...]
    places: dict[int, int]


def read_layout(table: Table, vtable: bytes) -> Layout:
    """What `vtable` says about a `table`. Slots that the schema does not know are passed over.

    Raises `CodecError` when it cannot be the vtable of such a table.
    """
    if len(vtable) < 4 or len(vtable) % 2:
        raise CodecError(f"{table.name}: vtable of {len(vtable)} bytes")
    size, inline_size, *entries = struct.unpack(f"<{len(vtable) // 2}H", vtable)
    if size != len(vtable):
        raise CodecError(f"{table.name}: vtable runs over the end")
    present: list[tuple[int, int, str, int]] = []
    for slot, width, letter in _inline_fields(table):
        place = entries[slot] if slot < len(entries) else 0
        if place:
            if place < 4 or place + width > inline_size:
                raise CodecError(f"{table.name}: field {slot} is outside of its table")
            present.append((place, width, letter, slot))
    present.sort()
    parts, at = ["<"], 0
    for place, width, letter, _ in present:
        if place < at:
            raise CodecError(f"{table.name}: fields overlap")
        parts.append(f"{place - at}x{letter}")
        at = place + width
    return Layout("".join(parts), tuple(slot for *_, slot in present), {slot: place for place, _, _, slot in present})


def _inline_fields(table: Table) -> list[tuple[int, int, str]]:
    fields: list[tuple[int, int, str]] = []
    for field in table.fields:
        if isinstance(field.type, Union):
            fields.append((field.slot - 1, 1, "B"))
        fields.append((field.slot, *_inline_width(field.type)))
    return fields


def _inline_width(kind: Type) -> tuple[int, str]:
    if isinstance(kind, Enum):
        kind = kind.scalar
    if isinstance(kind, Scalar):
        return kind.size, kind.format
    return 4, "I"
