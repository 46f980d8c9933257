"""What a participant may send, as the site said last."""

from collections.abc import Set

from media.link.frames import SENDS

from .payload import Payload


class Permitted:
    """Everything, until the site has said something else.

    What the site says is numbered, for it comes over several ways: with what the participant asks for, and by itself
    when a host changes it. An older word that arrives after a newer one changes nothing.
    """

    def __init__(self) -> None:
        self._version = -1
        self._sources: Set[str] | None = None

    def learn(self, data: Payload) -> bool:
        """Take up what a request carries, if it carries anything: `{version, sources}`. Whether that was news.

        Raises `MediaError` (BAD_REQUEST).
        """
        if SENDS not in data:
            return False
        said = Payload(data.mapping(SENDS))
        version, sources = said.integer("version"), frozenset(said.texts("sources"))
        if version <= self._version:
            return False
        self._version, self._sources = version, sources
        return True

    def allows(self, source: str) -> bool:
        """Whether they may be seen or heard with `source`."""
        return self._sources is None or source in self._sources
