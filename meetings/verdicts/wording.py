"""Texts with values in them, which whoever reads them puts together in a language of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

NAME = "{name}"
_PLACE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Wording:
    """A text, in English, with places as in `{own}` and what goes into them. A value that is a wording itself is one
    that is to be translated; any other is the same in each language.

    Where there is a `count`, `text` is what is said of one, and `many` of more. As a string it is the English
    sentence, in which `{name}` stays open until it is filled.
    """

    text: str
    values: Mapping[str, object] = field(default_factory=dict)
    many: str = ""
    count: int | None = None

    def with_values(self, **values: object) -> Wording:
        """The same with more values."""
        return replace(self, values={**self.values, **values})

    def counting(self, count: int) -> Wording:
        """The same of so many."""
        return replace(self, count=count)

    def naming(self, name: str) -> Wording:
        """The same with `name` where `{name}` stands, within its values too."""
        values = {place: value.naming(name) if isinstance(value, Wording) else value for place, value in self._placed()}
        return replace(self, values={**values, "name": name})

    def as_json(self) -> dict[str, Any]:
        """`{text, values?, many?, count?}` with the values that it has places for; a value is a string, or the same."""
        values = {
            place: value.as_json() if isinstance(value, Wording) else str(value) for place, value in self._placed()
        }
        counted = {} if self.count is None else {"many": self.many, "count": self.count}
        return {"text": self.text, **({"values": values} if values else {}), **counted}

    @property
    def is_whole(self) -> bool:
        """Whether it is one text, without places: its English is the key to its translation."""
        return not _PLACE.search(self.text)

    def __str__(self) -> str:
        said = self.text if self.count in (None, 1) else self.many
        return said.format_map({"name": NAME, "count": self.count, **self.values})

    def _placed(self) -> Iterator[tuple[str, object]]:
        places = dict.fromkeys(_PLACE.findall(f"{self.text} {self.many}"))
        return ((place, self.values[place]) for place in places if place in self.values)
