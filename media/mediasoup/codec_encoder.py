"""Compiles the tables of a schema into functions that turn dicts into FlatBuffers bytes.

A table becomes one *blob*: its inline part first, its vtable next, then the blobs of what it refers to. A blob is a
multiple of 8 bytes long and all offsets in it are relative, so a blob can stand anywhere that is a multiple of 8
and a parent is made by joining its children behind itself. Every field has a fixed place in the inline part whether
it is present or not, which makes one `struct` call per table enough; only the vtable depends on what is present.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from media.mediasoup.errors import UnfitValue
from media.mediasoup.schema import Enum, Field, Scalar, Schema, String, Table, TableRef, Type, Union, Vector

Encode = Callable[[Any], bytes]

# What encoding a value that does not fit its schema can raise: number out of range, unknown member, wrong type.
UNFIT = (struct.error, LookupError, TypeError, AttributeError, ValueError, OverflowError, RecursionError)

_SHORT = 1024
_SHORT_STRINGS = [struct.Struct(f"<I{(4 + n) // 8 * 8 + 4}s").pack for n in range(_SHORT)]


def string_blob(text: str) -> bytes:
    """A string: length, UTF-8 bytes, at least one NUL."""
    raw = text.encode()
    size = len(raw)
    if size < _SHORT:
        return _SHORT_STRINGS[size](size, raw)
    return size.to_bytes(4, "little") + raw + bytes(8 - (4 + size) % 8)


def _bytes_blob(data: bytes | bytearray | memoryview | Iterable[int]) -> bytes:
    if isinstance(data, int | str):
        raise TypeError("bytes or a list of numbers is needed")
    raw = bytes(data)
    size = len(raw)
    return size.to_bytes(4, "little") + raw + bytes(-(4 + size) % 8)


def _numbers_blob(letter: str, numbers: Sequence[int | float]) -> bytes:
    blob = struct.pack(f"<I{len(numbers)}{letter}", len(numbers), *numbers)
    return blob + bytes(-len(blob) % 8)


def vector_blob(blobs: Sequence[bytes]) -> bytes:
    """A vector of offsets to `blobs`, which follow it."""
    count = len(blobs)
    head = (4 + 4 * count + 7) // 8 * 8
    numbers = [count]
    distance = head - 4
    for blob in blobs:
        numbers.append(distance)
        distance += len(blob) - 4
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


class Encoders:
    """The encode functions of all tables of a schema, each compiled when it is first used."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._layouts: dict[str, InlineLayout] = {}
        self._compiled: dict[str, Encode] = {}
        # Compiled functions find each other here by name, which lets tables refer to each other in circles.
        self._namespace: dict[str, Any] = {
            "string_blob": string_blob,
            "bytes_blob": _bytes_blob,
            "numbers_blob": _numbers_blob,
            "vector_blob": vector_blob,
            "listed": _listed,
            "unknown_keys": _unknown_keys,
            "half_union": _half_union,
        }
        for name in schema.tables:
            self._namespace[_function(name)] = self._stub(name)

    def __getitem__(self, table: str) -> Encode:
        """The function that turns a dict into a blob of `table`. It raises one of `UNFIT`."""
        encode = self._compiled.get(table)
        if encode is None:
            self._compile(self._schema.tables[table])
            encode = self._compiled[table] = self._namespace[_function(table)]
        return encode

    def layout(self, table: str) -> InlineLayout:
        """Where the fields of `table` stand in the blobs that these encoders write."""
        if table not in self._layouts:
            self._layouts[table] = InlineLayout(self._schema.tables[table])
        return self._layouts[table]

    def _stub(self, name: str) -> Encode:
        def compile_and_encode(value: Any) -> bytes:
            self._compile(self._schema.tables[name])
            return self[name](value)

        return compile_and_encode

    def _compile(self, table: Table) -> None:
        prefix = _function(table.name)
        writer = _Writer(table, self.layout(table.name), prefix)
        # The source is made from the schema's own names, never from messages.
        code = compile(writer.source(), f"<encoder of {table.name}>", "exec")
        self._namespace.update(writer.constants)
        exec(code, self._namespace)


def _function(table: str) -> str:
    return "encode_" + table.replace(".", "_")


def _listed(values: Iterable[Any]) -> Iterable[Any]:
    if isinstance(values, str | dict):
        raise TypeError(f"a list is needed, not a {type(values).__name__}")
    return values


def _unknown_keys(table: str, value: dict[str, Any], keys: frozenset[str]) -> None:
    raise UnfitValue(f"{table} has no field {', '.join(sorted(map(str, value.keys() - keys)))}")


def _half_union(key: str) -> None:
    raise UnfitValue(f"union {key} needs both {key} and {key}Type")


