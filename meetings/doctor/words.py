"""What an administrator is told about a join attempt."""

from meetings.models import JoinAttempt
from meetings.trace.event import Event
from meetings.trace.writing import read_all
from meetings.verdicts.judge import judge


def for_administrators(attempt: JoinAttempt, code: str) -> tuple[str, str]:
    """The sentence with the evidence in it, and what to do, for this cause of an attempt.

    Rules may have changed since it was judged: where they find this cause no more, they are what stands in its row,
    and where to look.
    """
    events = read_all([attempt.id]).get(attempt.id, [])
    at = next((event.at for event in reversed(events) if _names(event, code)), events[-1].at if events else 0.0)
    for verdict in judge([event for event in events if event.at <= at], at):
        if verdict.code == code:
            return verdict.to_admin, verdict.admin_action
    return attempt.sentence, "Open it in the admin (Meetings, Join attempts), which has it step by step."


def _names(event: Event, code: str) -> bool:
    return (event.side, event.step, event.outcome, event.data.get("code")) == ("web", "verdict", "failed", code)
