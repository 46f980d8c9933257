"""The meetings that somebody started or was in."""

from datetime import datetime
from typing import TypedDict

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from meetings.identity import Person
from meetings.models import Meeting, Participant

SHOWN = 10


class Recent(TypedDict):
    """A line of "my meetings"; `when` is when I was last in it, or else when it begins or was made."""

    code: str
    title: str
    when: datetime
    state: str


def meetings_of(person: Person) -> QuerySet[Meeting]:
    """The meetings that this person hosts or was in. Without account and session nobody is known."""
    if person.user_id is not None:
        hosted, theirs = Q(host_user_id=person.user_id), Q(user_id=person.user_id)
    elif person.guest:
        hosted, theirs = Q(host_guest=person.guest), Q(guest=person.guest)
    else:
        return Meeting.objects.none()
    listed = Meeting.objects.filter(parent=None)
    return listed.filter(hosted | Exists(Participant.objects.filter(theirs, meeting=OuterRef("pk"))))


def recent_meetings(person: Person) -> list[Recent]:
    """Up to ten, the latest first."""
    if person.user_id is not None:
        attended = Q(participants__user_id=person.user_id)
    else:
        attended = Q(participants__guest=person.guest)
    mine = (
        meetings_of(person)
        .annotate(last_joined=Max("participants__joined_at", filter=attended))
        .order_by("-created_at")[: 5 * SHOWN]
    )
    lines = [
        Recent(code=one.code, title=one.title, when=one.last_joined or one.starts_at or one.created_at, state=one.state)
        for one in mine
    ]
    return sorted(lines, key=lambda line: line["when"], reverse=True)[:SHOWN]