class _Writer:
    """Writes the source of one table's encode function."""

    def __init__(self, table: Table, layout: InlineLayout, prefix: str) -> None:
        self.table = table
        self.layout = layout
        self.prefix = prefix
        self.lines: list[str] = []
        self.blobs: list[str] = []
        self.optional: list[Field] = []
        keys = {field.key for field in table.fields}
        keys |= {field.key + "Type" for field in table.fields if isinstance(field.type, Union)}
        self.constants: dict[str, Any] = {f"{prefix}_keys": frozenset(keys), f"{prefix}_pack": layout.pack}

    def source(self) -> str:
        for field in self.table.fields:
            self._field(field)
        self.constants[f"{self.prefix}_vtables"] = self._vtables()
        layout, prefix = self.layout, self.prefix
        # Slots that two fields cannot share are all named v<slot>; deprecated ones do not exist in these schemas.
        arguments = ", ".join([str(layout.vtable_distance), *(f"v{slot}" for slot in layout.order)])
        vtable = f"{prefix}_vtables[mask]" if self.optional else f"{prefix}_vtables[0]"
        packed = f"{prefix}_pack({arguments}, {vtable})"
        body = [
            f"if not {prefix}_keys.issuperset(d): unknown_keys({self.table.name!r}, d, {prefix}_keys)",
            *(["get = d.get"] if any("get(" in line for line in self.lines) else []),
            *(["mask = 0"] if self.optional else []),
            *([f"size = {layout.size}"] if self.blobs else []),
            *self.lines,
            f"return {' + '.join([packed, *self.blobs])}"
            if len(self.blobs) < 3
            else f"return b''.join(({', '.join([packed, *self.blobs])}))",
        ]
        return f"def {prefix}(d):\n" + "".join(f"    {line}\n" for line in body)

    def _vtables(self) -> Sequence[bytes] | _Vtables:
        if len(self.optional) <= 6:
            return [self._vtable(mask) for mask in range(1 << len(self.optional))]
        return _Vtables(self._vtable)

    def _vtable(self, mask: int) -> bytes:
        absent: list[int] = []
        for bit, field in enumerate(self.optional):
            if not mask >> bit & 1:
                absent.append(field.slot)
                if isinstance(field.type, Union):
                    absent.append(field.slot - 1)
        return self.layout.vtable(absent)

    def _field(self, field: Field) -> None:
        kind, key, value = field.type, repr(field.key), f"v{field.slot}"
        if isinstance(kind, Scalar | Enum):
            number = value
            if isinstance(kind, Enum):
                names = f"{self.prefix}_values{field.slot}"
                self.constants[names] = dict(kind.values)
                number = f"{names}[{value}]"
            if field.default is not None:
                self.lines.append(f"{value} = get({key})")
                self.lines.append(f"{value} = {field.default!r} if {value} is None else {number}")
                return
            self.lines += [f"{value} = get({key})", f"if {value} is None: {value} = 0"]
            self.lines.append(f"else: {value} = {number}; mask |= {self._bit(field)}")
            return
        blob = f"b{field.slot}"
        place = self.layout.places[field.slot]
        expression = self._blob(kind, "x", field)
        store = f"{value} = size - {place}; size += len({blob})"
        self.blobs.append(blob)
        if field.required and not isinstance(kind, Union):
            self.lines += [f"x = d[{key}]", f"{blob} = {expression}", store]
            return
        self.lines.append(f"x = {f'd[{key}]' if field.required else f'get({key})'}")
        indent = ""
        if not field.required:
            absent = f"{value} = 0; {blob} = b''"
            if isinstance(kind, Union):
                absent += f"; v{field.slot - 1} = 0"
                absent += f"\n        if get({field.key + 'Type'!r}) is not None: half_union({key})"
            self.lines += [f"if x is None:\n        {absent}", "else:"]
            indent = "    "
            store += f"; mask |= {self._bit(field)}"
        if isinstance(kind, Union):
            members = f"{self.prefix}_members{field.slot}"
            self.constants[members] = {
                member: (number, _function(target)) for number, (member, target) in enumerate(kind.members.items(), 1)
            }
            self.lines.append(f"{indent}v{field.slot - 1}, name = {members}[d[{field.key + 'Type'!r}]]")
        self.lines += [f"{indent}{blob} = {expression}", f"{indent}{store}"]

    def _bit(self, field: Field) -> int:
        self.optional.append(field)
        return 1 << (len(self.optional) - 1)

    def _blob(self, kind: Type, value: str, field: Field) -> str:
        if isinstance(kind, String):
            return f"string_blob({value})"
        if isinstance(kind, TableRef):
            return f"{_function(kind.name)}({value})"
        if isinstance(kind, Union):
            return f"globals()[name]({value})"
        if isinstance(kind, Vector) and isinstance(kind.element, String | TableRef):
            return f"vector_blob([{self._blob(kind.element, 'e', field)} for e in listed({value})])"
        if isinstance(kind, Vector) and isinstance(kind.element, Enum):
            names = f"{self.prefix}_values{field.slot}"
            self.constants[names] = dict(kind.element.values)
            return f"numbers_blob({kind.element.scalar.format!r}, [{names}[e] for e in {value}])"
        assert isinstance(kind, Vector)
        assert isinstance(kind.element, Scalar)
        if kind.element.format == "B":
            return f"bytes_blob({value})"
        return f"numbers_blob({kind.element.format.replace('?', 'B')!r}, {value})"


class _Vtables(dict[int, bytes]):
    """Vtables by what is present, made when first needed: for tables with many optional fields."""

    def __init__(self, make: Callable[[int], bytes]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, mask: int) -> bytes:
        self[mask] = made = self._make(mask)
        return made
