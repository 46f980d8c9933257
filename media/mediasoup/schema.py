"""Reads FlatBuffers schema files (.fbs) into a model: the tables, enums and unions of mediasoup's messages.

Covers the part of the language that mediasoup's schemas use; anything else is a `SchemaError`, never a silent guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from media.mediasoup.errors import SchemaError


@dataclass(frozen=True, slots=True)
class Scalar:
    """A number or bool; `format` is its letter in the `struct` module, `size` its bytes."""

    name: str
    format: str
    size: int


@dataclass(frozen=True, slots=True)
class Enum:
    """Names for the values of a scalar. Values are known to Python by these names."""

    name: str
    scalar: Scalar
    values: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class String:
    """UTF-8 text."""


@dataclass(frozen=True, slots=True)
class TableRef:
    """A table, by full name (`FBS.Transport.ListenInfo`), as tables may refer to each other in circles."""

    name: str


@dataclass(frozen=True, slots=True)
class Union:
    """One of several tables: full table names by member name. A member's id is its place, counted from 1."""

    name: str
    members: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Vector:
    """A list of `element`, which is never a union or another vector."""

    element: Scalar | Enum | String | TableRef


Type = Scalar | Enum | String | TableRef | Union | Vector


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a table.

    `key` is its camelCase name, under which Python knows it. `slot` is its index in the vtable; for a union that is
    the index of its value, and the index of its type is one less. `default` is the value of a scalar or enum (as
    its number) that is not in the bytes; None where absence is a value of its own.
    """

    key: str
    slot: int
    type: Type
    default: int | float | None
    required: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its fields in the order of the schema."""

    name: str
    fields: tuple[Field, ...]


@dataclass(slots=True)
class Schema:
    """Everything declared in a folder of schema files, by full name (`FBS.Worker.DumpResponse`)."""

    tables: dict[str, Table] = field(default_factory=dict)
    enums: dict[str, Enum] = field(default_factory=dict)
    unions: dict[str, Union] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: str | Path) -> Schema:
        """Read every .fbs file in `folder`. Raises `SchemaError` when there is none or one cannot be understood."""
        files = sorted(Path(folder).glob("*.fbs"))
        if not files:
            raise SchemaError(f"no .fbs files in {folder}")
        return cls.parse({file.name: file.read_text(encoding="utf-8") for file in files})

    @classmethod
    def parse(cls, sources: Mapping[str, str]) -> Schema:
        """Like `load`, from texts by file name. `include` lines are not followed: give all the files."""
        declarations = [found for name, text in sources.items() for found in _declarations(name, text)]
        return _resolve(declarations)


_SCALARS = {
    name: Scalar(name, letter, size)
    for names, letter, size in (
        (("bool",), "?", 1),
        (("ubyte", "uint8"), "B", 1),
        (("byte", "int8"), "b", 1),
        (("ushort", "uint16"), "H", 2),
        (("short", "int16"), "h", 2),
        (("uint", "uint32"), "I", 4),
        (("int", "int32"), "i", 4),
        (("ulong", "uint64"), "Q", 8),
        (("long", "int64"), "q", 8),
        (("float", "float32"), "f", 4),
        (("double", "float64"), "d", 8),
    )
    for name in names
}

_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_STATEMENT = re.compile(
    r"\s*(?:"
    r'include\s*"[^"]*"\s*;'
    r"|namespace\s+(?P<namespace>[\w.]+)\s*;"
    r"|root_type\s+[\w.]+\s*;"
    r"|(?P<kind>table|enum|union)\s+(?P<name>\w+)\s*(?::\s*(?P<base>\w+)\s*)?\{(?P<body>[^}]*)\}"
    r")"
)
_FIELD = re.compile(
    r"\s*(?P<name>\w+)\s*:\s*(?P<vector>\[)?\s*(?P<type>[\w.]+)\s*(?(vector)\])"
    r"\s*(?:=\s*(?P<default>[\w.+-]+)\s*)?(?:\(\s*(?P<attributes>[^)]*)\)\s*)?"
)


@dataclass(frozen=True, slots=True)
class _Declaration:
    file: str
    namespace: str
    kind: str
    name: str
    base: str | None
    body: str

    @property
    def full_name(self) -> str:
        return f"{self.namespace}.{self.name}" if self.namespace else self.name


