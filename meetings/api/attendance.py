"""Who was there, over HTTP."""

from uuid import UUID

from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response

from meetings.actions.find import find_meeting
from meetings.api.answers import ATTENDANCE
from meetings.api.base import MeetingView, unknown_to_others
from meetings.api.bodies import WHICH, read_query
from meetings.api.schema import operation
from meetings.attendance.looking import look
from meetings.attendance.reading import read_attendance
from meetings.attendance.sitting import Sitting
from meetings.attendance.table import HEAD, as_json, as_rows, file_name
from meetings.spreadsheet import csv_response

_HOSTS = ("MEETING_NOT_FOUND", "NOT_FOUND", "NOT_ALLOWED")


class AttendanceOf(MeetingView):
    """`/api/meetings/<id or code>/attendance`"""

    @operation(
        "getAttendance",
        scope="meetings:read",
        path=("reference",),
        query=WHICH,
        answers={200: ATTENDANCE},
        codes=_HOSTS,
    )
    def get(self, request: Request, reference: str) -> Response:
        """Who was there, from when to when, all stays of a person together. Of a meeting that comes again, that of one
        `occurrence`: the latest that has begun, where none is named. `share` is that of the meeting's time; how late
        somebody came or how early they left is null where no time was set. Whoever was co-host when they left sees it
        still, of the times at which they were.
        """
        sitting = _sitting(self, request, reference)
        return Response(as_json(sitting, read_attendance(sitting)))


class AttendanceTable(MeetingView):
    """`/api/meetings/<id or code>/attendance.csv`"""

    has_versions = False

    @operation(
        "downloadAttendance",
        scope="meetings:read",
        path=("reference",),
        query=WHICH,
        other={(200, "text/csv"): {"type": "string"}},
        codes=_HOSTS,
    )
    def get(self, request: Request, reference: str) -> HttpResponseBase:
        """The same as a table for spreadsheets."""
        sitting = _sitting(self, request, reference)
        return csv_response(file_name(sitting), HEAD, as_rows(read_attendance(sitting)))


def _sitting(view: MeetingView, request: Request, reference: str) -> Sitting:
    asked = read_query(request, WHICH).get("occurrence")
    meeting = find_meeting(reference)
    with unknown_to_others():
        return look(meeting, view.person, None if asked is None else UUID(asked)).sitting
