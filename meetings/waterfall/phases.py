"""An attempt has up to three phases, each drawn on a scale of its own: a call lasts an hour, joining a second."""

from collections.abc import Sequence
from typing import Literal

from meetings.trace.event import Event

PhaseName = Literal["arriving", "joining", "call"]

TITLES: dict[PhaseName, str] = {
    "arriving": "Before joining",
    "joining": "Joining",
    "call": "In the call",
}
# What belongs to coming in when it happens soon after the answer.
_COMING_IN = frozenset(
    {"joined", "announced", "transports", "candidates", "turn", "first-stun", "selected-tuple", "connection", "path",
     "dtls", "sending", "first-rtp-in", "first-rtp-out", "first-packet", "first-frame", "first-sound", "device-loaded"}
)  # fmt: skip
_SOON = 15.0
_MEDIA = frozenset({"first-rtp-in", "first-rtp-out", "first-packet", "first-frame", "first-sound", "quality"})
_ENTERING = (("page", "join-asked"), ("web", "admitted"), ("web", "room"), ("web", "joined"), ("page", "joined"))


def phases(events: Sequence[Event]) -> list[PhaseName]:
    """The phase of each event. `events` are in the order of time. There is no call while nothing has come through."""
    entered = next((one.at for one in events if (one.side, one.step) in _ENTERING), None)
    answered = next((one.at for one in events if one.step == "joined" and one.outcome != "failed"), None)
    settled: float | None = None
    if answered is not None and any(_came_through(one) for one in events):
        soon = [one.at for one in events if one.step in _COMING_IN and one.at <= answered + _SOON]
        settled = max(soon, default=answered)
    return [_phase(one, entered, settled) for one in events]


def _came_through(event: Event) -> bool:
    return event.step in _MEDIA or event.data.get("state") == "connected"


def _phase(event: Event, entered: float | None, settled: float | None) -> PhaseName:
    if entered is None or event.at < entered:
        return "arriving"
    if settled is None or (event.at <= settled and event.step != "quality"):
        return "joining"
    return "call"
