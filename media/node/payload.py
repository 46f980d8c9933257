"""Reading the data of a request.

The web side has checked it already; what is wrong all the same is refused with BAD_REQUEST and never breaks a handler.
"""

from collections.abc import Collection
from typing import Any

from media.errors import BAD_REQUEST, MediaError

Json = dict[str, Any]


class Payload:
    """The data of one request, read field by field.

    Every method raises `MediaError` (BAD_REQUEST) for a wrong field.
    """

    def __init__(self, data: Json) -> None:
        self._data = data

    def __contains__(self, name: str) -> bool:
        return self._data.get(name) is not None

    def text(self, name: str) -> str:
        """A string that is there and not empty."""
        value = self._data.get(name)
        if not isinstance(value, str) or not value:
            raise MediaError(BAD_REQUEST, f"{name} is missing or not a string.")
        return value

    def choice(self, name: str, choices: Collection[str]) -> str:
        """One of `choices`."""
        value = self.text(name)
        if value not in choices:
            raise MediaError(BAD_REQUEST, f"{name} is one of {', '.join(choices)}.")
        return value

    def flag(self, name: str) -> bool:
        """A boolean; False when it is not there."""
        value = self._data.get(name, False)
        if not isinstance(value, bool):
            raise MediaError(BAD_REQUEST, f"{name} is not a boolean.")
        return value

    def integer(self, name: str) -> int:
        """A whole number that is there."""
        value = self._data.get(name)
        if not isinstance(value, int) or isinstance(value, bool):
            raise MediaError(BAD_REQUEST, f"{name} is missing or not a whole number.")
        return value

    def mapping(self, name: str) -> Json:
        """An object that is there."""
        value = self._data.get(name)
        if not isinstance(value, dict):
            raise MediaError(BAD_REQUEST, f"{name} is missing or not an object.")
        return value

    def mappings(self, name: str) -> "list[Payload]":
        """A list of objects."""
        value = self._data.get(name)
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise MediaError(BAD_REQUEST, f"{name} is missing or not a list of objects.")
        return [Payload(item) for item in value]

    def texts(self, name: str) -> list[str]:
        """A list of strings, without the ones that repeat."""
        value = self._data.get(name)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise MediaError(BAD_REQUEST, f"{name} is missing or not a list of strings.")
        return list(dict.fromkeys(value))
