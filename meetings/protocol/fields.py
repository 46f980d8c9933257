"""Kinds of values in the contract: what each accepts, and how the reference page names it.

A shape is a dict from field name to kind; a name that ends in `?` may be absent.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import UUID

# As good as: a frame of ours holds no more.
UNLIMITED = 64 * 1024
# Code points that are no characters (PostgreSQL stores no NUL, UTF-8 no lone surrogate), and control characters.
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class Invalid(ValueError):
    """A value is not what its field wants. The text names the field."""

    def __init__(self, where: str, problem: str) -> None:
        super().__init__(f"{where} {problem}" if where else problem)


class Kind(Protocol):
    """A kind of value."""

    def check(self, value: Any, where: str) -> None:
        """Raise Invalid, naming `where`, unless `value` is of this kind."""

    def describe(self) -> str:
        """How the reference page writes it."""


@dataclass(frozen=True)
class Text:
    """Characters to be shown to people or handed back to us; with `blank`, maybe nothing but white space."""

    longest: int = UNLIMITED
    shortest: int = 1
    blank: bool = True

    def check(self, value: Any, where: str) -> None:
        if not isinstance(value, str):
            raise Invalid(where, "must be a string")
        if not self.shortest <= len(value) <= self.longest:
            raise Invalid(where, f"must have {self.shortest} to {self.longest} characters")
        if UNPRINTABLE.search(value):
            raise Invalid(where, "has characters that cannot be shown")
        if not self.blank and not value.strip():
            raise Invalid(where, "must not be blank")

    def describe(self) -> str:
        return "string" if self.longest == UNLIMITED else f"string({self.longest})"


@dataclass(frozen=True)
class Id:
    """An opaque id."""

    def check(self, value: Any, where: str) -> None:
        Text(longest=128).check(value, where)

    def describe(self) -> str:
        return "id"


@dataclass(frozen=True)
class Whole:
    """A whole number."""

    least: int = 0
    most: int = 2**31 - 1

    def check(self, value: Any, where: str) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            raise Invalid(where, "must be a whole number")
        if not self.least <= value <= self.most:
            raise Invalid(where, f"must be from {self.least} to {self.most}")

    def describe(self) -> str:
        return f"{self.least}…{self.most}"


@dataclass(frozen=True)
class Number:
    """Any finite number."""

    def check(self, value: Any, where: str) -> None:
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise Invalid(where, "must be a number")

    def describe(self) -> str:
        return "number"


@dataclass(frozen=True)
class Moment:
    """Milliseconds since 1970, in the years in which this may be of use."""

    def check(self, value: Any, where: str) -> None:
        Number().check(value, where)
        if not 0 < value < 1e13:
            raise Invalid(where, "must be milliseconds since 1970")

    def describe(self) -> str:
        return "milliseconds"


@dataclass(frozen=True)
class When:
    """A point in time as ISO 8601 has it; without an offset it is in UTC."""

    def check(self, value: Any, where: str) -> None:
        Text(longest=40).check(value, where)
        try:
            self.read(value)
        except (ValueError, OverflowError):
            raise Invalid(where, "must be a date and time like 2026-11-23T09:00:00Z") from None

    def read(self, value: str) -> datetime:
        """It, in UTC. Raises ValueError or OverflowError when it is none."""
        moment = datetime.fromisoformat(value)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)

    def describe(self) -> str:
        return "ISO 8601 time"


@dataclass(frozen=True)
class Written:
    """Text in a notation of its own. `read` judges it, and raises ValueError saying what is wrong; `pattern` is how it
    is usually written, for those who are told what to send.
    """

    name: str
    pattern: str
    read: Callable[[str], object]
    longest: int

    def check(self, value: Any, where: str) -> None:
        Text(longest=self.longest).check(value, where)
        try:
            self.read(value)
        except ValueError as wrong:
            raise Invalid(where, f"must be {self.name}: {wrong}".rstrip(".")) from None

    def describe(self) -> str:
        return self.name


@dataclass(frozen=True)
class Uuid:
    """A UUID."""

    def check(self, value: Any, where: str) -> None:
        Text(longest=36).check(value, where)
        try:
            UUID(value)
        except ValueError:
            raise Invalid(where, "must be a UUID") from None

    def describe(self) -> str:
        return "uuid"


@dataclass(frozen=True)
class Flag:
    """Yes or no."""

    def check(self, value: Any, where: str) -> None:
        if not isinstance(value, bool):
            raise Invalid(where, "must be true or false")

    def describe(self) -> str:
        return "boolean"


@dataclass(frozen=True)
class SmallObject:
    """A JSON object that is kept as it is: up to 4 KiB, of characters that can be shown."""

    largest: int = 4096

    def check(self, value: Any, where: str) -> None:
        if not isinstance(value, dict):
            raise Invalid(where, "must be an object")
        if len(json.dumps(value)) > self.largest:
            raise Invalid(where, f"must not be larger than {self.largest} characters")
        if any(UNPRINTABLE.search(text) for text in _texts(value)):
            raise Invalid(where, "has characters that cannot be shown")

    def describe(self) -> str:
        return "{…}"


@dataclass(frozen=True, init=False)
class OneOf:
    """One of some words."""

    words: tuple[str, ...]

    def __init__(self, *words: str) -> None:
        object.__setattr__(self, "words", words)

    def check(self, value: Any, where: str) -> None:
        if not isinstance(value, str) or value not in self.words:
            raise Invalid(where, f"must be one of {', '.join(self.words)}")

    def describe(self) -> str:
        return " or ".join(f'"{word}"' for word in self.words)


@dataclass(frozen=True)
class Blob:
    """A JSON object of WebRTC's or mediasoup's, which media judges; `what` names its type."""

    what: str

    def check(self, value: Any, where: str) -> None:
        if not isinstance(value, dict):
            raise Invalid(where, "must be an object")

    def describe(self) -> str:
        return self.what


@dataclass(frozen=True)
class ListOf:
    """A list of up to `longest` values of one kind, no two of them the same where they are to be `distinct`."""

    item: Kind
    longest: int = 1000
    shortest: int = 0
    distinct: bool = False

    def check(self, value: Any, where: str) -> None:
        if not isinstance(value, list):
            raise Invalid(where, "must be a list")
        if not self.shortest <= len(value) <= self.longest:
            raise Invalid(where, f"must have {self.shortest} to {self.longest} items")
        for index, item in enumerate(value):
            self.item.check(item, f"{where}[{index}]")
            if self.distinct and item in value[:index]:
                raise Invalid(f"{where}[{index}]", "must not be there twice")

    def describe(self) -> str:
        return f"[{self.item.describe()}, …]"


@dataclass(frozen=True)
class Nullable:
    """A value or null."""

    kind: Kind

    def check(self, value: Any, where: str) -> None:
        if value is not None:
            self.kind.check(value, where)

    def describe(self) -> str:
        return f"{self.kind.describe()} or null"


class Shape:
    """An object with exactly these fields. With a `name`, the reference page describes it once."""

    def __init__(self, fields: Mapping[str, Kind] | None = None, *, name: str = "") -> None:
        self.name = name
        self.fields: dict[str, tuple[Kind, bool]] = {
            name.removesuffix("?"): (kind, name.endswith("?")) for name, kind in (fields or {}).items()
        }

    def check(self, value: Any, where: str) -> None:
        if not isinstance(value, dict):
            raise Invalid(where or "data", "must be an object")
        for name, (kind, optional) in self.fields.items():
            if name in value:
                kind.check(value[name], _inside(where, name))
            elif not optional:
                raise Invalid(_inside(where, name), "is missing")
        for name in value:
            if name not in self.fields:
                raise Invalid(_inside(where, str(name)[:80]), "is not a field of this")

    def describe(self) -> str:
        return self.name or self.describe_fields()

    def describe_fields(self) -> str:
        """All of it, named or not."""
        inner = ", ".join(
            f"{name}{'?' if optional else ''}: {kind.describe()}" for name, (kind, optional) in self.fields.items()
        )
        return f"{{{inner}}}"


class Forms:
    """An object of one of several shapes; the fields that only one of them has tell which."""

    def __init__(self, **shapes: Shape) -> None:
        self.shapes = shapes

    def check(self, value: Any, where: str) -> None:
        if not isinstance(value, dict):
            raise Invalid(where or "data", "must be an object")
        for mark, shape in self.shapes.items():
            if mark in value:
                shape.check(value, where)
                return
        raise Invalid(where, f"must have one of {', '.join(self.shapes)}")

    def describe(self) -> str:
        return " or ".join(shape.describe() for shape in self.shapes.values())


def _texts(value: Any) -> Iterator[str]:
    """All strings in a JSON value, names of fields too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        yield from value
        for item in value.values():
            yield from _texts(item)


def _inside(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name
