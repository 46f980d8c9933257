"""Compiles the tables of a schema into functions that turn FlatBuffers bytes into dicts.

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
from media.mediasoup.schema import Enum, Field, Scalar, Schema, String, Table, TableRef, Type, Union, Vector

Decode = Callable[[bytes, int], Any]
Layout = tuple[Callable[[bytes, int], tuple[Any, ...]], tuple[Any, ...], Callable[[tuple[Any, ...]], tuple[Any, ...]]]
Take = Callable[[bytes, int, Layout], tuple[Any, ...]]

# What reading bytes that are not what their schema says can raise.
MALFORMED = (struct.error, LookupError, TypeError, ValueError, OverflowError, RecursionError, MemoryError)

# A table has one vtable per combination of present fields; statistics with many zeros come in many combinations.
_MAX_LAYOUTS = 4096

_distance = struct.Struct("<i").unpack_from
_u16 = struct.Struct("<H").unpack_from
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


def _read_bytes(buffer: bytes, at: int) -> bytes:
    start = at + 4
    size = _u32(buffer, at)[0]
    raw = buffer[start : start + size]
    if len(raw) != size:
        raise CodecError("vector runs over the end")
    return bytes(raw)


def _read_numbers(buffer: bytes, at: int, letter: str, width: int) -> list[Any]:
    count = _u32(buffer, at)[0]
    if at + 4 + count * width > len(buffer):
        raise CodecError("vector runs over the end")
    return list(struct.unpack_from(f"<{count}{letter}", buffer, at + 4))


def _read_vector(buffer: bytes, at: int, read: Decode) -> list[Any]:
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
        begin = at - _distance(buffer, at)[0]
        if begin < 0:
            raise CodecError(f"{self.table.name}: vtable is outside of the message")
        end = begin + _u16(buffer, begin)[0]
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


class Decoders:
    """The decode functions of all tables of a schema, each compiled when it is first used."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._compiled: set[str] = set()
        # Compiled functions find each other here by name, which lets tables refer to each other in circles.
        self._namespace: dict[str, Any] = {
            "distance": _distance,
            "vtable_size": _u16,
            "read_string": read_string,
            "read_bytes": _read_bytes,
            "read_numbers": _read_numbers,
            "read_vector": _read_vector,
            "CodecError": CodecError,
        }
        for name in schema.tables:
            self._namespace[decode_name(name)] = self._stub(name)

    def __getitem__(self, table: str) -> Decode:
        """The function that turns the bytes of a table at a position into a dict.

        It raises one of `MALFORMED` or `CodecError`.
        """
        name = decode_name(table)
        if name not in self._compiled:
            self._compile(table)
        decode: Decode = self._namespace[name]
        return decode

    def layout(self, table: str) -> TableLayout:
        """What is known of the vtables of `table`."""
        key = _function("layout", table)
        if key not in self._namespace:
            layout = TableLayout(self._schema.tables[table])
            self._namespace[key] = layout
            self._namespace[_function("known", table)] = layout.known.get
        found: TableLayout = self._namespace[key]
        return found

    def taker(self, table: str) -> Take:
        """A function that reads only the top of a table whose layout is known: each field in the order of the schema.

        Scalars and strings are values (enums as their numbers), other fields their positions, None when absent;
        a union is two: the number of its member and its position.
        """
        self._run(_Writer(self._schema.tables[table], self.layout(table)).take(), table)
        take: Take = self._namespace[_function("take", table)]
        return take

    def _stub(self, table: str) -> Decode:
        def compile_and_decode(buffer: bytes, at: int) -> Any:
            return self[table](buffer, at)

        return compile_and_decode

    def _compile(self, table: str) -> None:
        writer = _Writer(self._schema.tables[table], self.layout(table))
        source = writer.decode()
        self._namespace.update(writer.constants)
        self._run(source, table)
        self._compiled.add(decode_name(table))

    def _run(self, source: str, table: str) -> None:
        # The source is made from the schema's own names, never from messages.
        exec(compile(source, f"<decoder of {table}>", "exec"), self._namespace)


def decode_name(table: str) -> str:
    return _function("decode", table)


def _function(prefix: str, table: str) -> str:
    return f"{prefix}_{table.replace('.', '_')}"


