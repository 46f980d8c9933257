"""Random values for the tables of a schema, and flatc's words for them."""

from __future__ import annotations

import random
import re
import string
from typing import Any

from media.mediasoup.schema import Enum, Scalar, Schema, String, TableRef, Type, Union, Vector

# No NUL: flatc cannot read it from JSON.
_TEXT = string.printable + "äöüßñ€漢字😀\x01\x7f"
_RANGES = {"B": (0, 2**8), "b": (-(2**7), 2**7), "H": (0, 2**16), "h": (-(2**15), 2**15), "I": (0, 2**32),
           "i": (-(2**31), 2**31), "Q": (0, 2**64), "q": (-(2**63), 2**63)}  # fmt: skip


class RandomValues:
    """Makes values as the codec takes them. Every optional field is left out now and then."""

    def __init__(self, schema: Schema, seed: int, deepest: int = 6) -> None:
        self.schema = schema
        self.random = random.Random(seed)
        self.deepest = deepest

    def table(self, name: str, depth: int = 0) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for field in self.schema.tables[name].fields:
            if not field.required and self.random.random() < (0.3 if depth < self.deepest else 0.9):
                continue
            if isinstance(field.type, Union):
                members = list(field.type.members)
                # Beyond the depth only the first member, as unions can lead back to where they came from.
                made[field.key + "Type"] = member = members[0] if depth > self.deepest else self.random.choice(members)
                made[field.key] = self.table(field.type.members[member], depth + 1)
            else:
                made[field.key] = self._value(field.type, depth)
        return made

    def _value(self, kind: Type, depth: int) -> Any:
        if isinstance(kind, TableRef):
            return self.table(kind.name, depth + 1)
        if isinstance(kind, Vector):
            items = [self._value(kind.element, depth) for _ in range(self.random.choice((0, 1, 2, 5)))]
            return bytes(items) if isinstance(kind.element, Scalar) and kind.element.format == "B" else items
        if isinstance(kind, String):
            return "".join(self.random.choices(_TEXT, k=self.random.choice((0, 1, 3, 4, 7, 8, 36, 300))))
        if isinstance(kind, Enum):
            return self.random.choice(list(kind.values))
        assert isinstance(kind, Scalar)
        if kind.format == "?":
            return self.random.random() < 0.5
        if kind.format in "fd":
            # flatc writes few digits.
            return self.random.choice((0.0, 1.5, -2.25, self.random.randrange(-4000, 4000) / 4))
        low, high = _RANGES[kind.format]
        return self.random.choice((0, 1, low, high - 1, self.random.randrange(low, high)))


def with_defaults(schema: Schema, table: str, value: dict[str, Any]) -> dict[str, Any]:
    """`value` as it looks after a journey: numbers that were left out have their defaults."""
    full: dict[str, Any] = {}
    for field in schema.tables[table].fields:
        inner = value.get(field.key)
        if isinstance(field.type, Union):
            if inner is not None:
                member = value[field.key + "Type"]
                full[field.key + "Type"] = member
                full[field.key] = with_defaults(schema, field.type.members[member], inner)
        elif inner is None:
            if field.default is not None:
                full[field.key] = _default(field.type, field.default)
        elif isinstance(field.type, TableRef):
            full[field.key] = with_defaults(schema, field.type.name, inner)
        elif isinstance(field.type, Vector) and isinstance(field.type.element, TableRef):
            full[field.key] = [with_defaults(schema, field.type.element.name, item) for item in inner]
        else:
            full[field.key] = inner
    return full


def _default(kind: Type, number: int | float) -> Any:
    if isinstance(kind, Enum):
        return next(name for name, value in kind.values.items() if value == number)
    return bool(number) if isinstance(kind, Scalar) and kind.format == "?" else number


def to_flatc(schema: Schema, table: str, value: dict[str, Any]) -> dict[str, Any]:
    """`value` as the JSON that flatc reads: names with underscores, bytes as numbers."""
    said: dict[str, Any] = {}
    for field in schema.tables[table].fields:
        inner = value.get(field.key)
        name = _snake(field.key)
        if inner is None:
            continue
        if isinstance(field.type, Union):
            member = said[name + "_type"] = value[field.key + "Type"]
            said[name] = to_flatc(schema, field.type.members[member], inner)
        elif isinstance(field.type, TableRef):
            said[name] = to_flatc(schema, field.type.name, inner)
        elif isinstance(field.type, Vector) and isinstance(field.type.element, TableRef):
            said[name] = [to_flatc(schema, field.type.element.name, item) for item in inner]
        else:
            said[name] = list(inner) if isinstance(inner, bytes) else inner
    return said


def from_flatc(schema: Schema, table: str, said: dict[str, Any]) -> dict[str, Any]:
    """The JSON that flatc writes, as a value of the codec."""
    value: dict[str, Any] = {}
    for field in schema.tables[table].fields:
        name = _snake(field.key)
        inner = said.get(name)
        if inner is None:
            continue
        if isinstance(field.type, Union):
            member = value[field.key + "Type"] = said[name + "_type"]
            value[field.key] = from_flatc(schema, field.type.members[member], inner)
        elif isinstance(field.type, TableRef):
            value[field.key] = from_flatc(schema, field.type.name, inner)
        elif isinstance(field.type, Vector) and isinstance(field.type.element, TableRef):
            value[field.key] = [from_flatc(schema, field.type.element.name, item) for item in inner]
        elif isinstance(field.type, Vector) and isinstance(field.type.element, Scalar):
            value[field.key] = bytes(inner) if field.type.element.format == "B" else inner
        else:
            value[field.key] = inner
    return value


def _snake(key: str) -> str:
    return re.sub("[A-Z]", lambda letter: "_" + letter[0].lower(), key)
