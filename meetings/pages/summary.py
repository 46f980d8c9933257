"""After the meeting: what stays of it, for its hosts and for those who run the site."""

from typing import cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from meetings import identity, scope
from meetings.actions.actor import acting_as
from meetings.actions.find import find_meeting
from meetings.attendance.reading import read_attendance
from meetings.attendance.sitting import Sitting, occurrences_begun, sitting_of
from meetings.attendance.table import HEAD, as_json, as_rows, file_name
from meetings.models import Meeting
from meetings.protocol.codes import Refusal
from meetings.spreadsheet import csv_response
from meetings.summary.sections import sections_of


@require_safe
@never_cache
def summary(request: HttpRequest, code: str) -> HttpResponse:
    """The page; `?occurrence=` is of which date, of a meeting that comes again."""
    sitting = _sitting(request, code)
    occurrences = occurrences_begun(sitting.meeting)
    context = {
        "meeting": sitting.meeting,
        "sitting": sitting,
        "occurrences": occurrences[::-1] if len(occurrences) > 1 else [],
        "sections": sections_of(sitting),
        "which": "" if sitting.occurrence is None else f"?occurrence={sitting.occurrence.id}",
    }
    return render(request, "meetings/summary.html", context)


@require_safe
@never_cache
def attendance_csv(request: HttpRequest, code: str) -> HttpResponseBase:
    """The attendance as a table for spreadsheets."""
    sitting = _sitting(request, code)
    return csv_response(file_name(sitting), HEAD, as_rows(read_attendance(sitting)))


@require_safe
@never_cache
def attendance_json(request: HttpRequest, code: str) -> HttpResponse:
    """The attendance for programs, as the API has it."""
    sitting = _sitting(request, code)
    response = JsonResponse(as_json(sitting, read_attendance(sitting)), json_dumps_params={"indent": 2})
    response["Content-Disposition"] = f'attachment; filename="{file_name(sitting)}.json"'
    return response


def _sitting(request: HttpRequest, code: str) -> Sitting:
    """Others are told that there is no such meeting: Http404."""
    try:
        meeting = find_meeting(code)
        if not _runs_the_site(request, meeting):
            acting_as(meeting.id, identity.of_request(request), "see-attendance")
        asked = request.GET.get("occurrence")
        return sitting_of(meeting, UUID(asked) if asked else None)
    except (Refusal, ValueError):
        raise Http404 from None


def _runs_the_site(request: HttpRequest, meeting: Meeting) -> bool:
    """Whether they find in the admin what is shown here: the stays and the audit trail of this meeting."""
    needed = ("meetings.view_meeting", "meetings.view_participant", "meetings.view_chatmessage", "meetings.view_act")
    user = cast(scope.Whoever, request.user)
    return request.user.is_staff and request.user.has_perms(needed) and scope.sees(user, meeting)
