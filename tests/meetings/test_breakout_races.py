"""Breakout rooms, and several who act at the same moment, on real threads with connections of their own."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from meetings.actions.breakouts.assign import assign_breakout
from meetings.actions.breakouts.close import Closing, close_breakouts, close_due
from meetings.actions.breakouts.create import create_breakouts, open_breakouts
from meetings.actions.end import end_meeting
from meetings.actions.join import Entry, Joined
from meetings.actions.leave import leave
from meetings.actions.start import start_meeting
from meetings.identity import Person
from meetings.models import Act, Breakouts, BreakoutSeat, Meeting, Participant
from meetings.protocol.codes import Refusal
from tests.meetings.coming_in import join
from tests.meetings.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
ALICE = Person(guest="alice")
PUPILS = [Person(guest=f"pupil-{number}") for number in range(4)]


class Divided:
    """A meeting of Alice and four pupils, divided evenly into two rooms."""

    def __init__(self, *, opened: bool = True) -> None:
        self.meeting = start_meeting(ALICE, "Class")
        self.host = join(str(self.meeting.id), Entry(ALICE, uuid4())).participant_id
        self.stays = {one.guest: join(str(self.meeting.id), Entry(one, uuid4())).participant_id for one in PUPILS}
        create_breakouts(self.meeting.id, ["Red", "Blue"], evenly=True, closing_seconds=0, by=self.host)
        if opened:
            open_breakouts(self.meeting.id, by=self.host)

    def room_of(self, person: Person) -> UUID:
        room = BreakoutSeat.objects.get(guest=person.guest).room_id
        assert room is not None
        return room

    def goes(self, person: Person, place: UUID) -> Joined:
        """From where they are to a room, or back."""
        joined = join(str(place), Entry(person, uuid4(), leaves=self.stays[person.guest]))
        self.stays[person.guest] = joined.participant_id
        return joined

    def everybody_counts_once(self) -> None:
        for one in Meeting.objects.all():
            assert one.present == Participant.objects.filter(meeting=one, left_at=None).count(), one.title
        for person in PUPILS:
            assert Participant.objects.filter(guest=person.guest, left_at=None).count() <= 1


def refusals(outcomes: list[object]) -> set[str]:
    """The codes; anything else that was raised fails the test."""
    wrong = [one for one in outcomes if isinstance(one, Exception) and not isinstance(one, Refusal)]
    assert not wrong
    return {one.code for one in outcomes if isinstance(one, Refusal)}


def test_one_process_of_four_closes() -> None:
    divided = Divided()
    close_breakouts(divided.meeting.id, 0, by=divided.host)
    later = timezone.now() + timedelta(seconds=1)
    outcomes = at_once(*[partial(close_due, later)] * 4)
    assert sorted(len(ended) for ended in outcomes) == [0, 0, 0, 2]
    assert Act.objects.filter(step="breakouts-closed").count() == 1


def test_two_hosts_say_how_long() -> None:
    divided = Divided()
    say = [partial(close_breakouts, divided.meeting.id, seconds, by=divided.host) for seconds in (300, 60)]
    outcomes = at_once(*say)
    assert all(isinstance(one, Closing) for one in outcomes)
    closes_at = Breakouts.objects.get(meeting=divided.meeting).closes_at
    assert closes_at is not None
    assert closes_at < timezone.now() + timedelta(seconds=61), "the shorter one holds"


@pytest.mark.parametrize("round_number", range(3))
def test_moving_against_the_close(round_number: int) -> None:
    """Some are on their way there, some on their way back, when the rooms close."""
    divided = Divided()
    there = PUPILS[:2]
    for one in there:
        divided.goes(one, divided.room_of(one))
    moves = [partial(divided.goes, one, divided.meeting.id) for one in there]
    moves += [partial(divided.goes, one, divided.room_of(one)) for one in PUPILS[2:]]
    close_breakouts(divided.meeting.id, 0, by=divided.host)
    outcomes = at_once(*moves, partial(close_due, timezone.now() + timedelta(seconds=1)))
    assert refusals(outcomes) <= {"MEETING_ENDED"}
    divided.everybody_counts_once()
    assert not Participant.objects.filter(meeting__parent=divided.meeting, left_at=None).exists()


@pytest.mark.parametrize("round_number", range(3))
def test_moving_both_ways_at_once(round_number: int) -> None:
    divided = Divided()
    for one in PUPILS[:2]:
        divided.goes(one, divided.room_of(one))
    moves = [partial(divided.goes, one, divided.meeting.id) for one in PUPILS[:2]]
    moves += [partial(divided.goes, one, divided.room_of(one)) for one in PUPILS[2:]]
    assert refusals(at_once(*moves, partial(leave, divided.host))) == set()
    divided.everybody_counts_once()


def test_assigned_and_gone_at_the_same_moment() -> None:
    divided = Divided(opened=False)
    person = PUPILS[0]
    stay, room = divided.stays[person.guest], divided.room_of(PUPILS[1])
    outcomes = at_once(partial(assign_breakout, divided.meeting.id, stay, room, by=divided.host), partial(leave, stay))
    assert refusals(outcomes) <= {"NOT_IN_MEETING"}
    assert BreakoutSeat.objects.filter(guest=person.guest).count() == 1
    divided.everybody_counts_once()


def test_divided_by_two_hosts_at_once() -> None:
    divided = Divided(opened=False)
    make = [
        partial(create_breakouts, divided.meeting.id, [name], evenly=True, closing_seconds=0, by=divided.host)
        for name in ("Green", "Yellow")
    ]
    assert refusals(at_once(*make)) == set()
    assert Breakouts.objects.filter(meeting=divided.meeting, closed_at=None).count() == 1
    assert Meeting.objects.filter(parent=divided.meeting).count() == 1


def test_moving_against_the_end_of_the_meeting() -> None:
    divided = Divided()
    for one in PUPILS[:2]:
        divided.goes(one, divided.room_of(one))
    moves = [partial(divided.goes, one, divided.meeting.id) for one in PUPILS[:2]]
    moves += [partial(divided.goes, one, divided.room_of(one)) for one in PUPILS[2:]]
    outcomes = at_once(*moves, partial(end_meeting, divided.meeting.id))
    assert refusals(outcomes) <= {"MEETING_ENDED", "MEETING_NOT_FOUND"}
    assert not Participant.objects.filter(left_at=None).exists()
    divided.everybody_counts_once()
