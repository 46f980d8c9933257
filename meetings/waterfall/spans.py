"""How long each event of an attempt took, or lasted: from its own `ms`, or until the event that ends it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from meetings.trace.event import Event

# `took`: it ended when it was told, having taken so long. `until`: it lasted until something else happened. `open`:
# that has not happened. `moment`: it had no length.
Kind = Literal["took", "until", "open", "moment"]


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when, in seconds since the epoch."""

    begins: float
    ends: float
    kind: Kind


@dataclass(frozen=True, slots=True)
class _Until:
    """What begins with one event ends with another that agrees with it in some of its data."""

    begins: tuple[str, str]
    ends: tuple[str, str]
    same: tuple[str, ...] = ()
    # What one of the data must be at either end; "outcome" is the event's own.
    begin: tuple[str, tuple[Any, ...]] | None = None
    end: tuple[str, tuple[Any, ...]] | None = None
    # Whether it is still going on while it has not ended.
    lasts: bool = True


_CONNECTED = ("state", ("connected", "failed", "closed"))
_RULES = (
    _Until(("page", "socket-lost"), ("page", "socket"), end=("outcome", ("ok",))),
    _Until(("page", "join-asked"), ("page", "joined")),
    _Until(("node", "announced"), ("node", "first-stun"), ("direction",)),
    _Until(("node", "first-stun"), ("node", "selected-tuple"), ("direction",)),
    _Until(("node", "dtls"), ("node", "dtls"), ("direction",), ("state", ("connecting",)), _CONNECTED),
    _Until(("page", "connection"), ("page", "connection"), ("direction",),
           ("state", ("new", "connecting", "disconnected")), _CONNECTED),
    _Until(("node", "ice"), ("node", "selected-tuple"), ("direction",), ("state", ("disconnected",))),
    _Until(("page", "sending"), ("node", "first-rtp-in"), ("source",), ("outcome", ("ok",)), lasts=False),
    _Until(("page", "track"), ("page", "track"), ("source",), ("what", ("muted",)), ("what", ("unmuted", "ended"))),
    _Until(("node", "paused"), ("node", "paused"), ("producerId", "consumerId", "by"),
           ("on", (True,)), ("on", (False,))),
    _Until(("web", "media-lost"), ("web", "media-restored")),
    _Until(("web", "verdict"), ("web", "verdict"), ("code", "about", "source"),
           ("outcome", ("failed", "waiting", "changed")), ("outcome", ("ok",))),
)  # fmt: skip
# Who waits for something waits for the next event of that step about the same thing that has another outcome.
_SAME_THING = ("direction", "source", "participantId", "consumerId", "url")

_Key = tuple[Any, ...]


def spans(events: Sequence[Event], now: float) -> list[Span]:
    """The span of each event. `events` are in the order of time; what has not ended lasts until `now`."""
    found: list[Span] = []
    open_ones: dict[_Key, list[int]] = {}
    for place, event in enumerate(events):
        for key in _ended_by(event):
            for begun in open_ones.pop(key, ()):
                found[begun] = Span(events[begun].at, max(event.at, events[begun].at), "until")
        own, keys = _own(event), _begun_by(event)
        found.append(own or Span(event.at, event.at, "moment"))
        for key, lasts in keys if own is None else ():
            open_ones.setdefault(key, []).append(place)
            if lasts:
                found[place] = Span(event.at, max(now, event.at), "open")
    return found


def _own(event: Event) -> Span | None:
    value = event.data.get("ms")
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e9:
        return None
    return Span(event.at - value / 1000, event.at, "took")


def _begun_by(event: Event) -> list[tuple[_Key, bool]]:
    keys: list[tuple[_Key, bool]] = [
        ((place, *(_plain(event.data.get(name)) for name in rule.same)), rule.lasts)
        for place, rule in enumerate(_RULES)
        if rule.begins == (event.side, event.step) and _is(event, rule.begin)
    ]
    if event.outcome == "waiting" and not keys:
        keys.append((_waiting(event), True))
    return keys


def _ended_by(event: Event) -> list[_Key]:
    keys: list[_Key] = [
        (place, *(_plain(event.data.get(name)) for name in rule.same))
        for place, rule in enumerate(_RULES)
        if rule.ends == (event.side, event.step) and _is(event, rule.end)
    ]
    # A step that goes on waiting is told again and again; each of them ends with the next.
    keys.append(_waiting(event))
    return keys


def _waiting(event: Event) -> _Key:
    return (event.side, event.step, *(_plain(event.data.get(name)) for name in _SAME_THING))


def _is(event: Event, wanted: tuple[str, tuple[Any, ...]] | None) -> bool:
    if wanted is None:
        return True
    name, values = wanted
    return (event.outcome if name == "outcome" else _plain(event.data.get(name))) in values


def _plain(value: Any) -> str | bool | None:
    """Data come from outside: what is no plain value counts as not there."""
    return value if isinstance(value, str | bool) else None
