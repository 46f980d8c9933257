"""Telling JSON values apart the way the JavaScript API does, for data that comes from clients.

JavaScript takes ``null``, ``false``, ``0`` and ``""`` in place of an optional value for "not given"; so do the
``optional_…`` functions here, and they answer None for it (an empty string and the number 0 stay what they are where
the field is of that type). Everything else of the wrong type is a TypeError that names the field.
"""

import sys
from typing import Any, Final, TypeGuard

UINT8_MAX: Final = 2**8 - 1
UINT16_MAX: Final = 2**16 - 1
UINT32_MAX: Final = 2**32 - 1
UINT64_MAX: Final = 2**64 - 1


def is_number(value: object) -> TypeGuard[int | float]:
    """Tell whether a value is a JSON number that a double can hold. Booleans are not, nor are NaN and infinities."""
    return (type(value) is int or type(value) is float) and -sys.float_info.max <= value <= sys.float_info.max


def is_object(value: object) -> TypeGuard[dict[str, Any]]:
    """Tell whether a value is a JSON object. Arrays are not, though JavaScript calls them objects."""
    return isinstance(value, dict)


def is_array(value: object) -> TypeGuard[list[Any] | tuple[Any, ...]]:
    """Tell whether a value is a JSON array."""
    return isinstance(value, list | tuple)


def is_not_given(value: object) -> bool:
    """Tell whether a value stands for "not given": None, False, 0 or an empty string."""
    return value is None or value is False or (type(value) in (int, float, str) and not value)


def as_object(value: object, path: str) -> dict[str, Any]:
    """Return a JSON object as it is; TypeError for anything else."""
    if not is_object(value):
        raise TypeError(f"{path} is not an object")
    return value


def optional_object(owner: dict[str, Any], field: str, path: str) -> dict[str, Any] | None:
    """Return the JSON object in a field, or None when it is not given."""
    value = owner.get(field)
    return None if is_not_given(value) else as_object(value, f"{path}.{field}")


def optional_array(owner: dict[str, Any], field: str, path: str) -> list[Any] | tuple[Any, ...]:
    """Return the JSON array in a field, empty when it is not given."""
    value = owner.get(field)
    if is_array(value):
        return value
    if is_not_given(value):
        return ()
    raise TypeError(f"{path}.{field} is not an array")


def is_text(value: object) -> TypeGuard[str]:
    """Tell whether a value is a string that can be sent as UTF-8 (lone surrogates of JSON escapes cannot)."""
    if not isinstance(value, str):
        return False
    if value.isascii():
        return True
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def mandatory_text(owner: dict[str, Any], field: str, path: str) -> str:
    """Return the string in a field; TypeError when it is missing or empty."""
    value = owner.get(field)
    if not value or not is_text(value):
        raise TypeError(f"{path}.{field} is missing or not a string")
    return value


def optional_text(owner: dict[str, Any], field: str, path: str) -> str | None:
    """Return the string in a field, or None when it is not given."""
    value = owner.get(field)
    if value is None or is_text(value):
        return value
    if is_not_given(value):
        return None
    raise TypeError(f"{path}.{field} is not a string")


def mandatory_number(owner: dict[str, Any], field: str, path: str) -> int | float:
    """Return the number in a field; TypeError when it is missing."""
    value = owner.get(field)
    if not is_number(value):
        raise TypeError(f"{path}.{field} is missing or not a number")
    return value


def mandatory_integer(owner: dict[str, Any], field: str, path: str, maximum: int) -> int:
    """Return the integer in a field as an int (``8.0`` is one); TypeError when missing or outside 0 to ``maximum``."""
    value = mandatory_number(owner, field, path)
    if not 0 <= value <= maximum or value % 1:
        raise TypeError(f"{path}.{field} is not an integer between 0 and {maximum}")
    return int(value)


def optional_integer(owner: dict[str, Any], field: str, path: str, maximum: int) -> int | None:
    """Return the integer in a field as an int, or None when it is not given."""
    value = owner.get(field)
    if not is_number(value) and is_not_given(value):
        return None
    return mandatory_integer(owner, field, path, maximum)
