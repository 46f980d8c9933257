"""Meetings over HTTP: make one, find mine, look at one, change or delete it, get a ticket to one."""

from typing import Any
from uuid import uuid4

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Coalesce
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from meetings import identity
from meetings.actions.change import change, delete
from meetings.actions.door import set_waiting_room
from meetings.actions.find import find_meeting
from meetings.actions.judge import judge, passcode_fits
from meetings.actions.lock import lock_meeting
from meetings.actions.notes import set_notes_by
from meetings.actions.permit import permit_all
from meetings.actions.start import UNTITLED, host_ticket, start_meeting
from meetings.api.answers import DETAIL, MEETINGS, RECENT, STARTED, TICKET
from meetings.api.base import MeetingView
from meetings.api.bodies import CHANGE, JOIN, LISTED, START, read_body, read_query
from meetings.api.etags import demand_known
from meetings.api.idempotency import once
from meetings.api.paging import paged
from meetings.api.planning import people_in, plan_in
from meetings.api.schema import operation
from meetings.api.seen import meeting_detail, meeting_seen
from meetings.identity import Person
from meetings.links import SOCKET_PATH, join_url
from meetings.models import Meeting, Participant
from meetings.planning.invitees import invite_people
from meetings.planning.plan import plan_meeting
from meetings.protocol.fields import When
from meetings.recent import meetings_of, recent_meetings
from meetings.tickets import JOIN_SECONDS, Ticket

Json = dict[str, Any]

_ABOUT = {
    "description": "description",
    "closes": "closes",
    "earlyMinutes": "early_minutes",
    "remindMinutes": "remind_minutes",
}
_AS_THEY_ARE = {
    **_ABOUT,
    "capacity": "capacity",
    "beforeHost": "before_host",
    "guestsAllowed": "guests_allowed",
    "emptyMinutes": "empty_minutes",
}
_ETAG = "An ETag that an answer came with."


class PasscodeGuesses(SimpleRateThrottle):
    """Tries at passcodes, for each address."""

    rate = "30/min"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        return f"passcode-guesses-{self.get_ident(request)}"


class Meetings(MeetingView):
    """`/api/meetings/`"""

    def get_throttles(self) -> Any:
        """Starting meetings has a rate of its own."""
        if self.request.method == "POST":
            self.throttle_scope = "start-meeting"
        return super().get_throttles()

    @operation(
        "listMeetings", scope="meetings:read", query=LISTED, headers={"If-None-Match": _ETAG}, answers={200: MEETINGS}
    )
    def get(self, request: Request) -> Response:
        """My meetings: those that I host or was in. `from` and `to` are of when a meeting starts, or else was made, as
        is the order `startsAt`.
        """
        wanted = read_query(request, LISTED)
        # What was not given a time is as old as it is.
        rows = meetings_of(self.person).annotate(when=Coalesce("starts_at", "created_at")).filter(_asked_for(wanted))
        return paged(request, rows, _ordering(wanted.get("ordering", "-startsAt")), self._seen)

    @operation(
        "startMeeting",
        scope="meetings:write",
        headers={"Idempotency-Key": "Sent again under the same key within a day, the same answer comes back."},
        body=START,
        answers={201: STARTED},
        codes=("NOT_ALLOWED", "KEY_REUSED"),
    )
    def post(self, request: Request) -> Response:
        """Start a meeting; with a `schedule` plan it, and invite `people` by mail. Its host is this session or account,
        and whoever has the ticket.
        """
        body = read_body(request, START)
        known = self.person
        return Response(once(request, known, body, lambda: self._start(body)), status=201)

    @transaction.atomic
    def _start(self, body: Json) -> Json:
        person = identity.of_request(self.request._request, remember=True)
        meeting = start_meeting(
            person,
            body.get("title", ""),
            starts_at=When().read(body["startsAt"]) if "startsAt" in body else None,
            capacity=body.get("capacity"),
            passcode=body.get("passcode", ""),
            guests_allowed=body.get("guestsAllowed", True),
        )
        about = {column: body[name] for name, column in _ABOUT.items() if name in body}
        if about:
            change(meeting.id, about, by=person)
        if "schedule" in body:
            plan_meeting(meeting.id, plan_in(body["schedule"]), by=person)
        if body.get("people"):
            invite_people(meeting.id, people_in(body["people"]), by=person)
        return {
            "id": str(meeting.id),
            "title": meeting.title,
            "code": meeting.code,
            "join_url": join_url(self.request._request, meeting),
            "host_ticket": host_ticket(meeting),
        }

    def _seen(self, meeting: Meeting) -> Json:
        return meeting_seen(meeting, self.person)


