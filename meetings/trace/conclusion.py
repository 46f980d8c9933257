"""What the row of an attempt says of its verdicts: how it stands now, and the worst that was."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from meetings.models import JoinAttempt
from meetings.trace.event import Event
from meetings.verdicts.verdict import Verdict

_RANK = {"waiting": 0, "notice": 1, "impaired": 2, "failing": 3}


@dataclass(frozen=True, slots=True)
class Conclusion:
    """`code` and `sentence` (an administrator's) are of the worst verdict so far, `now_code` of the worst just now."""

    outcome: str = JoinAttempt.Outcome.TRYING
    code: str = ""
    sentence: str = ""
    now_code: str = ""
    rank: int = -1

    def columns(self) -> dict[str, Any]:
        """As they stand in the row."""
        return {name: getattr(self, name) for name in ("outcome", "code", "sentence", "now_code")}


def concluded_before(events: Sequence[Event]) -> Conclusion:
    """What had been concluded by those who passed the verdicts that stand among these events."""
    before = Conclusion()
    for event in events:
        if (event.side, event.step, event.outcome) == ("web", "verdict", "failed"):
            data, rank = event.data, _RANK.get(event.data.get("severity", ""), -1)
            if rank >= max(before.rank, _RANK["notice"]):
                before = Conclusion(code=data["code"], sentence=data.get("sentence", ""), rank=rank)
    return before


def conclude(before: Conclusion, verdicts: Sequence[Verdict], *, media_runs: bool) -> Conclusion:
    """What to write after a new look. Having to wait is worth no verdict of its own once it is over."""
    worst = verdicts[0] if verdicts else None
    rank = _RANK[worst.severity] if worst is not None else -1
    now_code = worst.code if worst is not None else ""
    if worst is not None and rank >= max(before.rank, _RANK["notice"]):
        before = Conclusion(before.outcome, worst.code, worst.to_admin, now_code, rank)
    if rank == _RANK["failing"]:
        outcome = JoinAttempt.Outcome.FAILED
    elif before.rank >= _RANK["impaired"]:
        outcome = JoinAttempt.Outcome.IMPAIRED
    elif media_runs:
        outcome = JoinAttempt.Outcome.WELL
    else:
        outcome = JoinAttempt.Outcome.TRYING
    return Conclusion(outcome, before.code, before.sentence, now_code, before.rank)
