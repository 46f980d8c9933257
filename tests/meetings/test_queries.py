"""How often the database is asked: as often in a meeting of many as in one of two."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from meetings.actions.breakouts.assign import assign_breakout
from meetings.actions.breakouts.create import create_breakouts, open_breakouts
from meetings.actions.hands import raise_hand
from meetings.actions.join import Entry
from meetings.actions.mute import mute_all
from meetings.actions.start import start_meeting
from meetings.identity import Person
from meetings.models import Meeting
from tests.meetings.coming_in import join

pytestmark = pytest.mark.django_db(transaction=True)
ALICE = Person(guest="alice")
# Begin and commit, the meeting by its reference, whether they are banned, the place, the row, the answer.
MOST_FOR_A_JOIN = 10


@pytest.fixture
def meeting(settings: Any) -> Meeting:
    settings.ALLOW_ANONYMOUS_HOSTS = True
    return start_meeting(ALICE, "Lecture", capacity=500)


def come(meeting: Meeting, count: int) -> None:
    for number in range(count):
        join(str(meeting.id), Entry(Person(guest=f"guest-{uuid4().hex}"), uuid4(), display_name=f"Guest {number}"))


def counted(do: Any) -> int:
    with CaptureQueriesContext(connection) as queries:
        do()
    return len(queries.captured_queries)


def test_a_join(meeting: Meeting) -> None:
    come(meeting, 1)
    few = counted(lambda: come(meeting, 1))
    come(meeting, 60)
    assert counted(lambda: come(meeting, 1)) == few <= MOST_FOR_A_JOIN


def test_a_join_of_a_breakout_room_and_back(meeting: Meeting) -> None:
    host = join(str(meeting.id), Entry(ALICE, uuid4())).participant_id

    def there_and_back() -> int:
        person = Person(guest=uuid4().hex)
        stay = join(str(meeting.id), Entry(person, uuid4())).participant_id
        room = Meeting.objects.filter(parent=meeting).first()
        assert room is not None
        assign_breakout(meeting.id, stay, room.id, by=host)

        def go() -> None:
            inside = join(str(room.id), Entry(person, uuid4(), leaves=stay))
            join(str(meeting.id), Entry(person, uuid4(), leaves=inside.participant_id))

        return counted(go)

    come(meeting, 2)
    create_breakouts(meeting.id, ["Red", "Blue"], evenly=True, closing_seconds=0, by=host)
    open_breakouts(meeting.id, by=host)
    few = there_and_back()
    come(meeting, 40)
    assert there_and_back() == few


def test_a_raised_hand(meeting: Meeting) -> None:
    def raised() -> int:
        one = join(str(meeting.id), Entry(Person(guest=uuid4().hex), uuid4())).participant_id
        return counted(lambda: raise_hand(meeting.id, True, by=one))

    few = raised()
    come(meeting, 40)
    assert raised() == few


def test_muting_all(meeting: Meeting) -> None:
    host = join(str(meeting.id), Entry(ALICE, uuid4())).participant_id
    come(meeting, 2)
    few = counted(lambda: mute_all(meeting.id, by=host))
    come(meeting, 40)
    assert counted(lambda: mute_all(meeting.id, by=host)) == few
