"""Who is in a meeting and who waits at its door, over HTTP. Whoever holds their sockets carries it out."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from meetings.actions.bans import banned_people, lift_ban
from meetings.actions.give_role import give_role
from meetings.actions.hands import lower_hand
from meetings.actions.let_in import let_all_in, let_in, turn_away
from meetings.actions.mute import ask_to_unmute, mute, mute_all
from meetings.actions.permit import permit
from meetings.actions.remove import remove_participant
from meetings.actions.spotlight import spotlight
from meetings.api.answers import BANNED_PEOPLE, COUNT, INVITED, PARTICIPANTS, WAITING_PEOPLE
from meetings.api.base import MeetingView, named
from meetings.api.bodies import (
    MUTE,
    MUTE_ALL,
    NOTHING,
    PAGED,
    PERSON,
    REMOVED,
    ROLE_GIVEN,
    SAID,
    SPOTLIGHT,
    read_body,
    read_query,
)
from meetings.api.paging import paged
from meetings.api.schema import operation
from meetings.links import SOCKET_PATH, join_url
from meetings.models import Invitee, Meeting, Participant
from meetings.planning.invitees import Wanted, invite_people, ticket_of
from meetings.protocol.shapes import PARTICIPANT
from meetings.snapshots import participant_entry, waiting_people
from meetings.tickets import HOST_SECONDS

Json = dict[str, Any]

_CODES = ("MEETING_NOT_FOUND", "NOT_IN_MEETING", "NOT_ALLOWED")
_ONE = ("reference", "participant")


class Participants(MeetingView):
    """`/api/meetings/<id or code>/participants`"""

    @operation(
        "listParticipants",
        scope="meetings:read",
        path=("reference",),
        query=PAGED,
        answers={200: PARTICIPANTS},
        codes=("MEETING_NOT_FOUND",),
    )
    def get(self, request: Request, reference: str) -> Response:
        """Who is in the meeting, in the order in which they came: for its host and for those who are in it."""
        read_query(request, PAGED)
        meeting = self.meeting_for(reference, "list-participants")
        there = meeting.participants.filter(left_at=None)
        return paged(request, there, ("joined_at", "id"), lambda one: participant_entry(one, meeting))

    @operation(
        "invitePerson",
        scope="people:write",
        path=("reference",),
        body=PERSON,
        answers={201: INVITED},
        codes=("MEETING_NOT_FOUND", "NOT_ALLOWED", "WRONG_STATE"),
    )
    def post(self, request: Request, reference: str) -> Response:
        """Invite somebody by their e-mail address. They get mail, unless they are invited already, and their way in is
        answered here, too: `joinUrl` opens the page as them, `ticket` the socket.
        """
        body = read_body(request, PERSON)
        meeting = self.meeting_for(reference, "invite-people")
        wanted = Wanted(body["email"], body.get("name", ""), body.get("role", Invitee.Role.ATTENDEE))
        (invitee,) = invite_people(meeting.id, [wanted], by=self.person)
        ticket = ticket_of(invitee)
        return Response(
            {
                "id": str(invitee.id),
                "email": invitee.email,
                "name": invitee.name,
                "role": invitee.role,
                "ticket": ticket,
                "expiresIn": HOST_SECONDS,
                "joinUrl": f"{join_url(request._request, meeting)}#ticket={ticket}",
                "socketUrl": SOCKET_PATH,
            },
            status=201,
        )


class OneParticipant(MeetingView):
    """`/api/meetings/<id or code>/participants/<id>`"""

    @operation("removeParticipant", scope="people:write", path=_ONE, query=REMOVED, answers={204: None}, codes=_CODES)
    def delete(self, request: Request, reference: str, participant: str) -> Response:
        """Put somebody out of the meeting; with `ban` for good."""
        ban = read_query(request, REMOVED).get("ban", False)
        meeting = self.meeting_for(reference, "remove-participant")
        remove_participant(meeting.id, named(participant), by=self.person, ban=ban)
        return Response(status=204)


class RoleOf(MeetingView):
    """`/api/meetings/<id or code>/participants/<id>/role`"""

    @operation("giveRole", scope="people:write", path=_ONE, body=ROLE_GIVEN, answers={200: PARTICIPANT}, codes=_CODES)
    def put(self, request: Request, reference: str, participant: str) -> Response:
        """Give somebody a role. Made the host, the meeting is theirs from then on."""
        body = read_body(request, ROLE_GIVEN)
        meeting = self.meeting_for(reference, "set-role")
        give_role(meeting.id, named(participant), body["role"], by=self.person)
        return _participant(meeting, participant)


class PermissionsOf(MeetingView):
    """`/api/meetings/<id or code>/participants/<id>/permissions`"""

    @operation("permit", scope="people:write", path=_ONE, body=SAID, answers={200: PARTICIPANT}, codes=_CODES)
    def patch(self, request: Request, reference: str, participant: str) -> Response:
        """Say what somebody may send. Nothing is turned on by this."""
        said = read_body(request, SAID)
        meeting = self.meeting_for(reference, "set-permissions")
        permit(meeting.id, named(participant), said, by=self.person)
        return _participant(meeting, participant)


class MuteOf(MeetingView):
    """`/api/meetings/<id or code>/participants/<id>/mute`"""

    @operation("muteParticipant", scope="people:write", path=_ONE, body=MUTE, answers={200: PARTICIPANT}, codes=_CODES)
    def post(self, request: Request, reference: str, participant: str) -> Response:
        """Turn off somebody's microphone (`audio`) or camera (`video`), until a host lets them turn it on again."""
        body = read_body(request, MUTE)
        meeting = self.meeting_for(reference, "mute-participant")
        mute(meeting.id, named(participant), body["kind"], by=self.person)
        return _participant(meeting, participant)


