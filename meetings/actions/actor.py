"""Whoever does something in a meeting, read from the rows at that moment."""

from uuid import UUID

from meetings import access
from meetings.identity import Person
from meetings.models import Meeting, Participant
from meetings.protocol.codes import Refusal

By = UUID | Person
"""Who acts: a participant, by id, over their socket; or a person at another door of the site, in the meeting or not."""


def acting(meeting_id: UUID, by: By) -> Participant:
    """Who acts, with their meeting. Raises Refusal with a code of `access.stay`.

    A person is who they are in the meeting; the host who is not there acts as a participant that is no row.
    """
    if isinstance(by, Person):
        return _acting_person(meeting_id, by)
    # There is one of an id at most: to put them in order would cost more than to find them.
    found = Participant.objects.select_related("meeting").filter(id=by, meeting_id=meeting_id).order_by()
    participant = next(iter(found), None)
    if refusal := access.stay(participant):
        raise refusal
    assert participant is not None, "access.stay refuses nobody"
    return participant


def acting_as(meeting_id: UUID, by: By, event: str) -> Participant:
    """`acting`, by somebody whose role lets them do this. Raises Refusal NOT_ALLOWED too."""
    actor = acting(meeting_id, by)
    if refusal := access.act(actor, event):
        raise refusal
    return actor


def target_of(actor: Participant, target_id: UUID, event: str) -> Participant:
    """Whom `actor` does something to, who is in the same meeting now. Raises Refusal NOT_ALLOWED or NOT_IN_MEETING."""
    target = Participant.objects.filter(id=target_id, meeting_id=actor.meeting_id, left_at=None).first()
    if target is None:
        raise access.act(actor, event) or Refusal("NOT_IN_MEETING", "That participant is not in the meeting.")
    if refusal := access.act_on(actor, event, target):
        raise refusal
    target.meeting = actor.meeting
    return target


def knows(by: By | None) -> list[UUID]:
    """Who need not be told of what they did: the participant whose socket gets the answer."""
    return [by] if isinstance(by, UUID) else []


def _acting_person(meeting_id: UUID, person: Person) -> Participant:
    meeting = Meeting.objects.get(id=meeting_id)
    if person.is_host_of(meeting):
        name = person.display_name or "Host"
        actor = Participant(meeting=meeting, user_id=person.user_id, display_name=name, role=Participant.Role.HOST)
        mine = person.stays_in(meeting).filter(left_at=None, role=Participant.Role.HOST).first()
        return mine or actor
    # Of several tabs, the one that may most.
    there = {one.role: one for one in person.stays_in(meeting).filter(left_at=None).order_by("-joined_at")}
    for role in (Participant.Role.HOST, Participant.Role.CO_HOST):
        if role in there:
            return there[role]
    refusal = access.stay(next(iter(there.values()), None))
    if refusal is not None:
        raise refusal
    return next(iter(there.values()))
