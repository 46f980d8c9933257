"""Compiles the tables of a schema into functions that turn dicts into FlatBuffers bytes.

Every field has a fixed place in the blob of its table whether it is present or not, which makes one `struct` call per
table enough; only the vtable depends on what is present.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from media.mediasoup.codec_blobs import InlineLayout, bytes_blob, numbers_blob, string_blob, vector_blob
from media.mediasoup.errors import UnfitValue
from media.mediasoup.schema import Enum, Field, Scalar, Schema, String, Table, TableRef, Type, Union, Vector

Encode = Callable[[Any], bytes]

# What encoding a value that does not fit its schema can raise: number out of range, unknown member, wrong type.
UNFIT = (struct.error, LookupError, TypeError, AttributeError, ValueError, OverflowError, RecursionError)


class Encoders:
    """The encode functions of all tables of a schema, each compiled when it is first used."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._layouts: dict[str, InlineLayout] = {}
        self._compiled: dict[str, Encode] = {}
        # Compiled functions find each other here by name, which lets tables refer to each other in circles.
        self._namespace: dict[str, Any] = {
            "string_blob": string_blob,
            "bytes_blob": bytes_blob,
            "numbers_blob": numbers_blob,
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