class AskToUnmute(MeetingView):
    """`/api/meetings/<id or code>/participants/<id>/ask-to-unmute`"""

    @operation("askToUnmute", scope="people:write", path=_ONE, body=NOTHING, answers={200: PARTICIPANT}, codes=_CODES)
    def post(self, request: Request, reference: str, participant: str) -> Response:
        """Let somebody turn their microphone on, and ask them to. Nobody is turned on but by themselves."""
        read_body(request, NOTHING)
        meeting = self.meeting_for(reference, "ask-to-unmute")
        ask_to_unmute(meeting.id, named(participant), by=self.person)
        return _participant(meeting, participant)


class LowerHand(MeetingView):
    """`/api/meetings/<id or code>/participants/<id>/lower-hand`"""

    @operation("lowerHand", scope="people:write", path=_ONE, body=NOTHING, answers={200: PARTICIPANT}, codes=_CODES)
    def post(self, request: Request, reference: str, participant: str) -> Response:
        """Take somebody's hand down."""
        read_body(request, NOTHING)
        meeting = self.meeting_for(reference, "lower-hand")
        lower_hand(meeting.id, named(participant), by=self.person)
        return _participant(meeting, participant)


class MuteAll(MeetingView):
    """`/api/meetings/<id or code>/mute-all`"""

    @operation(
        "muteAll",
        scope="people:write",
        path=("reference",),
        body=MUTE_ALL,
        answers={200: COUNT},
        codes=("MEETING_NOT_FOUND", "NOT_ALLOWED"),
    )
    def post(self, request: Request, reference: str) -> Response:
        """Turn off the microphones of all who are there and neither hosts nor `except`; `count` is of how many."""
        body = read_body(request, MUTE_ALL)
        meeting = self.meeting_for(reference, "mute-all")
        spared = named(body["except"]) if "except" in body else None
        return Response({"count": len(mute_all(meeting.id, spared, by=self.person).changed)})


