"""The meetings that somebody started or was in."""

from datetime import datetime
from typing import TypedDict

from django.db.models import Max, Q

from meetings.identity import Person
from meetings.models import Meeting

SHOWN = 10


class Recent(TypedDict):
    """A line of "my meetings"; `when` is when I was last in it, or else when it begins or was made."""

    code: str
    title: str
    when: datetime
    state: str


def recent_meetings(person: Person) -> list[Recent]:
    """Up to ten, the latest first."""
    if person.user_id is not None:
        hosted, attended = Q(host_user_id=person.user_id), Q(participants__user_id=person.user_id)
    elif person.guest:
        hosted, attended = Q(host_guest=person.guest), Q(participants__guest=person.guest)
    else:
        return []
    mine = (
        Meeting.objects.filter(hosted | attended)
        .annotate(last_joined=Max("participants__joined_at", filter=attended))
        .order_by("-created_at")[: 5 * SHOWN]
    )
    lines = [
        Recent(code=one.code, title=one.title, when=one.last_joined or one.starts_at or one.created_at, state=one.state)
        for one in mine
    ]
    return sorted(lines, key=lambda line: line["when"], reverse=True)[:SHOWN]
