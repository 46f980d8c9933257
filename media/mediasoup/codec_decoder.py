"""Turns FlatBuffers bytes into dicts, with functions compiled for each vtable.

The writer of a table chooses where its fields stand and says so in its vtable. In practice a table has a handful of
different vtables. For each a function is compiled when it first comes along, in which all places are constants: one
`struct` call reads what is inline, and one expression makes the dict.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from media.mediasoup.codec_layout import (
    Decode,
    Layout,
    distance,
    read_bytes,
    read_layout,
    read_numbers,
    read_string,
    read_vector,
    unsigned,
    vtable_size,
)
from media.mediasoup.errors import CodecError, SchemaError
from media.mediasoup.schema import Enum, Field, Scalar, Schema, String, Table, TableRef, Type, Union, Vector

# A table has one vtable per combination of present fields; statistics with many zeros come in many combinations.
_MAX_KNOWN = 1024


class TableDecoder:
    """Decodes one table, or some fields of it, and learns its vtables."""

    def __init__(self, table: Table, compile_layout: Callable[[Layout], Decode]) -> None:
        self._table = table
        self._compile = compile_layout
        self._known: dict[bytes, Decode] = {}
        self.decode = self._dispatcher()

    def _dispatcher(self) -> Decode:
        # A closure, as attributes would have to be looked up at each of the many calls.
        known, learn, name = self._known.get, self._learn, self._table.name

        def decode(buffer: bytes, at: int) -> Any:
            vtable = at - distance(buffer, at)[0]
            if vtable < 0:
                raise CodecError(f"{name}: vtable is outside of the message")
            key = buffer[vtable : vtable + vtable_size(buffer, vtable)[0]]
            return (known(key) or learn(key))(buffer, at)

        return decode

    def find(self, buffer: bytes, at: int) -> tuple[Decode, int, int]:
        """What decodes the table at `at` and others with the same vtable, and where that begins and ends."""
        begin = at - distance(buffer, at)[0]
        if begin < 0:
            raise CodecError(f"{self._table.name}: vtable is outside of the message")
        end = begin + vtable_size(buffer, begin)[0]
        key = buffer[begin:end]
        return self._known.get(key) or self._learn(key), begin, end

    def _learn(self, vtable: bytes) -> Decode:
        if len(self._known) >= _MAX_KNOWN:
            self._known.clear()
        self._known[vtable] = decode = self._compile(read_layout(self._table, vtable))
        return decode


class Decoders:
    """Decodes all tables of a schema. What is called for raises one of `MALFORMED` or `CodecError` for what is not."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._decoders: dict[tuple[str, ...], TableDecoder] = {}

    def __getitem__(self, table: str) -> Decode:
        """The function that turns the bytes of a table at a position into a dict."""
        return self.partial(table, ())

    def partial(self, table: str, paths: Sequence[str]) -> Decode:
        """The same for a dict with some fields only: keys, or with dots those of inner tables. Without any: all.

        Raises `SchemaError` when there are no such fields.
        """
        key = (table, *paths)
        if key not in self._decoders:
            found = self._schema.tables[table]
            only = self._inner_decoders(found, paths) if paths else None
            self._decoders[key] = TableDecoder(found, lambda layout: self._compile(found, layout, only))
        return self._decoders[key].decode

    def opener(self, table: str) -> TableDecoder:
        """Reads only the top of a table, as a tuple with each field in the order of the schema.

        Scalars and strings are values (enums as their numbers), other fields their positions, None when absent;
        a union is two: the number of its member and its position.
        """
        found = self._schema.tables[table]
        return TableDecoder(found, lambda layout: _run(_Writer(self, found, layout).open()))

    def _compile(self, table: Table, layout: Layout, only: Mapping[str, Decode | None] | None) -> Decode:
        return _run(_Writer(self, table, layout, only).decode())

    def _inner_decoders(self, table: Table, paths: Sequence[str]) -> dict[str, Decode | None]:
        inner: dict[str, list[str]] = {}
        for path in paths:
            key, _, rest = path.partition(".")
            inner.setdefault(key, []).extend([rest] if rest else [])
        kinds = {field.key: field.type for field in table.fields}
        found: dict[str, Decode | None] = {}
        for key, rests in inner.items():
            kind = kinds.get(key)
            if kind is None or (rests and not isinstance(kind, TableRef)):
                raise SchemaError(f"{table.name} has no field {key} that can be chosen")
            found[key] = self.partial(kind.name, rests) if rests and isinstance(kind, TableRef) else None
        return found


def _run(written: tuple[str, dict[str, Any]]) -> Decode:
    source, namespace = written
    # The source is made from the schema's names and from numbers that were checked, never from text in messages.
    exec(compile(source, "<decoder>", "exec"), namespace)
    decode: Decode = namespace["decode"]
    return decode


