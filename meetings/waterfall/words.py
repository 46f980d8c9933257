"""Data as text: names for ids, units for numbers, nothing too long to read."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from meetings.timeline import units
from meetings.trace.event import Json

LONGEST = 300
_CAPITAL = re.compile(r"(?<=[a-z0-9])([A-Z])")
_SHARES = frozenset({"loss", "lossIn", "lossOut", "cpu"})
# Seconds since the epoch that are some time between 2001 and 2096.
_EPOCH = (1e9, 4e9)
_TIMES = frozenset({"ms", "rtt", "jitter", "lagMs", "frozenMs", "spoke"})
# What is nested deeper is not read by anybody, and may have been made to be deep.
_DEEPEST = 4


def in_words(data: Json, names: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Each of the data, an event's or a verdict's evidence: what it is called, and what it is.

    `names` are those of participants, by id.
    """
    return tuple(
        (_called(key), _cut(_said(key, value, names))) for key, value in data.items() if value not in (None, "")
    )


def _called(key: str) -> str:
    """`closeCode` is called "close code"; ids are called after what they are of."""
    spaced = _CAPITAL.sub(lambda found: " " + found.group(1).lower(), key)
    return spaced.removesuffix(" id") if key == "participantId" else spaced


def _said(key: str, value: Any, names: Mapping[str, str], depth: int = 0) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return _number(key, value)
    if isinstance(value, str):
        return names.get(value, value) if key in ("participantId", "about") else value
    if depth == _DEEPEST:
        return "…"
    if isinstance(value, list):
        return ", ".join(_said(key, one, names, depth + 1) for one in value[:20]) or "none"
    if isinstance(value, dict):
        named = value.items()
        return _address(value) or " ".join(f"{_called(key)} {_said(key, one, names, depth + 1)}" for key, one in named)
    return "none"


def _address(value: Json) -> str:
    """A candidate: `192.0.2.7:44444 udp`, with its type where it has one."""
    where = value.get("ip") or value.get("address")
    if not isinstance(where, str):
        return ""
    # An IPv6 address has colons of its own.
    host = f"[{where}]" if ":" in where else where
    parts = [value.get("type"), f"{host}:{value['port']}" if "port" in value else host, value.get("protocol")]
    return " ".join(str(part) for part in parts if part)


def _number(key: str, value: float) -> str:
    if not 0 <= value < 1e12:
        # No time and no rate; and what is infinite or no number has no unit.
        return str(value)
    if _EPOCH[0] <= value < _EPOCH[1] and (key in ("since", "at") or key.endswith("At")):
        return datetime.fromtimestamp(value, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    if key in _TIMES:
        return units.milliseconds(value)
    if key in _SHARES and 0 <= value <= 1:
        return units.percent(value)
    if key == "kbps":
        return units.bitrate(value)
    if key == "seconds":
        return units.seconds(value)
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