class Spotlight(MeetingView):
    """`/api/meetings/<id or code>/spotlight`"""

    @operation(
        "spotlight",
        scope="people:write",
        path=("reference",),
        body=SPOTLIGHT,
        answers={200: SPOTLIGHT},
        codes=_CODES,
    )
    def put(self, request: Request, reference: str) -> Response:
        """Show somebody larger to everybody; null shows nobody so."""
        body = read_body(request, SPOTLIGHT)
        meeting = self.meeting_for(reference, "spotlight-participant")
        target = None if body["participantId"] is None else named(body["participantId"])
        spotlight(meeting.id, target, by=self.person)
        return Response({"participantId": None if target is None else str(target)})


class Bans(MeetingView):
    """`/api/meetings/<id or code>/bans`"""

    @operation(
        "listBans",
        scope="meetings:read",
        path=("reference",),
        answers={200: BANNED_PEOPLE},
        codes=("MEETING_NOT_FOUND", "NOT_ALLOWED"),
    )
    def get(self, request: Request, reference: str) -> Response:
        """Who was put out for good, the last one first."""
        banned = banned_people(self.meeting_for(reference, "list-bans"))
        return Response({"results": [_banned(one) for one in banned]})


class OneBan(MeetingView):
    """`/api/meetings/<id or code>/bans/<participant id>`"""

    @operation("liftBan", scope="people:write", path=_ONE, answers={204: None}, codes=_CODES)
    def delete(self, request: Request, reference: str, participant: str) -> Response:
        """Let somebody come again."""
        meeting = self.meeting_for(reference, "lift-ban")
        lift_ban(meeting.id, named(participant), by=self.person)
        return Response(status=204)


def _banned(one: Participant) -> Json:
    assert one.left_at is not None, "the database holds that whoever is banned was removed"
    return {"participantId": str(one.id), "displayName": one.display_name, "at": one.left_at.isoformat()}


class Waiting(MeetingView):
    """`/api/meetings/<id or code>/waiting`"""

    @operation(
        "listWaiting",
        scope="meetings:read",
        path=("reference",),
        answers={200: WAITING_PEOPLE},
        codes=("MEETING_NOT_FOUND", "NOT_ALLOWED"),
    )
    def get(self, request: Request, reference: str) -> Response:
        """Who waits to come in, in the order in which they asked."""
        return Response({"results": waiting_people(self.meeting_for(reference, "list-waiting"))})


class AdmitAll(MeetingView):
    """`/api/meetings/<id or code>/waiting/admit-all`"""

    @operation(
        "admitAll",
        scope="people:write",
        path=("reference",),
        body=NOTHING,
        answers={200: COUNT},
        codes=("MEETING_NOT_FOUND", "NOT_ALLOWED"),
    )
    def post(self, request: Request, reference: str) -> Response:
        """Let in everybody who waits; `count` is how many."""
        read_body(request, NOTHING)
        meeting = self.meeting_for(reference, "admit-all")
        return Response({"count": let_all_in(meeting.id, by=self.person)})


class Admit(MeetingView):
    """`/api/meetings/<id or code>/waiting/<id>/admit`"""

    @operation("admit", scope="people:write", path=_ONE, body=NOTHING, answers={204: None}, codes=_CODES)
    def post(self, request: Request, reference: str, participant: str) -> Response:
        """Let somebody in who waits."""
        read_body(request, NOTHING)
        meeting = self.meeting_for(reference, "admit-participant")
        let_in(meeting.id, named(participant), by=self.person)
        return Response(status=204)


class Deny(MeetingView):
    """`/api/meetings/<id or code>/waiting/<id>/deny`"""

    @operation("deny", scope="people:write", path=_ONE, body=NOTHING, answers={204: None}, codes=_CODES)
    def post(self, request: Request, reference: str, participant: str) -> Response:
        """Do not let somebody in who waits. They may ask again."""
        read_body(request, NOTHING)
        meeting = self.meeting_for(reference, "deny-participant")
        turn_away(meeting.id, named(participant), by=self.person)
        return Response(status=204)


def _participant(meeting: Meeting, participant: str) -> Response:
    # Anew: handing the meeting over changes whose it is.
    meeting.refresh_from_db()
    return Response(participant_entry(meeting.participants.get(id=named(participant)), meeting))
