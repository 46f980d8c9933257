"""The verdicts on an attempt, told from its events alone: what is wrong at present, and what was wrong at its worst."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from meetings.trace.event import Event
from meetings.verdicts.judge import judge
from meetings.verdicts.verdict import Verdict

When = Literal["now", "at the end", "earlier"]
# What is told while verdicts are passed may be dated a moment before them.
_MOMENT = 0.001


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict, and of which time it is."""

    verdict: Verdict
    when: When


def judged(
    events: Sequence[Event], worst: str, ended: float | None, now: float, names: Mapping[str, str]
) -> list[Judged]:
    """Worst first: those of `now`, or of when it `ended`; then the one with the code `worst`, if that is over.

    `events` are in the order of time, times in seconds since the epoch; `names` are those of participants, by id.
    """
    if not events:
        return []
    at_last = judge(events, now if ended is None else ended, names=names)
    found = [Judged(one, "now" if ended is None else "at the end") for one in at_last]
    if worst and worst not in {one.code for one in at_last}:
        found += [Judged(one, "earlier") for one in _as_it_was(events, worst, names)]
    return found


def _as_it_was(events: Sequence[Event], code: str, names: Mapping[str, str]) -> list[Verdict]:
    """The verdict with this code when it was first passed."""
    for event in events:
        if event.step == "verdict" and event.outcome != "ok" and event.data.get("code") == code:
            return [one for one in judge(events, event.at + _MOMENT, names=names) if one.code == code][:1]
    return []
