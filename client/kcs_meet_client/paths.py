"""Where things are, and what is said about them."""

from typing import Any
from urllib.parse import quote


def at(meeting: str, *further: str) -> str:
    """What belongs to a meeting, under `/api/`."""
    return "/".join(["meetings", *map(quoted, (meeting, *further)), ""])


def quoted(name: str) -> str:
    """One part of a path, whatever stands in it."""
    return quote(name, safe="")


def said(**fields: Any) -> dict[str, Any]:
    """Those that were said."""
    return {name: value for name, value in fields.items() if value is not None}
