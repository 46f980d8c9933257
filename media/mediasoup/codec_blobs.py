"""FlatBuffers values as blobs: bytes whose length is a multiple of 8 and in which all offsets are relative.

So a blob can stand anywhere that is a multiple of 8, and a parent is made by joining its children behind itself. The
blob of a table is its inline part first, its vtable next, then the blobs of what it refers to.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence

from media.mediasoup.schema import Enum, Scalar, Table, Type, Union

_SHORT = 1024
_SHORT_STRINGS = [struct.Struct(f"<I{(4 + n) // 8 * 8 + 4}s").pack for n in range(_SHORT)]

_SHORT_VECTOR = 64
# An even number of offsets and their count leave a gap before what must stand at a multiple of 8.
_SHORT_VECTORS = [struct.Struct(f"<{n + 1}I{'4x' * (n % 2 == 0)}").pack for n in range(_SHORT_VECTOR)]
_EMPTY_VECTOR = bytes(8)


def string_blob(text: str) -> bytes:
    """A string: length, UTF-8 bytes, at least one NUL."""
    raw = text.encode()
    size = len(raw)
    if size < _SHORT:
        return _SHORT_STRINGS[size](size, raw)
    return size.to_bytes(4, "little") + raw + bytes(8 - (4 + size) % 8)


def bytes_blob(data: bytes | bytearray | memoryview | Iterable[int]) -> bytes:
    if isinstance(data, int | str):
        raise TypeError("bytes or a list of numbers is needed")
    raw = bytes(data)
    size = len(raw)
    return size.to_bytes(4, "little") + raw + bytes(-(4 + size) % 8)


def numbers_blob(letter: str, numbers: Sequence[int | float]) -> bytes:
    blob = struct.pack(f"<I{len(numbers)}{letter}", len(numbers), *numbers)
    return blob + bytes(-len(blob) % 8)


def vector_blob(blobs: Sequence[bytes]) -> bytes:
    """A vector of offsets to `blobs`, which follow it."""
    count = len(blobs)
    if not count:
        return _EMPTY_VECTOR
    head = (4 + 4 * count + 7) // 8 * 8
    numbers = [count]
    distance = head - 4
    for blob in blobs:
        numbers.append(distance)
        distance += len(blob) - 4
    if count < _SHORT_VECTOR:
        return b"".join((_SHORT_VECTORS[count](*numbers), *blobs))
    return b"".join((struct.pack(f"<{count + 1}I", *numbers), bytes(head - 4 - 4 * count), *blobs))


class InlineLayout:
    """Where the fields of a table stand in the blobs that we write.

    `places` gives the offset of each vtable slot from the start of the table, `size` the length of the inline part
    and vtable together. `pack` takes `vtable_distance`, the fields in the `order` of their slots, and the vtable.
    """

    def __init__(self, table: Table) -> None:
        widths: dict[int, tuple[int, str]] = {}
        for field in table.fields:
            if isinstance(field.type, Union):
                widths[field.slot - 1] = (1, "B")
            widths[field.slot] = _inline_width(field.type)
        self.slots = max(widths, default=-1) + 1
        order = sorted(widths, key=lambda slot: -widths[slot][0])
        # The vtable's distance comes first and takes 4 bytes; one 4-byte field next to it keeps 8-byte ones aligned.
        if order and widths[order[0]][0] == 8:
            small = next((slot for slot in order if widths[slot][0] == 4), None)
            if small is not None:
                order.remove(small)
                order.insert(0, small)
        self.places: dict[int, int] = {}
        self.order = order
        at, parts = 4, ["<i"]
        for slot in order:
            width, letter = widths[slot]
            if at % width:
                parts.append(f"{width - at % width}x")
                at += width - at % width
            self.places[slot] = at
            parts.append(letter)
            at += width
        self.inline_size = at
        vtable_at = at + at % 2
        vtable_size = 4 + 2 * self.slots
        self.vtable_distance = -vtable_at
        self.size = (vtable_at + vtable_size + 7) // 8 * 8
        parts.append(f"{vtable_at - at}x{self.size - vtable_at}s")
        self.format = "".join(parts)
        self.pack = struct.Struct(self.format).pack

    def vtable(self, absent: Iterable[int]) -> bytes:
        """The vtable when the fields of these slots are absent."""
        places = [self.places.get(slot, 0) for slot in range(self.slots)]
        for slot in absent:
            places[slot] = 0
        return struct.pack(f"<{2 + self.slots}H", 4 + 2 * self.slots, self.inline_size, *places)


def _inline_width(kind: Type) -> tuple[int, str]:
    if isinstance(kind, Enum):
        kind = kind.scalar
    if isinstance(kind, Scalar):
        # Bools are packed as numbers: `?` would take any object for true.
        return kind.size, "B" if kind.format == "?" else kind.format
    return 4, "I"
