"""Judge whether somebody could join just now, without taking a place: for pages and for tickets."""

from django.contrib.auth.hashers import check_password
from django.db.models import QuerySet
from django.utils import timezone

from meetings import access
from meetings.identity import Person, is_banned
from meetings.models import Meeting, Participant
from meetings.protocol.codes import Refusal


def passcode_fits(meeting: Meeting, passcode: str) -> bool:
    """Whether the meeting has a passcode, and this is it. Slow on purpose."""
    return bool(meeting.passcode_hash and passcode) and check_password(passcode, meeting.passcode_hash)


def judge(meeting: Meeting, person: Person, *, passcode_known: bool) -> Refusal | None:
    """Why this person could not join now, if they could not. Joining asks again."""
    is_host = person.is_host_of(meeting)
    refusal = access.enter(
        meeting,
        is_host=is_host,
        banned=is_banned(meeting, person),
        has_account=person.counts_as_account_in(meeting.id),
        passcode_known=passcode_known or person.knows_passcode_of(meeting.id),
        now=timezone.now(),
    )
    # Who reloads the page of a full meeting still has a place in it.
    if refusal is None and meeting.present >= meeting.capacity and not lost_places(meeting, person).exists():
        return access.full(meeting)
    return refusal


def lost_places(meeting: Meeting, person: Person) -> QuerySet[Participant]:
    """Their stays in the meeting whose socket dropped and that nobody has taken up again."""
    return person.stays_in(meeting).filter(left_at=None, disconnected_at__isnull=False)
