"""A meeting in numbers."""

from datetime import datetime
from typing import Any

from django.db.models import Count
from django.utils import timezone

from meetings.models import JoinAttempt, Meeting

CAUSES = 10


def analytics(meeting: Meeting, now: datetime | None = None) -> dict[str, Any]:
    """Joins, people, the most at once, minutes of all together; tries to join, and the causes of what was not well."""
    now = now or timezone.now()
    stays = list(meeting.participants.values_list("joined_at", "left_at", "user_id", "guest", "id"))
    intervals = [(joined, left or now) for joined, left, *_ in stays]
    tried = JoinAttempt.objects.filter(meeting=meeting, purpose=JoinAttempt.Purpose.JOIN)
    outcomes = dict.fromkeys(JoinAttempt.Outcome.values, 0)
    outcomes |= dict(tried.order_by().values_list("outcome").annotate(Count("id")))
    causes = tried.exclude(code="").order_by().values("code").annotate(count=Count("id")).order_by("-count", "code")
    return {
        "joins": len(stays),
        # Programs without account and session are somebody else each time.
        "people": len({user or guest or stay for _, _, user, guest, stay in stays}),
        "peak": _most_at_once(intervals),
        "minutes": round(sum((left - joined).total_seconds() for joined, left in intervals) / 60, 1),
        "attempts": sum(outcomes.values()),
        "outcomes": outcomes,
        "causes": [{"code": one["code"], "count": one["count"]} for one in causes[:CAUSES]],
    }


def _most_at_once(intervals: list[tuple[datetime, datetime]]) -> int:
    # Whoever leaves at the moment in which somebody comes is gone by then.
    changes = sorted([(joined, 1) for joined, _ in intervals] + [(left, -1) for _, left in intervals])
    most = there = 0
    for _, change in changes:
        there += change
        most = max(most, there)
    return most
