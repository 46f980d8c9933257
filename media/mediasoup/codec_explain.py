"""Finds out why a value does not fit its schema: slow and thorough, for the text of an error that is being raised."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import Any

from media.mediasoup.schema import Enum, Scalar, Schema, String, TableRef, Type, Union, Vector

# Nothing in mediasoup's schemas comes near this; a value that contains itself does.
_DEEPEST = 50


def explain(schema: Schema, table: str, value: Any) -> str | None:
    """The first thing in `value` that is no `table`, as `path: reason`. None when nothing is found."""
    return _table(schema, table, value, table.rpartition(".")[2], 0)


def _table(schema: Schema, name: str, value: Any, path: str, depth: int) -> str | None:
    if depth > _DEEPEST:
        return f"{path[:200]}…: nested too deeply"
    if not isinstance(value, dict):
        return f"{path}: a dict is needed, not {value!r}"
    for field in schema.tables[name].fields:
        inner = value.get(field.key)
        where = f"{path}.{field.key}"
        if isinstance(field.type, Union):
            member = value.get(field.key + "Type")
            if member is None and inner is None and not field.required:
                continue
            if not isinstance(member, str) or member not in field.type.members:
                return f"{where}Type: {member!r} is none of {', '.join(field.type.members)}"
            problem = _table(schema, field.type.members[member], inner, where, depth + 1)
        elif inner is None:
            problem = f"{where}: is required" if field.required else None
        else:
            problem = _value(schema, field.type, inner, where, depth + 1)
        if problem:
            return problem
    return None


def _value(schema: Schema, kind: Type, value: Any, path: str, depth: int) -> str | None:
    if isinstance(kind, TableRef):
        return _table(schema, kind.name, value, path, depth)
    if isinstance(kind, Vector):
        if isinstance(value, str | dict) or not isinstance(value, Iterable):
            return f"{path}: a list is needed, not {value!r}"
        found = (_value(schema, kind.element, item, f"{path}[{index}]", depth) for index, item in enumerate(value))
        return next((problem for problem in found if problem), None)
    if isinstance(kind, String):
        return None if isinstance(value, str) and _is_text(value) else f"{path}: a string is needed, not {value!r}"
    if isinstance(kind, Enum):
        known = isinstance(value, str) and value in kind.values
        return None if known else f"{path}: {value!r} is none of {', '.join(kind.values)}"
    assert isinstance(kind, Scalar)
    try:
        struct.pack("<" + kind.format.replace("?", "B"), value)
    except (struct.error, OverflowError):
        return f"{path}: {value!r} is no {kind.name}"
    return None


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
