"""What one sample of quality says. Samples come from pages: what is no number where one belongs is not there."""

from typing import Any, NamedTuple

from meetings.trace.event import Event, Json
from meetings.verdicts.blame import FROZEN, JITTER_MS, LOSS

SECONDS = 5.0
_NUMBERS = (int, float)
_FREE = (None, "none")
_NOTHING: Json = {}
# A page that was asleep may tell of a long stretch; one that claims more than this is not believed.
LONGEST = 120.0


class Reading(NamedTuple):
    """A sample, about the `seconds` before `at`. Shares are of one, times in ms; None where nothing was measured.

    `frozen_ms` is that of the picture that stood still longest, `stream_loss` and `stream_jitter` those of the worst
    stream, `seen_height` that of the largest picture and `layer` the lowest spatial layer that came. `poor` tells
    whether a stream came so badly that somebody is to blame. `data` is the sample: all of it where one did, what was
    sent where that was held back, and nothing where all was well.
    """

    at: float
    seconds: float
    up_kbps: float | None
    down_kbps: float | None
    up_loss: float | None
    down_loss: float | None
    rtt: float | None
    up_jitter: float | None
    down_jitter: float | None
    sent_height: float | None
    seen_height: float | None
    layer: int | None
    limited: str
    freezes: int
    frozen_ms: float
    stream_loss: float
    stream_jitter: float
    spoke_ms: float
    poor: bool
    data: Json

    @property
    def began(self) -> float:
        """When the stretch that it is about began."""
        return self.at - self.seconds


def reading_of(event: Event) -> Reading:
    """The sample that a `quality` event carries."""
    data = event.data
    up, down = _part(data, "up"), _part(data, "down")
    seconds = min(_number(data.get("seconds")) or SECONDS, LONGEST)
    sources = [one for one in _part(up, "sources").values() if one.__class__ is dict]
    up_loss, limited = _share(up.get("loss")), up.get("limited", "none" if up else "")
    streams = _listed(down)
    jitter = _number(down.get("jitter")) or 0.0
    loss = _most(streams, "loss") if down.get("loss") else 0.0
    frozen = (_most(streams, "frozenMs") or _number(down.get("frozenMs")) or 0.0) if down.get("frozenMs") else 0.0
    poor = frozen >= FROZEN * seconds * 1000 or loss >= LOSS or jitter >= JITTER_MS
    layers = [layer for one in (down, *streams) if (layer := one.get("layer")).__class__ is int and 0 <= layer < 16]
    rtt = _number(up.get("rtt"))
    limits = [limit for one in (up, *sources) if (limit := one.get("limited")) not in _FREE]
    held_back = bool(limits) or (up_loss or 0.0) >= LOSS
    return Reading(
        at=event.at,
        seconds=seconds,
        up_kbps=_number(up.get("kbps")),
        down_kbps=_number(down.get("kbps")),
        up_loss=up_loss,
        down_loss=_share(down.get("loss")),
        rtt=_path_rtt(data) if rtt is None else rtt,
        up_jitter=_number(up.get("jitter")),
        down_jitter=_number(down.get("jitter")),
        sent_height=_number(up.get("height")) or _most(sources, "height") or None,
        seen_height=_number(down.get("height")) or _most(streams, "height") or None,
        layer=min(layers, default=None),
        limited=limited if isinstance(limited, str) else "",
        freezes=int(_number(down.get("freezes")) or 0),
        frozen_ms=min(frozen, seconds * 1000),
        stream_loss=min(loss, 1.0),
        stream_jitter=jitter,
        spoke_ms=min(_number(data.get("spoke")) or 0.0, seconds * 1000),
        poor=poor,
        data=data if poor else {"up": up, "us": data.get("us")} if held_back else _NOTHING,
    )


def _listed(down: Json) -> list[Json]:
    given = down.get("streams")
    return [one for one in given if one.__class__ is dict] if given.__class__ is list else []


def _path_rtt(data: Json) -> float | None:
    path = _part(data, "path")
    known = [_number(_part(path, way).get("rtt")) for way in ("send", "recv")]
    return max((one for one in known if one is not None), default=None)


def _most(streams: list[Json], name: str) -> float:
    """The largest of what they say; 0 where none says anything."""
    return max([_number(one.get(name)) or 0.0 for one in streams], default=0.0)


def _part(data: Json, name: str) -> Json:
    value = data.get(name)
    return value if value.__class__ is dict else _NOTHING


def _number(value: Any) -> float | None:
    # JSON makes no others, and what is not a number (NaN) fails the comparison.
    return float(value) if value.__class__ in _NUMBERS and 0 <= value < 1e12 else None


def _share(value: Any) -> float | None:
    number = _number(value)
    return None if number is None else min(number, 1.0)
