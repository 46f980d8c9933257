"""When a meeting is, and who is invited to it, over HTTP."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from meetings.actions.find import meeting_id
from meetings.api.answers import INVITEES, OCCURRENCE, OCCURRENCES, PLAN_SEEN
from meetings.api.base import MeetingView
from meetings.api.bodies import BETWEEN, INVITE, OCCURRENCE_CHANGE, PAGED, PLAN, read_body, read_query
from meetings.api.notations import wall_time
from meetings.api.paging import paged
from meetings.api.schema import operation
from meetings.api.seen import invitee_seen, occurrence_seen, plan_seen
from meetings.calendars.plan import Plan, read_plan
from meetings.calendars.recurrence import BadRule
from meetings.identity import Person
from meetings.models import Meeting, Occurrence
from meetings.planning.invitees import Wanted, invite_people, uninvite
from meetings.planning.plan import (
    cancel_following,
    cancel_occurrence,
    move_occurrence,
    plan_following,
    plan_meeting,
    restore_occurrence,
)
from meetings.protocol.codes import Refusal
from meetings.protocol.fields import When

Json = dict[str, Any]

_CODES = ("MEETING_NOT_FOUND", "NOT_ALLOWED", "WRONG_STATE")
_ONE_CODES = (*_CODES, "NOT_FOUND")


class ScheduleOf(MeetingView):
    """`/api/meetings/<id or code>/schedule`"""

    @operation(
        "getSchedule",
        scope="meetings:read",
        path=("reference",),
        answers={200: PLAN_SEEN},
        codes=("MEETING_NOT_FOUND", "NOT_ALLOWED"),
    )
    def get(self, request: Request, reference: str) -> Response:
        """What is planned: one part, and one more from each change of an occurrence and those that follow."""
        return Response(plan_seen(self.meeting_for(reference, "see-plan")))

    @operation(
        "planMeeting", scope="meetings:write", path=("reference",), body=PLAN, answers={200: PLAN_SEEN}, codes=_CODES
    )
    def put(self, request: Request, reference: str) -> Response:
        """Plan it, or plan anew all that has not begun. Those who are invited are told."""
        body = read_body(request, PLAN)
        meeting = self.meeting_for(reference, "plan-meeting")
        plan_meeting(meeting.id, plan_in(body), by=self.person)
        return Response(plan_seen(meeting))


class OccurrencesOf(MeetingView):
    """`/api/meetings/<id or code>/occurrences`"""

    @operation(
        "listOccurrences",
        scope="meetings:read",
        path=("reference",),
        query=BETWEEN,
        answers={200: OCCURRENCES},
        codes=("MEETING_NOT_FOUND", "NOT_ALLOWED"),
    )
    def get(self, request: Request, reference: str) -> Response:
        """When it is, the earliest first; `from` and `to` are of when an occurrence ends and begins."""
        wanted = read_query(request, BETWEEN)
        rows = self.meeting_for(reference, "see-plan").occurrences.select_related("meeting")
        if "from" in wanted:
            rows = rows.filter(ends_at__gte=When().read(wanted["from"]))
        if "to" in wanted:
            rows = rows.filter(starts_at__lte=When().read(wanted["to"]))
        return paged(request, rows, ("starts_at", "id"), occurrence_seen)


class OneOccurrence(MeetingView):
    """`/api/meetings/<id or code>/occurrences/<id>`"""

    @operation(
        "changeOccurrence",
        scope="meetings:write",
        path=("reference", "occurrence"),
        body=OCCURRENCE_CHANGE,
        answers={200: OCCURRENCE},
        codes=_ONE_CODES,
    )
    def patch(self, request: Request, reference: str, occurrence: str) -> Response:
        """Move one, name it, cancel it, or take that back; with `following`, it and those that follow. What follows
        is moved to the wall time of `startsAt` in the time zone of the plan.
        """
        body = read_body(request, OCCURRENCE_CHANGE)
        meeting = self.meeting_for(reference, "plan-meeting")
        one = _occurrence(meeting, occurrence)
        _change(meeting, one, body, self.person)
        found = Occurrence.objects.select_related("meeting").filter(id=one.id).first()
        # Those that follow have taken its place.
        shown = found or meeting.occurrences.select_related("meeting").filter(original__gte=one.original).first()
        return Response(occurrence_seen(shown or one))


class Invitees(MeetingView):
    """`/api/meetings/<id or code>/invitees`"""

    @operation(
        "listInvitees",
        scope="meetings:read",
        path=("reference",),
        query=PAGED,
        answers={200: INVITEES},
        codes=("MEETING_NOT_FOUND", "NOT_ALLOWED"),
    )
    def get(self, request: Request, reference: str) -> Response:
        """Who is invited, and whether they come."""
        read_query(request, PAGED)
        rows = self.meeting_for(reference, "see-plan").invitees.filter(uninvited_at=None)
        return paged(request, rows, ("email", "id"), invitee_seen)

    @operation(
        "invitePeople", scope="people:write", path=("reference",), body=INVITE, answers={200: INVITEES}, codes=_CODES
    )
    def post(self, request: Request, reference: str) -> Response:
        """Invite people by mail. Who is invited already keeps what they have but for name and role."""
        body = read_body(request, INVITE)
        meeting = self.meeting_for(reference, "invite-people")
        invited = invite_people(meeting.id, people_in(body["people"]), by=self.person)
        return Response({"next": None, "previous": None, "results": [invitee_seen(one) for one in invited]})


class OneInvitee(MeetingView):
    """`/api/meetings/<id or code>/invitees/<id>`"""

    @operation("uninvite", scope="people:write", path=("reference", "invitee"), answers={204: None}, codes=_ONE_CODES)
    def delete(self, request: Request, reference: str, invitee: str) -> Response:
        """Invite somebody no more. They are told."""
        meeting = self.meeting_for(reference, "invite-people")
        known = meeting_id(invitee)
        if known is None:
            raise Refusal("NOT_FOUND", "Nobody is invited under that id.")
        uninvite(meeting.id, known, by=self.person)
        return Response(status=204)


def plan_in(body: Json) -> Plan:
    """The plan in `bodies.PLAN`. Raises Refusal BAD_REQUEST."""
    try:
        return read_plan(wall_time(body["first"]), body["zone"], body["minutes"], body.get("rule", ""))
    except BadRule as bad:
        raise Refusal("BAD_REQUEST", str(bad)) from None


def people_in(people: list[Json]) -> list[Wanted]:
    """Whom `bodies.INVITE` names."""
    return [Wanted(one["email"], one.get("name", ""), one.get("role", "attendee")) for one in people]


def _occurrence(meeting: Meeting, occurrence: str) -> Occurrence:
    known = meeting_id(occurrence)
    found = meeting.occurrences.select_related("schedule").filter(id=known).first() if known is not None else None
    if found is None:
        raise Refusal("NOT_FOUND", "The meeting has no such occurrence.")
    return found


def _change(meeting: Meeting, one: Occurrence, body: Json, person: Person) -> None:
    following = body.get("following", False)
    if body.get("cancelled"):
        (cancel_following if following else cancel_occurrence)(meeting.id, one.id, by=person)
        return
    if one.cancelled and body.get("cancelled") is False:
        restore_occurrence(meeting.id, one.id, by=person)
    starts = When().read(body["startsAt"]) if "startsAt" in body else one.starts_at
    minutes = body.get("minutes", int((one.ends_at - one.starts_at).total_seconds() // 60))
    if following:
        pattern = one.schedule.pattern
        first = starts.astimezone(pattern.zone).replace(tzinfo=None)
        plan_following(meeting.id, one.id, Plan(pattern.going_on(one.original, first), minutes), by=person)
    elif body.keys() & {"startsAt", "minutes", "title"}:
        move_occurrence(meeting.id, one.id, starts, minutes, body.get("title", one.title), by=person)
