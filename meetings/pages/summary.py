"""After the meeting: what stays of it, for its hosts and co-hosts and for those who run the site."""

from typing import cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from meetings import identity, scope
from meetings.actions.find import find_meeting
from meetings.attendance.looking import Look, look
from meetings.attendance.reading import read_attendance
from meetings.attendance.sitting import has_begun, one_of, sittings_of
from meetings.attendance.table import HEAD, as_json, as_rows, file_name
from meetings.models import Meeting, Notes
from meetings.protocol.codes import Refusal
from meetings.spreadsheet import csv_response
from meetings.summary.notes import notes_text
from meetings.summary.sections import sections_of


@require_safe
@never_cache
def summary(request: HttpRequest, code: str) -> HttpResponse:
    """The page; `?occurrence=` is of which date, of a meeting that comes again."""
    seen = _look(request, code)
    now = timezone.now()
    begun = [one for one in seen.sittings if has_begun(one, now)]
    context = {
        "meeting": seen.sitting.meeting,
        "sitting": seen.sitting,
        "occurrences": [one.occurrence for one in reversed(begun)] if len(begun) > 1 else [],
        "sections": sections_of(seen),
    }
    return render(request, "meetings/summary.html", context)


@require_safe
@never_cache
def attendance_csv(request: HttpRequest, code: str) -> HttpResponseBase:
    """The attendance as a table for spreadsheets."""
    sitting = _look(request, code).sitting
    return csv_response(file_name(sitting), HEAD, as_rows(read_attendance(sitting)))


@require_safe
@never_cache
def attendance_json(request: HttpRequest, code: str) -> HttpResponse:
    """The attendance for programs, as the API has it."""
    sitting = _look(request, code).sitting
    response = JsonResponse(as_json(sitting, read_attendance(sitting)), json_dumps_params={"indent": 2})
    response["Content-Disposition"] = f'attachment; filename="{file_name(sitting)}.json"'
    return response


@require_safe
@never_cache
def notes_file(request: HttpRequest, code: str) -> HttpResponse:
    """The notes as a file of text, as the summary shows them."""
    sitting = _look(request, code).sitting
    return HttpResponse(
        notes_text(sitting, Notes.objects.filter(meeting=sitting.meeting).first()),
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="notes-{sitting.meeting.code}.txt"'},
    )


def _look(request: HttpRequest, code: str) -> Look:
    """Others are told that there is no such meeting: Http404."""
    try:
        meeting = find_meeting(code)
        asked = request.GET.get("occurrence")
        which = UUID(asked) if asked else None
        if _runs_the_site(request, meeting):
            sittings = sittings_of(meeting)
            return Look(one_of(sittings, which), sittings)
        return look(meeting, identity.of_request(request), which)
    except (Refusal, ValueError):
        raise Http404 from None


def _runs_the_site(request: HttpRequest, meeting: Meeting) -> bool:
    """Whether they find in the admin what is shown here: the stays and the audit trail of this meeting."""
    needed = ("meetings.view_meeting", "meetings.view_participant", "meetings.view_chatmessage", "meetings.view_act")
    user = cast(scope.Whoever, request.user)
    return request.user.is_staff and request.user.has_perms(needed) and scope.sees(user, meeting)