class _Writer:
    """Writes the source of one table's decode function."""

    def __init__(self, table: Table, layout: TableLayout) -> None:
        self.table = table
        self.layout = layout
        self.constants: dict[str, Any] = {}

    def _fields(self) -> str:
        names = [f"v{slot}" for slot, *_ in self.layout.slots]
        places = [f"p{self.layout.slots[index][0]}" for index in self.layout.references]
        return ", ".join([*names, *places, "_"]) + (", _" if not names else "")

    def take(self) -> str:
        values = []
        for field in self.table.fields:
            value, place = f"v{field.slot}", f"at + p{field.slot} + v{field.slot}"
            if isinstance(field.type, Union):
                values += [f"v{field.slot - 1}", f"None if {value} is None else {place}"]
            elif isinstance(field.type, String):
                values.append(f"None if {value} is None else read_string(buffer, {place})")
            elif isinstance(field.type, Scalar | Enum):
                values.append(value)
            else:
                values.append(f"None if {value} is None else {place}")
        return (
            f"def {_function('take', self.table.name)}(buffer, at, layout):\n"
            f"    unpack, extras, pick = layout\n"
            f"    {self._fields()} = pick(unpack(buffer, at) + extras)\n"
            f"    return ({', '.join([*values, ''])})\n"
        )

    def decode(self) -> str:
        always: list[str] = []
        sometimes: list[str] = []
        for field in self.table.fields:
            value, key = f"v{field.slot}", repr(field.key)
            if isinstance(field.type, Union):
                sometimes += self._union(field)
            elif field.required or field.default is not None:
                always.append(f"{key}: {self._value(field)}")
            else:
                sometimes.append(f"if {value} is not None: d[{key}] = {self._value(field)}")
        lines = [
            f"def {decode_name(self.table.name)}(buffer, at):",
            "    vtable = at - distance(buffer, at)[0]",
            f"    if vtable < 0: raise CodecError('{self.table.name}: vtable is outside of the message')",
            "    key = buffer[vtable : vtable + vtable_size(buffer, vtable)[0]]",
            f"    unpack, extras, pick = {_function('known', self.table.name)}(key)"
            f" or {_function('layout', self.table.name)}.learn(key)",
            f"    {self._fields()} = pick(unpack(buffer, at) + extras)",
        ]
        if sometimes:
            lines.append(f"    d = {{{', '.join(always)}}}")
            lines += [f"    {line}" for line in [*sometimes, "return d"]]
        else:
            lines.append(f"    return {{{', '.join(always)}}}")
        return "\n".join([*lines, ""])

    def _union(self, field: Field) -> list[str]:
        assert isinstance(field.type, Union)
        members = _function("members", self.table.name) + str(field.slot)
        self.constants[members] = {
            number: (name, _function("decode", target))
            for number, (name, target) in enumerate(field.type.members.items(), 1)
        }
        member = f"v{field.slot - 1}"
        lines = [
            f"if {member}:",
            f"    d[{field.key + 'Type'!r}], name = {members}[{member}]",
            f"    d[{field.key!r}] = globals()[name](buffer, at + p{field.slot} + v{field.slot})",
        ]
        if field.required:
            lines.append(f"else: raise CodecError('{self.table.name}: {field.key} is missing')")
        return lines

    def _value(self, field: Field) -> str:
        value = f"v{field.slot}"
        if isinstance(field.type, Scalar):
            return value
        if isinstance(field.type, Enum):
            return f"{self._names(field, field.type)}[{value}]"
        return self._reference(field, field.type, f"at + p{field.slot} + {value}")

    def _reference(self, field: Field, kind: Type, place: str) -> str:
        if isinstance(kind, String):
            return f"read_string(buffer, {place})"
        if isinstance(kind, TableRef):
            return f"{_function('decode', kind.name)}(buffer, {place})"
        assert isinstance(kind, Vector)
        element = kind.element
        if isinstance(element, String):
            return f"read_vector(buffer, {place}, read_string)"
        if isinstance(element, TableRef):
            return f"read_vector(buffer, {place}, {_function('decode', element.name)})"
        if isinstance(element, Enum):
            numbers = f"read_numbers(buffer, {place}, {element.scalar.format!r}, {element.scalar.size})"
            return f"[{self._names(field, element)}[number] for number in {numbers}]"
        if element.format == "B":
            return f"read_bytes(buffer, {place})"
        return f"read_numbers(buffer, {place}, {element.format!r}, {element.size})"

    def _names(self, field: Field, enum: Enum) -> str:
        names = _function("names", self.table.name) + str(field.slot)
        self.constants[names] = {number: name for name, number in enum.values.items()}
        return names
