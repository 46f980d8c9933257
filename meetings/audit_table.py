"""The audit trail in words, and as a table for spreadsheets."""

from collections.abc import Iterable

from meetings.models import ACT, Act
from meetings.spreadsheet import Cell
from meetings.trace.steps import STEPS

HEAD = ("time", "meeting", "code", "act", "who", "who (id)", "account", "whom", "whom (id)", "details")
BY_THE_SITE = "the site itself"
_PEOPLE = ("by", "about")
# Of meetings that are gone.
_MEETING = ("code", "title", "organisation")


def as_rows(acts: Iterable[Act]) -> Iterable[list[Cell]]:
    """A line of `HEAD` for each."""
    for act in acts:
        by, about = (act.data.get(one) or {} for one in _PEOPLE)
        yield [
            act.at.isoformat(),
            act.meeting.title if act.meeting else act.data.get("title"),
            act.meeting.code if act.meeting else act.data.get("code"),
            label_of(act),
            by.get("displayName", BY_THE_SITE),
            by.get("participantId"),
            by.get("userId"),
            about.get("displayName"),
            about.get("participantId"),
            details_of(act),
        ]


def label_of(act: Act) -> str:
    """What was done, in words."""
    step = STEPS.get((ACT, act.step))
    return step.label if step else act.step


def name_of(act: Act, which: str) -> str:
    """What whoever did it (`by`), or to whom it was done (`about`), was called then."""
    person = act.data.get(which)
    return str(person.get("displayName", "")) if isinstance(person, dict) else ""


def details_of(act: Act) -> str:
    """The rest of what is known, like `kind: audio`."""
    return ", ".join(f"{name}: {_said(value)}" for name, value in act.data.items() if name not in _PEOPLE + _MEETING)


def _said(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