def _declarations(file: str, text: str) -> Iterator[_Declaration]:
    text = _COMMENT.sub(" ", text).rstrip()
    namespace, at = "", 0
    while at < len(text):
        found = _STATEMENT.match(text, at)
        if found is None:
            raise SchemaError(f"{file}: cannot read {' '.join(text[at:].split())[:60]!r}")
        at = found.end()
        if found["namespace"]:
            namespace = found["namespace"]
        elif found["kind"]:
            yield _Declaration(file, namespace, found["kind"], found["name"], found["base"], found["body"])


def _resolve(declarations: list[_Declaration]) -> Schema:
    schema = Schema()
    tables = {found.full_name for found in declarations if found.kind == "table"}
    for found in declarations:
        if found.kind == "enum":
            schema.enums[found.full_name] = _enum(found)
    for found in declarations:
        if found.kind == "union":
            members = (entry.partition(":") for entry in _entries(found.body, ","))
            schema.unions[found.full_name] = Union(
                found.full_name,
                {name.strip(): _lookup(found, (target or name).strip(), tables) for name, _, target in members},
            )
    for found in declarations:
        if found.kind == "table":
            schema.tables[found.full_name] = Table(found.full_name, tuple(_fields(found, schema, tables)))
    return schema


def _enum(found: _Declaration) -> Enum:
    scalar = _SCALARS.get(found.base or "")
    if scalar is None or scalar.format in "?fd":
        raise SchemaError(f"{found.file}: enum {found.name} is not over a whole number")
    values: dict[str, int] = {}
    following = 0
    for entry in _entries(found.body, ","):
        name, _, number = entry.partition("=")
        value = int(number, 0) if number else following
        values[name.strip()] = value
        following = value + 1
    return Enum(found.full_name, scalar, values)


def _fields(found: _Declaration, schema: Schema, tables: set[str]) -> Iterator[Field]:
    slot = 0
    for entry in _entries(found.body, ";"):
        match = _FIELD.fullmatch(entry)
        if match is None:
            raise SchemaError(f"{found.file}: cannot read field {entry!r} of {found.name}")
        attributes = set(_entries(match["attributes"] or "", ","))
        if attributes - {"required"}:
            raise SchemaError(f"{found.file}: attributes of {found.name}.{match['name']} are not supported")
        kind: Type = _type(found, match["type"], schema, tables)
        if match["vector"]:
            if isinstance(kind, Union | Vector) or (isinstance(kind, Scalar) and kind.size == 8):
                raise SchemaError(f"{found.file}: vector {found.name}.{match['name']} is not supported")
            kind = Vector(kind)
        if isinstance(kind, Union):
            slot += 1  # the slot before a union's value holds its type
        yield Field(_camel(match["name"]), slot, kind, _default(kind, match["default"]), "required" in attributes)
        slot += 1


def _type(
    found: _Declaration, name: str, schema: Schema, tables: set[str]
) -> Scalar | Enum | String | TableRef | Union:
    if name == "string":
        return String()
    if name in _SCALARS:
        return _SCALARS[name]
    full_name = _lookup(found, name, schema.enums.keys() | schema.unions.keys() | tables)
    if full_name in tables:
        return TableRef(full_name)
    return schema.enums.get(full_name) or schema.unions[full_name]


def _lookup(found: _Declaration, name: str, known: set[str]) -> str:
    scope = found.namespace.split(".")
    while scope:
        candidate = ".".join((*scope, name))
        if candidate in known:
            return candidate
        scope.pop()
    if name in known:
        return name
    raise SchemaError(f"{found.file}: {found.name} refers to {name}, which is nowhere declared")


def _default(kind: Type, text: str | None) -> int | float | None:
    if not isinstance(kind, Scalar | Enum) or text == "null":
        return None
    text = text or "0"
    if isinstance(kind, Enum):
        return kind.values[text] if text in kind.values else int(text, 0)
    if kind.format == "?":
        return text == "true"
    return float(text) if kind.format in "fd" else int(text, 0)


def _entries(body: str, separator: str) -> list[str]:
    return [entry for part in body.split(separator) if (entry := " ".join(part.split()))]


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(word[:1].upper() + word[1:] for word in rest)
