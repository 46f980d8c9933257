"""The states of a meeting, and what leads from one to another. Pure.

A meeting is open (nobody is in it), live (somebody is, or its host has started it), ended, or cancelled (it never was).
"""

from typing import Final

from meetings.models import Meeting
from meetings.protocol.codes import Refusal

_STATE = Meeting.State

# What may be done with a meeting in which states.
STEPS: Final[dict[str, frozenset[Meeting.State]]] = {
    "start": frozenset({_STATE.OPEN}),
    "end": frozenset({_STATE.OPEN, _STATE.LIVE}),
    "cancel": frozenset({_STATE.OPEN}),
    "change": frozenset({_STATE.OPEN, _STATE.LIVE}),
    "extend": frozenset({_STATE.LIVE}),
    "plan": frozenset({_STATE.OPEN, _STATE.LIVE, _STATE.ENDED}),
    "delete": frozenset({_STATE.OPEN, _STATE.ENDED, _STATE.CANCELLED}),
    "reopen": frozenset({_STATE.ENDED, _STATE.CANCELLED}),
}


def allowed(state: str) -> list[str]:
    """The steps that may be taken in this state."""
    return [step for step, states in STEPS.items() if state in states]


def take(meeting: Meeting, step: str) -> Refusal | None:
    """Take a step. Refused, it says what could be done instead."""
    if meeting.state in STEPS[step]:
        return None
    could = allowed(meeting.state)
    return Refusal(
        "WRONG_STATE", f"The meeting is {meeting.state}: {', '.join(could)} would be possible.", allowed=could
    )
