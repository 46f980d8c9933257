"""Which meeting a page is about, for those who may see it."""

from django.http import Http404, HttpRequest

from meetings import identity
from meetings.actions.actor import acting_as
from meetings.actions.find import find_meeting
from meetings.calendars.recurrence import BadRule, zone_of
from meetings.identity import Person
from meetings.models import Meeting, Profile
from meetings.protocol.codes import Refusal


def planned_by(request: HttpRequest, code: str, event: str = "see-plan") -> tuple[Meeting, Person]:
    """The meeting of that code, and who asks. Others than its hosts are told that there is none: Http404."""
    person = identity.of_request(request)
    try:
        meeting = find_meeting(code)
        acting_as(meeting.id, person, event)
    except Refusal:
        raise Http404 from None
    return meeting, person


def zone_for(request: HttpRequest) -> str:
    """The time zone that somebody has chosen, or that their browser told of; empty where none is known."""
    profile = Profile.objects.filter(user_id=request.user.pk).first() if request.user.is_authenticated else None
    if profile is not None and profile.time_zone:
        return profile.time_zone
    try:
        return zone_of(request.COOKIES.get("zone", "")).key
    except BadRule:
        return ""
