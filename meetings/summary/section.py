"""A part of the summary."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from meetings.attendance.looking import Look


@dataclass(frozen=True, slots=True)
class Section:
    """`name` is its anchor and the template below `meetings/summary/`, which shows what is in `holds`."""

    name: str
    title: str
    holds: Mapping[str, Any]

    @property
    def template(self) -> str:
        """Where its template is."""
        return f"meetings/summary/{self.name}.html"


MakeSection = Callable[[Look], Section | None]
"""Reads a section; None where the site does not show it."""
