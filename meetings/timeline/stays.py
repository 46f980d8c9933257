"""When somebody was there, and what happened to them that is worth a mark."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from meetings.timeline.reading import Reading
from meetings.timeline.told import Told

MarkKind = Literal["joined", "left", "socket-lost", "reconnected", "media-lost", "media-restored", "verdict", "over"]


@dataclass(frozen=True, slots=True)
class Stay:
    """From coming in to leaving, in seconds since the epoch. `going_on` while they are there."""

    begins: float
    ends: float
    going_on: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened at one moment. `code` is the cause, for verdicts."""

    at: float
    kind: MarkKind
    text: str
    attempt: str
    code: str = ""


def stay_of(told: Sequence[Told], readings: Sequence[Reading], now: float) -> Stay | None:
    """The stay of one participant from what is known of them, in the order of time; None for who never got in."""
    came = next((one for one in told if one.event.step in ("admitted", "joined") and one.event.outcome == "ok"), None)
    if came is not None:
        begins = came.event.at
    elif readings:
        # The beginning has been deleted, but who measured something was there.
        begins = readings[0].began
    else:
        return None
    went = next((one for one in reversed(told) if one.event.step == "ended" and one.event.at >= begins), None)
    return Stay(begins, max(now, begins) if went is None else went.event.at, went is None)


def marks_of(told: Sequence[Told]) -> list[Mark]:
    """The marks of one participant. `told` is in the order of time."""
    return [mark for one in told if (mark := _mark(one)) is not None]


def _mark(told: Told) -> Mark | None:
    event, attempt = told.event, told.attempt
    match (event.side, event.step):
        case ("web", "admitted") if event.outcome == "ok":
            again = event.data.get("resumed") is True
            return Mark(event.at, "reconnected" if again else "joined", "Came back" if again else "Joined", attempt)
        case ("page", "socket-lost"):
            return Mark(event.at, "socket-lost", "Lost the connection to the server", attempt)
        case ("web", "media-lost"):
            return Mark(event.at, "media-lost", "Media lost", attempt)
        case ("web", "media-restored"):
            return Mark(event.at, "media-restored", "Media restored", attempt)
        case ("web", "ended"):
            return Mark(event.at, "left", _LEFT.get(str(event.data.get("reason")), "Left"), attempt)
        case ("web", "verdict"):
            code = str(event.data.get("code", ""))
            if event.outcome == "ok":
                return Mark(event.at, "over", f"Over: {code}", attempt, code)
            return Mark(event.at, "verdict", code, attempt, code)
    return None


_LEFT = {
    "left": "Left",
    "disconnected": "Gone: the connection was lost for good",
    "removed": "Removed by the host",
    "ended": "The meeting ended",
}
