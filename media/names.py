"""Names for the meetings and people whose media these are. Media know ids only; who knows the names registers here."""

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass

# A name that was looked up lately is not looked up again; pages ask every second.
KEPT_SECONDS = 20.0
MOST_KEPT = 20_000


@dataclass(frozen=True, slots=True)
class Name:
    """`text` is for people, `url` where the admin has more about it; empty where it has nothing."""

    text: str
    url: str = ""


Resolver = Callable[[Collection[str], Collection[str]], tuple[dict[str, Name], dict[str, Name]]]
"""Given ids of meetings and of participants: the names of those that are known, by id. May query the database."""

Key = tuple[str, str]
"""What kind of id, and the id."""

_resolvers: list[Resolver] = []
_kept: dict[Key, tuple[float, Name | None]] = {}


def register(resolver: Resolver) -> None:
    """Ask `resolver` for names from now on. For an app's `ready`."""
    if resolver not in _resolvers:
        _resolvers.append(resolver)


def names_of(meetings: Collection[str], participants: Collection[str]) -> tuple[dict[str, Name], dict[str, Name]]:
    """The names of those that anybody knows, by id, at most twenty seconds old."""
    kept = {
        **{("meeting", one): _kept.get(("meeting", one)) for one in meetings},
        **{("participant", one): _kept.get(("participant", one)) for one in participants},
    }
    now = time.monotonic()
    missing = [key for key, entry in kept.items() if entry is None or entry[0] <= now]
    if missing:
        if len(_kept) > MOST_KEPT:
            _kept.clear()
        for key, name in _asked(missing).items():
            kept[key] = _kept[key] = (now + KEPT_SECONDS, name)
    known = {key: entry[1] for key, entry in kept.items() if entry is not None and entry[1] is not None}
    return (
        {one: name for (kind, one), name in known.items() if kind == "meeting"},
        {one: name for (kind, one), name in known.items() if kind == "participant"},
    )


def forget() -> None:
    """Look everything up again the next time."""
    _kept.clear()


def _asked(keys: list[Key]) -> dict[Key, Name | None]:
    """What the resolvers say; None for whom nobody knows."""
    asked: dict[Key, Name | None] = dict.fromkeys(keys)
    meetings = [one for kind, one in keys if kind == "meeting"]
    participants = [one for kind, one in keys if kind == "participant"]
    for resolver in _resolvers:
        of_meetings, of_participants = resolver(meetings, participants)
        asked |= {("meeting", one): name for one, name in of_meetings.items()}
        asked |= {("participant", one): name for one, name in of_participants.items()}
    return asked