class OneMeeting(MeetingView):
    """`/api/meetings/<id or code>/`"""

    @operation(
        "getMeeting",
        scope="meetings:read",
        path=("reference",),
        headers={"If-None-Match": _ETAG},
        answers={200: DETAIL},
        codes=("MEETING_NOT_FOUND",),
    )
    def get(self, request: Request, reference: str) -> Response:
        """What whoever has its link may know of a meeting. Who is in it is told only where no passcode is asked."""
        return Response(meeting_detail(find_meeting(reference), self.person))

    @operation(
        "changeMeeting",
        scope="meetings:write",
        path=("reference",),
        headers={"If-Match": f"{_ETAG} Refused where somebody has changed the meeting since."},
        body=CHANGE,
        answers={200: DETAIL},
        codes=("MEETING_NOT_FOUND", "NOT_ALLOWED", "WRONG_STATE", "CHANGED_MEANWHILE"),
    )
    def patch(self, request: Request, reference: str) -> Response:
        """Change what stands in the body; null takes a time or a number away, an empty passcode the passcode."""
        body = read_body(request, CHANGE)
        meeting = self.meeting_for(reference, "change-meeting")
        columns = _columns(body)
        with transaction.atomic():
            meeting = Meeting.objects.select_for_update().get(id=meeting.id)
            demand_known(request, meeting_seen(meeting, self.person))
            change(meeting.id, columns, by=self.person)
            if "locked" in body:
                lock_meeting(meeting.id, body["locked"], by=self.person)
            if "waitingRoom" in body:
                set_waiting_room(meeting.id, body["waitingRoom"], by=self.person)
            if "notesBy" in body:
                set_notes_by(meeting.id, body["notesBy"], by=self.person)
            if body.get("permissions"):
                permit_all(meeting.id, body["permissions"], by=self.person)
        meeting.refresh_from_db()
        return Response(meeting_detail(meeting, self.person))

    @operation(
        "deleteMeeting",
        scope="meetings:write",
        path=("reference",),
        answers={204: None},
        codes=("MEETING_NOT_FOUND", "NOT_ALLOWED", "WRONG_STATE"),
    )
    def delete(self, request: Request, reference: str) -> Response:
        """Delete a meeting in which nobody is, with all that belongs to it."""
        delete(self.meeting_for(reference, "delete-meeting").id, by=self.person)
        return Response(status=204)


class RecentMeetings(MeetingView):
    """`/api/meetings/recent`"""

    @operation("recentMeetings", scope="meetings:read", answers={200: RECENT})
    def get(self, request: Request) -> Response:
        """The meetings that this session or account started or was in, the latest first."""
        return Response(recent_meetings(self.person))


class Join(MeetingView):
    """`/api/meetings/<id or code>/join`"""

    throttle_scope = "join"
    has_versions = False

    @operation(
        "joinMeeting",
        scope="meetings:join",
        path=("reference",),
        body=JOIN,
        answers={200: TICKET},
        codes=(
            "MEETING_NOT_FOUND",
            "MEETING_ENDED",
            "MEETING_CANCELLED",
            "MEETING_FULL",
            "MEETING_LOCKED",
            "MEETING_NOT_STARTED",
            "ACCOUNT_REQUIRED",
            "WRONG_PASSCODE",
            "REMOVED",
        ),
    )
    def post(self, request: Request, reference: str) -> Response:
        """A ticket for the socket. Refused as joining would be; a ticket keeps no place."""
        body = read_body(request, JOIN)
        meeting = find_meeting(reference)
        person = self.person
        if refusal := judge(meeting, person, passcode_known=self._knows_passcode(meeting, body.get("passcode", ""))):
            raise refusal
        ticket = _ticket(meeting, person, body.get("displayName", "").strip())
        return Response({"ticket": ticket.signed(JOIN_SECONDS), "expiresIn": JOIN_SECONDS, "socketUrl": SOCKET_PATH})

    def _knows_passcode(self, meeting: Meeting, passcode: str) -> bool:
        if not (passcode and meeting.passcode_hash):
            return False
        guesses = PasscodeGuesses()
        if not guesses.allow_request(self.request, self):
            raise Throttled(guesses.wait())
        return passcode_fits(meeting, passcode)


def _ticket(meeting: Meeting, person: Person, display_name: str) -> Ticket:
    role = Participant.Role.HOST if person.is_host_of(meeting) else Participant.Role.ATTENDEE
    # Programs have no session; the key in their ticket is what they are known by.
    guest = "" if person.user_id is not None else person.guest or uuid4().hex
    return Ticket(meeting.id, role, display_name or person.display_name, guest, person.user_id)


def _asked_for(wanted: Json) -> Q:
    asked = Q()
    if "state" in wanted:
        asked &= Q(state=wanted["state"])
    if "from" in wanted:
        asked &= Q(when__gte=When().read(wanted["from"]))
    if "to" in wanted:
        asked &= Q(when__lte=When().read(wanted["to"]))
    if words := wanted.get("search", "").strip():
        asked &= Q(title__icontains=words)
    return asked


def _ordering(wanted: str) -> tuple[str, str]:
    backwards, name = ("-", wanted[1:]) if wanted.startswith("-") else ("", wanted)
    column = {"startsAt": "when", "createdAt": "created_at", "title": "title"}[name]
    return f"{backwards}{column}", f"{backwards}id"


def _columns(body: Json) -> Json:
    """What of a change stands in columns of the meeting that are changed as they are."""
    columns: Json = {}
    if "title" in body:
        columns["title"] = body["title"].strip() or UNTITLED
    if "startsAt" in body:
        columns["starts_at"] = None if body["startsAt"] is None else When().read(body["startsAt"])
    if "passcode" in body:
        columns["passcode_hash"] = make_password(body["passcode"]) if body["passcode"] else ""
    return columns | {column: body[name] for name, column in _AS_THEY_ARE.items() if name in body}