class _Writer:
    """Writes the source of the function for one table and one of its layouts, for all its fields or `only` some.

    `only` gives what an inner table is decoded with, or None for what decodes all of it.
    """

    def __init__(
        self, decoders: Decoders, table: Table, layout: Layout, only: Mapping[str, Decode | None] | None = None
    ) -> None:
        self.decoders = decoders
        self.table = table
        self.layout = layout
        self.only = only
        self.names: dict[str, Any] = {
            "unpack": struct.Struct(layout.format).unpack_from,
            "read_string": read_string,
            "read_bytes": read_bytes,
            "read_numbers": read_numbers,
            "read_vector": read_vector,
            "unsigned": unsigned,
        }

    def open(self) -> tuple[str, dict[str, Any]]:
        values: list[str] = []
        for field in self.table.fields:
            present = field.slot in self.layout.places
            if isinstance(field.type, Union):
                values.append(f"v{field.slot - 1}" if field.slot - 1 in self.layout.places else "0")
            if not present:
                values.append(repr(field.default))
            elif isinstance(field.type, String):
                values.append(f"read_string(buffer, {self._place(field)})")
            elif isinstance(field.type, Scalar | Enum):
                values.append(f"v{field.slot}")
            else:
                values.append(self._place(field))
        return self._function(f"({', '.join([*values, ''])})")

    def decode(self) -> tuple[str, dict[str, Any]]:
        items: list[str] = []
        for field in self.table.fields:
            if self.only is not None and field.key not in self.only:
                continue
            if isinstance(field.type, Union):
                items += self._union(field)
            elif field.slot in self.layout.places:
                items.append(f"{field.key!r}: {self._value(field)}")
            elif field.required:
                raise CodecError(f"{self.table.name}: {field.key} is missing")
            elif field.default is not None:
                items.append(f"{field.key!r}: {self._default(field)!r}")
        return self._function(f"{{{', '.join(items)}}}")

    def _function(self, result: str) -> tuple[str, dict[str, Any]]:
        targets = "".join(f"v{slot}, " for slot in self.layout.slots)
        read = f"    {targets}= unpack(buffer, at)\n" if targets else ""
        return f"def decode(buffer, at):\n{read}    return {result}\n", self.names

    def _place(self, field: Field) -> str:
        return f"at + {self.layout.places[field.slot]} + v{field.slot}"

    def _default(self, field: Field) -> Any:
        if isinstance(field.type, Enum):
            return next(name for name, number in field.type.values.items() if number == field.default)
        return field.default

    def _union(self, field: Field) -> list[str]:
        assert isinstance(field.type, Union)
        places = self.layout.places
        if field.slot not in places and not field.required:
            return []
        if field.slot not in places or field.slot - 1 not in places:
            raise CodecError(f"{self.table.name}: {field.key} or its type is missing")
        members = f"members{field.slot}"
        self.names[members] = {
            number: (name, self.decoders[target]) for number, (name, target) in enumerate(field.type.members.items(), 1)
        }
        chosen = f"{members}[v{field.slot - 1}]"
        return [
            f"{field.key + 'Type'!r}: {chosen}[0]",
            f"{field.key!r}: {chosen}[1](buffer, {self._place(field)})",
        ]

    def _value(self, field: Field) -> str:
        if isinstance(field.type, Scalar):
            return f"v{field.slot}"
        if isinstance(field.type, Enum):
            return f"{self._enum_names(field, field.type)}[v{field.slot}]"
        return self._reference(field, field.type, self._place(field))

    def _reference(self, field: Field, kind: Type, place: str) -> str:
        if isinstance(kind, String):
            return f"read_string(buffer, {place})"
        if isinstance(kind, TableRef):
            return f"{self._inner(field, kind)}(buffer, {place})"
        assert isinstance(kind, Vector)
        element = kind.element
        if isinstance(element, String | TableRef):
            read = "read_string" if isinstance(element, String) else self._inner(field, element)
            # Most vectors are empty, and need no call to see that.
            return f"read_vector(buffer, p, {read}) if unsigned(buffer, p := {place})[0] else []"
        if isinstance(element, Enum):
            numbers = f"read_numbers(buffer, {place}, {element.scalar.format!r}, {element.scalar.size})"
            return f"[{self._enum_names(field, element)}[number] for number in {numbers}]"
        if element.format == "B":
            return f"read_bytes(buffer, {place})"
        return f"read_numbers(buffer, {place}, {element.format!r}, {element.size})"

    def _inner(self, field: Field, kind: TableRef) -> str:
        name = f"inner{field.slot}"
        self.names[name] = (self.only and self.only[field.key]) or self.decoders[kind.name]
        return name

    def _enum_names(self, field: Field, enum: Enum) -> str:
        name = f"names{field.slot}"
        self.names[name] = {number: member for member, number in enum.values.items()}
        return name
