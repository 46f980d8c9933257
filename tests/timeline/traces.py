"""Events as pages, web processes and media nodes tell them, for joins and calls that went well or not."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from meetings.timeline.told import Told, Who
from meetings.trace.event import Event

Json = dict[str, Any]
# 2026-03-02 10:00:00 UTC.
TEN = 1_772_445_600.0
EVERY = 5.0


def participant_id(name: str) -> str:
    """The same for the same name."""
    return str(uuid5(NAMESPACE_URL, f"participant:{name}"))


def a_join(at: float = TEN, *, waits: float = 0.0, others: Iterable[str] = ("Ada",)) -> list[Event]:
    """The steps of a join that went well, from the opened page; Join is pressed after `waits` seconds more."""
    told: list[tuple[str, str, str, float, Json]] = [
        ("page", "page-opened", "ok", 0.000, PAGE),
        ("page", "device-loaded", "ok", 0.030, {}),
        ("web", "socket-open", "ok", 0.058, {"address": "203.0.113.7", "host": "meet.example.org", "process": "web-1"}),
        ("page", "socket", "ok", 0.061, {"ms": 42}),
        ("page", "microphone", "ok", 0.210, {}),
        ("page", "camera", "ok", 0.240, {}),
        ("page", "join-asked", "ok", 0.300 + waits, {"with": ["mic", "camera"]}),
        ("web", "admitted", "ok", 0.322 + waits, {"resumed": False, "ms": 14}),
        ("web", "room", "ok", 0.341 + waits, {"made": False, "node": "media-1", "worker": 0, "ms": 11}),
        ("node", "announced", "ok", 0.343 + waits, {"direction": "send", "candidates": [CANDIDATE]}),
        ("node", "announced", "ok", 0.344 + waits, {"direction": "recv", "candidates": [CANDIDATE]}),
        ("web", "joined", "ok", 0.352 + waits, {"ms": 41}),
        ("page", "joined", "ok", 0.371 + waits, {"ms": 71}),
        ("page", "transports", "ok", 0.374 + waits, {"turn": False, "policy": "all"}),
        ("page", "connection", "changed", 0.380 + waits, {"direction": "send", "state": "connecting"}),
        ("page", "candidates", "ok", 0.391 + waits, {"direction": "send", "candidates": [OWN]}),
        ("node", "first-stun", "ok", 0.402 + waits, {"direction": "send", **TUPLE}),
        ("node", "selected-tuple", "ok", 0.409 + waits, {"direction": "send", **TUPLE}),
        ("node", "dtls", "changed", 0.411 + waits, {"direction": "send", "state": "connecting"}),
        ("node", "first-stun", "ok", 0.415 + waits, {"direction": "recv", **TUPLE}),
        ("node", "selected-tuple", "ok", 0.421 + waits, {"direction": "recv", **TUPLE}),
        ("page", "connection", "changed", 0.425 + waits, {"direction": "recv", "state": "connecting"}),
        ("node", "dtls", "changed", 0.427 + waits, {"direction": "recv", "state": "connecting"}),
        ("node", "dtls", "ok", 0.452 + waits, {"direction": "send", "state": "connected"}),
        ("page", "connection", "ok", 0.461 + waits, {"direction": "send", "state": "connected"}),
        ("node", "dtls", "ok", 0.481 + waits, {"direction": "recv", "state": "connected"}),
        ("page", "connection", "ok", 0.490 + waits, {"direction": "recv", "state": "connected"}),
        ("page", "path", "ok", 0.463 + waits, {"direction": "send", **PATH}),
        ("page", "sending", "ok", 0.470 + waits, {"source": "mic", "producerId": "p-mic"}),
        ("page", "sending", "ok", 0.474 + waits, {"source": "camera", "producerId": "p-camera"}),
        ("node", "first-rtp-in", "ok", 0.493 + waits, {"direction": "send", "source": "mic", "producerId": "p-mic"}),
        ("node", "first-rtp-in", "ok", 0.530 + waits, {"direction": "send", **CAMERA}),
        ("node", "first-rtp-out", "ok", 0.541 + waits, {"direction": "recv"}),
    ]  # fmt: skip
    for place, name in enumerate(others):
        who = {"participantId": participant_id(name)}
        told.append(("page", "first-packet", "ok", 0.560 + waits + place / 50, {**who, "source": "mic", "ms": 260}))
        told.append(("page", "first-sound", "ok", 0.590 + waits + place / 50, {**who, "source": "mic", "ms": 290}))
        told.append(("page", "first-frame", "ok", 0.680 + waits + place / 50, {**who, "source": "camera", "ms": 380}))
    events = [Event(side, step, outcome, at + after, data) for side, step, outcome, after, data in told]
    return sorted(events, key=lambda one: one.at)


def a_blocked_join(at: float = TEN) -> list[Event]:
    """The network lets nothing through to the media ports: no STUN ever reaches the worker, and the person gives up."""
    blocked = {"first-stun", "selected-tuple", "dtls", "path", "first-rtp-in", "first-rtp-out", "first-packet"}
    events = [
        one
        for one in a_join(at, others=())
        if one.step not in blocked and not (one.step == "connection" and one.outcome == "ok")
    ]
    verdict = {"code": "MEDIA_PORT_BLOCKED", "severity": "failing"}
    return [
        *events,
        Event("page", "connection", "waiting", at + 5.4, {"direction": "send", "state": "connecting"}),
        Event("web", "verdict", "failed", at + 7.4, verdict),
        Event("page", "connection", "failed", at + 15.4, {"direction": "send", "state": "failed"}),
        Event("page", "page-closed", "ok", at + 31.0),
        Event("web", "ended", "ok", at + 31.1, {"reason": "left"}),
    ]


def a_sample(at: float, *, streams: Iterable[Json] = (), us: Json | None = None, spoke: float = 0, **up: Any) -> Event:
    """A quality sample of five seconds in which all is well but for what is given."""
    listed = list(streams)
    return Event(
        "page",
        "quality",
        "ok",
        at,
        {
            "seconds": EVERY,
            "up": {
                "kbps": 1240, "loss": 0.001, "rtt": 24, "jitter": 3, "limited": "none", "fps": 30, "height": 720,
                "sources": {"mic": {"kbps": 40, "loss": 0.0}, "camera": {"kbps": 1200, "loss": 0.001, "height": 720}},
                **up,
            },
            "down": {
                "kbps": sum(one["kbps"] for one in listed),
                "loss": sum(one["loss"] for one in listed) / len(listed) if listed else 0.0,
                "jitter": max((one["jitter"] for one in listed), default=0),
                "freezes": sum(one.get("freezes", 0) for one in listed),
                "frozenMs": sum(one.get("frozenMs", 0) for one in listed),
                "streams": listed,
            },
            "path": {"send": PATH},
            "spoke": spoke,
            "us": us or {"worker": 0, "cpu": 0.21, "lagMs": 2},
        },
    )  # fmt: skip


def a_stream(name: str, source: str = "camera", **more: Any) -> Json:
    """What is received of somebody while all is well, but for what is given."""
    picture = {"kbps": 1150, "fps": 30, "height": 720, "freezes": 0, "frozenMs": 0, "layer": 2, "frames": 150}
    sound = {"kbps": 38}
    return {
        "participantId": participant_id(name),
        "source": source,
        "loss": 0.001,
        "jitter": 4,
        "packets": 800,
        **(sound if source == "mic" else picture),
        **more,
    }


def a_stay(name: str, begins: float, ends: float | None, sample: Callable[[float], Event] | None = None) -> list[Told]:
    """Somebody's events from joining at `begins` to leaving at `ends`, with a sample every five seconds."""
    who = participant_id(name)
    events = [Event("web", "admitted", "ok", begins, {"resumed": False, "ms": 12})]
    at = begins + EVERY
    while sample is not None and at <= (ends or begins + 60):
        events.append(sample(at))
        at += EVERY
    if ends is not None:
        events.append(Event("web", "ended", "ok", ends, {"reason": "left"}))
    return [Told(one, who) for one in events]


def merged(*stays: list[Told]) -> list[Told]:
    """In the order of time."""
    return sorted((one for stay in stays for one in stay), key=lambda one: one.event.at)


def whose(*names: str) -> dict[str, Who]:
    """Those who are called so, each a person of their own."""
    return {participant_id(name): Who(name, name) for name in names}


PAGE = {"version": "1.4.0", "userAgent": "Firefox 140", "secure": True, "online": True}
CAMERA = {"source": "camera", "producerId": "p-camera"}
PATH = {"local": "srflx", "protocol": "udp", "remote": "198.51.100.9:44444", "rtt": 24}
CANDIDATE = {"ip": "198.51.100.9", "port": 44444, "protocol": "udp"}
OWN = {"type": "srflx", "protocol": "udp", "address": "203.0.113.7", "port": 50112}
TUPLE = {"local": "198.51.100.9:44444", "remote": "203.0.113.7:50112", "protocol": "udp"}
