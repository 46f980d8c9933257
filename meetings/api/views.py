"""Meetings over HTTP: make one, look at one, get a ticket to one."""

from uuid import uuid4

from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle, SimpleRateThrottle
from rest_framework.views import APIView

from meetings import identity
from meetings.actions.find import find_meeting
from meetings.actions.judge import judge, passcode_fits
from meetings.actions.start import host_ticket, start_meeting
from meetings.api.bodies import JOIN, START, read_body, read_moment
from meetings.identity import Person
from meetings.links import SOCKET_PATH, join_url
from meetings.models import Meeting, Participant
from meetings.recent import recent_meetings
from meetings.snapshots import meeting_entry
from meetings.tickets import JOIN_SECONDS, Ticket


class PasscodeGuesses(SimpleRateThrottle):
    """Tries at passcodes, for each address."""

    rate = "30/min"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        return f"passcode-guesses-{self.get_ident(request)}"


class Meetings(APIView):
    """`/api/meetings/`"""

    throttle_classes = [ScopedRateThrottle]
    throttle_scope = "start-meeting"

    def post(self, request: Request) -> Response:
        """Start a meeting. Its host is this session or account, and whoever has the ticket."""
        body = read_body(request, START)
        meeting = start_meeting(
            identity.of_request(request._request, remember=True),
            body.get("title", ""),
            starts_at=read_moment(body["startsAt"]) if "startsAt" in body else None,
            capacity=body.get("capacity"),
            passcode=body.get("passcode", ""),
            guests_allowed=body.get("guestsAllowed", True),
        )
        content = {
            "id": str(meeting.id),
            "title": meeting.title,
            "code": meeting.code,
            "join_url": join_url(request._request, meeting),
            "host_ticket": host_ticket(meeting),
        }
        return Response(content, status=201)


class OneMeeting(APIView):
    """`/api/meetings/<id or code>/`"""

    def get(self, request: Request, reference: str) -> Response:
        """What whoever has its link may know of a meeting. Who is in it is told only where no passcode is asked."""
        meeting = find_meeting(reference)
        present = Participant.objects.none() if meeting.passcode_hash else meeting.participants.filter(left_at=None)
        names = present.values_list("display_name", flat=True)
        entry = meeting_entry(meeting)
        return Response({**entry, "participants": [{"displayName": name} for name in names]})


class RecentMeetings(APIView):
    """`/api/meetings/recent`"""

    def get(self, request: Request) -> Response:
        """The meetings that this session or account started or was in, the latest first."""
        return Response(recent_meetings(identity.of_request(request._request)))


class Join(APIView):
    """`/api/meetings/<id or code>/join`"""

    throttle_classes = [ScopedRateThrottle]
    throttle_scope = "join"

    def post(self, request: Request, reference: str) -> Response:
        """A ticket for the socket. Refused as joining would be; a ticket keeps no place."""
        body = read_body(request, JOIN)
        meeting = find_meeting(reference)
        person = identity.of_request(request._request)
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
