"""Steps of a join attempt over HTTP: for pages whose socket does not open, which is when they matter most."""

from rest_framework.request import Request
from rest_framework.response import Response

from meetings.actions.find import meeting_id
from meetings.api.answers import STEPS_TOLD
from meetings.api.base import MeetingView
from meetings.api.bodies import read_body
from meetings.api.schema import operation
from meetings.protocol.codes import Refusal
from meetings.protocol.fields import Id, Shape, Text
from meetings.protocol.shapes import TRACE
from meetings.trace.posted import Posted, take_in
from meetings.whence import client_address

BODY = Shape(
    {
        **{
            f"{name}?" if optional else name: kind
            for name, (kind, optional) in TRACE.fields.items()
            if name != "attemptId"
        },
        "meetingId?": Id(),
        "displayName?": Text(longest=80, shortest=0),
    },
    name="Steps",
)


class AttemptSteps(MeetingView):
    """`/api/meetings/attempts/<uuid>/steps`"""

    throttle_scope = "trace"
    has_versions = False

    @operation("tellSteps", path=("attempt",), body=BODY, answers={200: STEPS_TOLD}, codes=("NOT_FOUND",))
    def post(self, request: Request, attempt: str) -> Response:
        """Write them down, and answer what is wrong as far as they tell: `{verdicts}`."""
        known = meeting_id(attempt)
        if known is None:
            raise Refusal("NOT_FOUND", "An attempt's id is a UUID.")
        body = read_body(request, BODY)
        person = self.person
        posted = Posted(
            known,
            told=body,
            meeting_id=meeting_id(body.get("meetingId", "")),
            display_name=body.get("displayName", ""),
            user_id=person.user_id,
            guest=person.guest,
            address=client_address(request.META.get("REMOTE_ADDR", ""), request.META.get("HTTP_X_FORWARDED_FOR", "")),
            client=request.META.get("HTTP_USER_AGENT", "")[:200],
        )
        return Response({"verdicts": take_in(posted)})
