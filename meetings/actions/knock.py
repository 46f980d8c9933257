"""Wait at a meeting's door, and go away from it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from meetings import access, facts
from meetings.identity import Person
from meetings.models import Knock, Meeting, Participant
from meetings.snapshots import waiting_entry


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who is not let in yet: as whom they wait, behind how many (1 is next), and for what."""

    meeting_id: UUID
    knock_id: UUID
    position: int
    wait: access.Wait


def was_admitted(meeting: Meeting, person: Person) -> bool:
    """Whether a host let this person in before, or they have a ticket that says so."""
    if person.ticket is not None and person.ticket.meeting == meeting.id and person.ticket.admitted:
        return True
    return _knocks_of(person, meeting).filter(decision=Knock.Decision.ADMITTED, asks_host=True).exists()


def knock(
    meeting: Meeting, person: Person, display_name: str, wait: access.Wait, connection: UUID, served_by: UUID | None
) -> Waiting:
    """Wait for a host. Hosts are told; whoever waits already goes on waiting, over this socket. In a transaction."""
    asks_host = wait == "admission"
    mine = _knocks_of(person, meeting).filter(decided_at=None).select_for_update().first()
    if mine is None:
        mine = Knock(
            meeting=meeting,
            user_id=person.user_id,
            guest="" if person.user_id is not None else person.guest,
            asked_at=timezone.now(),
        )
    mine.display_name, mine.asks_host = display_name, asks_host
    mine.connection, mine.served_by_id = connection, served_by
    mine.save()
    tell_hosts(meeting.id, "participant-waiting", waiting_entry(mine))
    before = meeting.knocks.filter(decided_at=None, asked_at__lt=mine.asked_at).count()
    return Waiting(meeting.id, mine.id, before + 1, wait)


def give_up(connection: UUID) -> None:
    """Whoever waited over this socket has gone away."""
    decide(Knock.objects.filter(connection=connection), Knock.Decision.LEFT, by=None)


def decide(knocks: QuerySet[Knock], decision: Knock.Decision, *, by: Participant | None) -> list[Knock]:
    """Decide over those of the knocks that nobody has decided over yet, and tell them and the hosts. Those."""
    decided = []
    with transaction.atomic():
        for one in knocks.filter(decided_at=None).select_for_update():
            one.decided_at, one.decision = timezone.now(), decision
            one.decided_by = None if by is None or by._state.adding else by
            one.save(update_fields=["decided_at", "decision", "decided_by"])
            over = {"participantId": str(one.id), "decision": decision.value}
            tell_hosts(one.meeting_id, "waiting-over", over)
            # Last: whoever hears of it comes in at once, and is told of as somebody new.
            if decision != Knock.Decision.LEFT:
                facts.publish(one.meeting_id, facts.DECIDED, {"decision": decision.value}, only=[one.id])
            decided.append(one)
    return decided


def open_door(meeting: Meeting) -> None:
    """A host has come in: let in who waited for nothing else."""
    decide(Knock.objects.filter(meeting=meeting, asks_host=False), Knock.Decision.ADMITTED, by=None)


def send_away(meeting_id: UUID) -> None:
    """Nobody waits any more, for there is nothing to wait for; the end of the meeting tells them."""
    waiting = Knock.objects.filter(meeting_id=meeting_id, decided_at=None)
    waiting.update(decided_at=timezone.now(), decision=Knock.Decision.LEFT)


def tell_hosts(meeting_id: UUID, event: str, data: dict[str, Any]) -> None:
    """Tell the hosts who are in the meeting."""
    there = Participant.objects.filter(meeting_id=meeting_id, left_at=None, role__in=access.HOSTS)
    hosts: Iterable[UUID] = there.values_list("id", flat=True)
    if hosts := list(hosts):
        facts.publish(meeting_id, event, data, only=hosts)


def _knocks_of(person: Person, meeting: Meeting) -> QuerySet[Knock]:
    if person.user_id is not None:
        return meeting.knocks.filter(user_id=person.user_id)
    if person.guest:
        return meeting.knocks.filter(guest=person.guest)
    return meeting.knocks.none()
