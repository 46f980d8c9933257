"""The steps of a meeting's life over HTTP: start, end, cancel, reopen."""

from collections.abc import Callable
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from meetings import lifecycle
from meetings.actions import change
from meetings.actions.end import end_meeting
from meetings.api.answers import DETAIL
from meetings.api.base import MeetingView
from meetings.api.bodies import EXTEND, NOTHING, read_body
from meetings.api.schema import operation
from meetings.api.seen import meeting_detail
from meetings.handlers.departing import close_room_soon
from meetings.identity import Person
from meetings.models import Meeting
from meetings.planning.extend import extend_meeting

_CODES = ("MEETING_NOT_FOUND", "NOT_ALLOWED", "WRONG_STATE")


class _Step(MeetingView):
    """`/api/meetings/<id or code>/<step>`"""

    def take(self, request: Request, reference: str, step: str, act: Callable[..., object]) -> Response:
        """Take the step, and answer the meeting as it is then."""
        read_body(request, NOTHING)
        meeting = self.meeting_for(reference, f"{step}-meeting")
        act(meeting.id, by=self.person)
        meeting.refresh_from_db()
        return Response(meeting_detail(meeting, self.person))


class Start(_Step):
    """`/api/meetings/<id or code>/start`"""

    @operation(
        "openDoors", scope="meetings:write", path=("reference",), body=NOTHING, answers={200: DETAIL}, codes=_CODES
    )
    def post(self, request: Request, reference: str) -> Response:
        """Open the doors: others come in from now on, also before the host does and before its time."""
        return self.take(request, reference, "start", change.start)


class Extend(MeetingView):
    """`/api/meetings/<id or code>/extend`"""

    @operation(
        "extendMeeting", scope="meetings:write", path=("reference",), body=EXTEND, answers={200: DETAIL}, codes=_CODES
    )
    def post(self, request: Request, reference: str) -> Response:
        """Have it go on for so many minutes more than was planned."""
        body = read_body(request, EXTEND)
        meeting = self.meeting_for(reference, "extend-meeting")
        return Response(meeting_detail(extend_meeting(meeting.id, body["minutes"], by=self.person), self.person))


class End(_Step):
    """`/api/meetings/<id or code>/end`"""

    @operation(
        "endMeeting", scope="meetings:write", path=("reference",), body=NOTHING, answers={200: DETAIL}, codes=_CODES
    )
    def post(self, request: Request, reference: str) -> Response:
        """End it for everybody."""
        return self.take(request, reference, "end", _end)


class Cancel(_Step):
    """`/api/meetings/<id or code>/cancel`"""

    @operation(
        "cancelMeeting", scope="meetings:write", path=("reference",), body=NOTHING, answers={200: DETAIL}, codes=_CODES
    )
    def post(self, request: Request, reference: str) -> Response:
        """Say that it will not be."""
        return self.take(request, reference, "cancel", change.cancel)


class Reopen(_Step):
    """`/api/meetings/<id or code>/reopen`"""

    @operation(
        "reopenMeeting", scope="meetings:write", path=("reference",), body=NOTHING, answers={200: DETAIL}, codes=_CODES
    )
    def post(self, request: Request, reference: str) -> Response:
        """Let people in again after the end, under the same link."""
        return self.take(request, reference, "reopen", change.reopen)


def _end(meeting_id: UUID, *, by: Person) -> None:
    if end_meeting(meeting_id, by=by):
        close_room_soon(meeting_id)
    elif refusal := lifecycle.take(Meeting.objects.get(id=meeting_id), "end"):
        raise refusal
