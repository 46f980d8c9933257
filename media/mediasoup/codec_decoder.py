"""Compiles the tables of a schema into functions that turn FlatBuffers bytes into dicts. See `codec_layout`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from media.mediasoup.codec_layout import (
    Decode,
    TableLayout,
    Take,
    distance,
    read_bytes,
    read_numbers,
    read_string,
    read_vector,
    vtable_size,
)
from media.mediasoup.errors import CodecError, SchemaError
from media.mediasoup.schema import Enum, Field, Scalar, Schema, String, Table, TableRef, Type, Union, Vector


class Decoders:
    """The decode functions of all tables of a schema, each compiled when it is first used."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._compiled: set[str] = set()
        # Compiled functions find each other here by name, which lets tables refer to each other in circles.
        self._namespace: dict[str, Any] = {
            "distance": distance,
            "vtable_size": vtable_size,
            "read_string": read_string,
            "read_bytes": read_bytes,
            "read_numbers": read_numbers,
            "read_vector": read_vector,
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
            self._compile(table, name)
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

    def partial(self, table: str, paths: Sequence[str]) -> Decode:
        """Like `decoders[table]`, for a dict with these fields only: keys, or with dots those of inner tables.

        Raises `SchemaError` when there are no such fields.
        """
        name = f"{decode_name(table)}_of_{'_'.join(paths).replace('.', '__')}"
        if name not in self._compiled:
            inner: dict[str, list[str]] = {}
            for path in paths:
                key, _, rest = path.partition(".")
                inner.setdefault(key, []).extend([rest] if rest else [])
            fields = {field.key: field.type for field in self._schema.tables[table].fields}
            only: dict[str, str | None] = {}
            for key, rests in inner.items():
                kind = fields.get(key)
                if kind is None or (rests and not isinstance(kind, TableRef)):
                    raise SchemaError(f"{table} has no field {key} that can be chosen")
                only[key] = None
                if rests and isinstance(kind, TableRef):
                    self.partial(kind.name, rests)
                    only[key] = f"{decode_name(kind.name)}_of_{'_'.join(rests).replace('.', '__')}"
            self._compile(table, name, only)
        decode: Decode = self._namespace[name]
        return decode

    def _stub(self, table: str) -> Decode:
        def compile_and_decode(buffer: bytes, at: int) -> Any:
            return self[table](buffer, at)

        return compile_and_decode

    def _compile(self, table: str, name: str, only: Mapping[str, str | None] | None = None) -> None:
        writer = _Writer(self._schema.tables[table], self.layout(table), only)
        source = writer.decode(name)
        self._namespace.update(writer.constants)
        self._run(source, table)
        self._compiled.add(name)

    def _run(self, source: str, table: str) -> None:
        # The source is made from the schema's own names, never from messages.
        exec(compile(source, f"<decoder of {table}>", "exec"), self._namespace)


def decode_name(table: str) -> str:
    return _function("decode", table)


def _function(prefix: str, table: str) -> str:
    return f"{prefix}_{table.replace('.', '_')}"


class _Writer:
    """Writes the source of one table's decode function, for all its fields or `only` some.

    `only` gives the function with which an inner table is decoded, or None for the one that decodes all of it.
    """

    def __init__(self, table: Table, layout: TableLayout, only: Mapping[str, str | None] | None = None) -> None:
        self.table = table
        self.layout = layout
        self.only = only
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

    def decode(self, name: str) -> str:
        always: list[str] = []
        sometimes: list[str] = []
        for field in self.table.fields:
            if self.only is not None and field.key not in self.only:
                continue
            value, key = f"v{field.slot}", repr(field.key)
            if isinstance(field.type, Union):
                sometimes += self._union(field)
            elif field.required or field.default is not None:
                always.append(f"{key}: {self._value(field)}")
            else:
                sometimes.append(f"if {value} is not None: d[{key}] = {self._value(field)}")
        lines = [
            f"def {name}(buffer, at):",
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
        place = f"at + p{field.slot} + {value}"
        partly = self.only and self.only[field.key]
        return f"{partly}(buffer, {place})" if partly else self._reference(field, field.type, place)

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
