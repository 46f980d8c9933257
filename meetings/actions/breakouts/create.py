"""Divide a meeting: make breakout rooms, say who belongs in which, and open them."""

from collections.abc import Iterable, Sequence
from random import SystemRandom
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from meetings import access
from meetings.actions.actor import By
from meetings.actions.breakouts.assign import call_to
from meetings.actions.breakouts.running import demand_running, leading, rooms_of, running, tell_leaders, tell_status
from meetings.actions.breakouts.seats import by_person, key_of, new_seat
from meetings.audit import note_act
from meetings.models import Breakouts, BreakoutSeat, Meeting, Participant
from meetings.protocol.codes import Refusal


def create_breakouts(meeting_id: UUID, names: Sequence[str], *, evenly: bool, closing_seconds: int, by: By) -> None:
    """Make rooms of these names; `evenly` also says by chance who belongs in which, of all who are in the meeting and
    no hosts. Rooms that were made before and not opened yet make way.

    Raises Refusal NOT_ALLOWED, WRONG_STATE while rooms are open, or a code of `access.stay`.
    """
    with transaction.atomic():
        actor, meeting = leading(meeting_id, by, "create-breakouts")
        before = running(meeting.id)
        if before is not None:
            if before.opened_at is not None:
                raise Refusal("WRONG_STATE", "The breakout rooms are open; close them first.")
            # Nobody was ever in them.
            Meeting.objects.filter(id__in=[room.id for room in rooms_of(meeting.id)]).delete()
            before.delete()
        Meeting.objects.filter(id=meeting.id).update(divided=True)
        breakouts = Breakouts.objects.create(
            meeting=meeting, created_at=timezone.now(), closing_seconds=closing_seconds
        )
        rooms = [_room(meeting, name) for name in names]
        if evenly:
            _deal(breakouts, rooms)
        note_act(meeting.id, "breakouts-created", {"rooms": list(names), "evenly": evenly}, by=actor)
        tell_leaders(breakouts)


def open_breakouts(meeting_id: UUID, *, by: By) -> None:
    """Let everybody into the room where they belong, and call them there.

    Raises Refusal NOT_ALLOWED, WRONG_STATE, or a code of `access.stay`.
    """
    with transaction.atomic():
        actor, meeting = leading(meeting_id, by, "open-breakouts")
        breakouts = demand_running(meeting.id)
        if breakouts.opened_at is not None:
            raise Refusal("WRONG_STATE", "The breakout rooms are open already.")
        breakouts.opened_at = timezone.now()
        breakouts.save(update_fields=["opened_at"])
        note_act(meeting.id, "breakouts-opened", by=actor)
        tell_status(breakouts)
        there = by_person(Participant.objects.filter(meeting=meeting, left_at=None))
        for seat in breakouts.seats.filter(room__isnull=False).select_related("room"):
            if seat.room is not None:
                call_to(seat.room, there.get(key_of(seat), ()))


def _room(meeting: Meeting, name: str) -> Meeting:
    """A room under the rules of the meeting, with its host, that ends with the others and never by itself."""
    same = ("capacity", "host_user_id", "host_guest", "organisation_id", *access.KINDS)
    return Meeting.objects.create(
        parent=meeting, title=name, empty_minutes=0, **{column: getattr(meeting, column) for column in same}
    )


def _deal(breakouts: Breakouts, rooms: Sequence[Meeting]) -> None:
    there = Participant.objects.filter(meeting_id=breakouts.meeting_id, left_at=None)
    people = [stays[0] for stays in by_person(there.exclude(role__in=access.HOSTS)).values()]
    # So that nobody learns to foresee it.
    SystemRandom().shuffle(people)
    seats: Iterable[BreakoutSeat] = (
        new_seat(breakouts, one, rooms[number % len(rooms)]) for number, one in enumerate(people)
    )
    BreakoutSeat.objects.bulk_create(seats)
