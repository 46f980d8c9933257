"""A meeting in numbers."""

from datetime import datetime
from typing import Any

from django.db.models import Count
from django.utils import timezone

from meetings.attendance.intervals import Interval, most_at_once
from meetings.models import JoinAttempt, Meeting

CAUSES = 10


def analytics(meeting: Meeting, now: datetime | None = None) -> dict[str, Any]:
    """Joins, people, the most at once, minutes of all together; tries to join, and the causes of what was not well."""
    now = now or timezone.now()
    stays = list(meeting.participants.values_list("joined_at", "left_at", "user_id", "guest", "id"))
    intervals = [Interval(joined, left or now) for joined, left, *_ in stays]
    tried = JoinAttempt.objects.filter(meeting=meeting, purpose=JoinAttempt.Purpose.JOIN)
    outcomes = dict.fromkeys(JoinAttempt.Outcome.values, 0)
    outcomes |= dict(tried.order_by().values_list("outcome").annotate(Count("id")))
    causes = tried.exclude(code="").order_by().values("code").annotate(count=Count("id")).order_by("-count", "code")
    return {
        "joins": len(stays),
        # Programs without account and session are somebody else each time.
        "people": len({user or guest or stay for _, _, user, guest, stay in stays}),
        "peak": most_at_once(intervals),
        "minutes": round(sum(one.seconds for one in intervals) / 60, 1),
        "attempts": sum(outcomes.values()),
        "outcomes": outcomes,
        "causes": [{"code": one["code"], "count": one["count"]} for one in causes[:CAUSES]],
    }
