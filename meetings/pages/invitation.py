"""What the link in an invitation opens: when it is, whether one comes, and the way in without an account."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from meetings.calendars.writing import write_calendar
from meetings.identity import NAME
from meetings.links import public
from meetings.models import Invitee
from meetings.planning.invitees import answer, invitee_of, ticket_of
from meetings.planning.telling import event_of, host_name

SHOWN = 5
CALENDAR_TYPE = "text/calendar; charset=utf-8"


@require_safe
@never_cache
def invitation(request: HttpRequest, key: str) -> HttpResponse:
    """The page. Opening it answers nothing: mail programs open links by themselves."""
    invitee = _invitee(key)
    meeting = invitee.meeting
    to_come = meeting.occurrences.filter(ends_at__gt=timezone.now(), cancelled=False)
    context = {
        "invitee": invitee,
        "meeting": meeting,
        "host": host_name(meeting),
        "schedules": meeting.schedules.to_come(),
        "occurrences": to_come[:SHOWN],
        "answers": [choice for choice in Invitee.Answer.choices if choice[0] != Invitee.Answer.NONE],
    }
    return render(request, "meetings/invitation.html", context)


@require_POST
def answer_it(request: HttpRequest, key: str) -> HttpResponse:
    """Say whether one comes."""
    invitee = _invitee(key)
    said = request.POST.get("answer", "")
    if said not in Invitee.Answer.values or said == Invitee.Answer.NONE:
        raise Http404
    answer(invitee, said)
    return redirect("invitation", key=key)


@require_POST
def come_in(request: HttpRequest, key: str) -> HttpResponse:
    """To the meeting, as whom was invited. The ticket goes in the fragment: no server's log has it."""
    invitee = _invitee(key)
    if invitee.name and not request.user.is_authenticated:
        request.session[NAME] = invitee.name
    return redirect(f"{invitee.meeting.get_absolute_url()}#ticket={ticket_of(invitee)}")


@require_safe
@never_cache
def invitation_file(_request: HttpRequest, key: str) -> HttpResponse:
    """For a calendar, once or as a feed."""
    invitee = _invitee(key)
    link = public(reverse("invitation", args=[key]))
    schedules = invitee.meeting.schedules.all()
    events = [event_of(schedule, url=link, invitee=invitee) for schedule in schedules]
    return calendar_file(write_calendar(events, name=invitee.meeting.title))


def calendar_file(content: bytes) -> HttpResponse:
    """A calendar as a file."""
    response = HttpResponse(content, content_type=CALENDAR_TYPE)
    response["Content-Disposition"] = 'attachment; filename="meetings.ics"'
    return response


def _invitee(key: str) -> Invitee:
    invitee = invitee_of(key)
    if invitee is None:
        raise Http404(_("This invitation is not good any more."))
    return invitee
