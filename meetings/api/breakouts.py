"""Breakout rooms over HTTP: for the hosts of a meeting, who need not be in it. Going to a room is for those who are."""

from typing import Any
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from meetings.actions.breakouts.assign import assign_breakout
from meetings.actions.breakouts.broadcast import broadcast
from meetings.actions.breakouts.close import close_breakouts
from meetings.actions.breakouts.create import create_breakouts, open_breakouts
from meetings.actions.breakouts.state import breakouts_state
from meetings.api.base import MeetingView, named
from meetings.api.bodies import ASSIGN_BREAKOUT, BROADCAST, CLOSE_BREAKOUTS, CREATE_BREAKOUTS, NOTHING, read_body
from meetings.api.idempotency import once
from meetings.api.schema import operation
from meetings.countdowns import begin_soon
from meetings.models import Meeting
from meetings.protocol.requests.breakouts import CLOSING_SECONDS, names_of
from meetings.protocol.shapes import BREAKOUTS

Json = dict[str, Any]

_HOSTS = ("MEETING_NOT_FOUND", "NOT_ALLOWED")
_STEP = (*_HOSTS, "WRONG_STATE")


class BreakoutsOf(MeetingView):
    """`/api/meetings/<id or code>/breakouts`"""

    def get_throttles(self) -> Any:
        """Dividing a meeting has a rate of its own."""
        if self.request.method == "POST":
            self.throttle_scope = "divide"
        return super().get_throttles()

    @operation("getBreakouts", scope="meetings:read", path=("reference",), answers={200: BREAKOUTS}, codes=_HOSTS)
    def get(self, request: Request, reference: str) -> Response:
        """The breakout rooms, who belongs in which (`roomId`), and who is where (`isIn`; null is the main room)."""
        return Response(self._state(self.meeting_for(reference, "breakouts")))

    @operation(
        "createBreakouts",
        scope="meetings:write",
        path=("reference",),
        headers={"Idempotency-Key": "Sent again under the same key within a day, they are made once."},
        body=CREATE_BREAKOUTS,
        answers={201: BREAKOUTS},
        codes=(*_STEP, "KEY_REUSED"),
    )
    def post(self, request: Request, reference: str) -> Response:
        """Make breakout rooms, of these `names` or so many. `evenly` says by chance who belongs in which, of all who
        are there and no hosts. Rooms that are not open yet make way for new ones.
        """
        body = read_body(request, CREATE_BREAKOUTS)
        meeting = self.meeting_for(reference, "create-breakouts")
        said = {"meeting": str(meeting.id), **body}
        return Response(once(request, self.person, said, lambda: self._create(meeting, body)), status=201)

    @operation("deleteBreakouts", scope="meetings:write", path=("reference",), answers={204: None}, codes=_STEP)
    def delete(self, request: Request, reference: str) -> Response:
        """Bring everybody back at once, without a countdown; rooms that are not open yet are given up."""
        meeting = self.meeting_for(reference, "close-breakouts")
        begin_soon(close_breakouts(meeting.id, 0, by=self.person))
        return Response(status=204)

    def _create(self, meeting: Meeting, body: Json) -> Json:
        create_breakouts(
            meeting.id,
            names_of(body),
            evenly=body["assign"] == "evenly",
            closing_seconds=body.get("closingSeconds", CLOSING_SECONDS),
            by=self.person,
        )
        return self._state(meeting)

    def _state(self, meeting: Meeting) -> Json:
        return breakouts_state(meeting.id, by=self.person)


class SeatOf(MeetingView):
    """`/api/meetings/<id or code>/breakouts/people/<id>`"""

    @operation(
        "assignBreakout",
        scope="people:write",
        path=("reference", "participant"),
        body=ASSIGN_BREAKOUT,
        answers={200: BREAKOUTS},
        codes=(*_STEP, "NOT_IN_MEETING"),
    )
    def put(self, request: Request, reference: str, participant: str) -> Response:
        """Say in which room somebody belongs, or (null) in none. While rooms are open, they are called there, or
        back: so are people moved from one to another.
        """
        body = read_body(request, ASSIGN_BREAKOUT)
        meeting = self.meeting_for(reference, "assign-breakout")
        room = None if body["roomId"] is None else UUID(body["roomId"])
        assign_breakout(meeting.id, named(participant), room, by=self.person)
        return Response(breakouts_state(meeting.id, by=self.person))


class OpenBreakouts(MeetingView):
    """`/api/meetings/<id or code>/breakouts/open`"""

    throttle_scope = "divide"

    @operation(
        "openBreakouts",
        scope="meetings:write",
        path=("reference",),
        body=NOTHING,
        answers={200: BREAKOUTS},
        codes=_STEP,
    )
    def post(self, request: Request, reference: str) -> Response:
        """Let everybody into their room, and call them there."""
        read_body(request, NOTHING)
        meeting = self.meeting_for(reference, "open-breakouts")
        open_breakouts(meeting.id, by=self.person)
        return Response(breakouts_state(meeting.id, by=self.person))


class CloseBreakouts(MeetingView):
    """`/api/meetings/<id or code>/breakouts/close`"""

    throttle_scope = "divide"

    @operation(
        "closeBreakouts",
        scope="meetings:write",
        path=("reference",),
        body=CLOSE_BREAKOUTS,
        answers={200: BREAKOUTS},
        codes=_STEP,
    )
    def post(self, request: Request, reference: str) -> Response:
        """Close the rooms in so many seconds, or as many as were said when they were made. A countdown that runs is
        made shorter, never longer.
        """
        seconds = read_body(request, CLOSE_BREAKOUTS).get("seconds")
        meeting = self.meeting_for(reference, "close-breakouts")
        begin_soon(close_breakouts(meeting.id, seconds, by=self.person))
        return Response(breakouts_state(meeting.id, by=self.person))


class Broadcast(MeetingView):
    """`/api/meetings/<id or code>/breakouts/broadcast`"""

    throttle_scope = "chat"

    @operation("broadcast", scope="chat:write", path=("reference",), body=BROADCAST, answers={204: None}, codes=_STEP)
    def post(self, request: Request, reference: str) -> Response:
        """Say something to everybody, whichever room they are in. It is kept nowhere."""
        text = read_body(request, BROADCAST)["text"]
        meeting = self.meeting_for(reference, "broadcast")
        broadcast(meeting.id, text, by=self.person)
        return Response(status=204)
