"""People acting at the same moment, on real threads with connections of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.contrib.auth.models import User
from django.db import connections
from django.utils import timezone

from meetings.actions.disconnect import disconnect
from meetings.actions.end import end_meeting
from meetings.actions.expire import expire
from meetings.actions.join import Entry
from meetings.actions.leave import leave
from meetings.actions.polls import close_poll, create_poll
from meetings.actions.questions import ask_question, vote_question
from meetings.actions.start import start_meeting
from meetings.actions.take_over import take_over
from meetings.actions.vote import vote
from meetings.identity import Person
from meetings.models import Meeting, Participant, Poll, PollVote, Question, QuestionVote
from meetings.protocol.codes import Refusal
from tests.meetings.coming_in import join

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each of the acts returns or raises, when all begin at the same moment."""
    outcomes: list[Any] = [None] * len(acts)
    start = threading.Barrier(len(acts))

    def run(index: int, act: Callable[[], Any]) -> None:
        start.wait()
        try:
            outcomes[index] = act()
        except Exception as error:  # it is the outcome
            outcomes[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    return outcomes


def enter(meeting: Meeting, **options: Any) -> Any:
    return join(str(meeting.id), Entry(Person(), uuid4(), **options))


def test_fifty_at_a_door_with_seven_places() -> None:
    meeting = start_meeting(Person(guest="alice"), "Popular", capacity=7)
    outcomes = at_once(*[lambda: enter(meeting)] * 50)
    refusals = [one for one in outcomes if isinstance(one, Exception)]
    assert [one.code for one in refusals if isinstance(one, Refusal)] == ["MEETING_FULL"] * 43
    assert len(refusals) == 43
    meeting.refresh_from_db()
    assert meeting.present == 7 == Participant.objects.filter(meeting=meeting, left_at=None).count()


def test_place_of_somebody_who_leaves_is_free_again() -> None:
    meeting = start_meeting(Person(guest="alice"), "Small", capacity=1)
    first = enter(meeting)
    with pytest.raises(Refusal, match="MEETING_FULL"):
        enter(meeting)
    leave(first.participant_id)
    enter(meeting)


@pytest.mark.parametrize("round_number", range(10))
def test_coming_back_against_being_given_up(round_number: int, settings: Any) -> None:
    settings.GRACE_SECONDS = 0
    meeting = start_meeting(Person(guest="alice"), "Race")
    connection = uuid4()
    joined = join(str(meeting.id), Entry(Person(), connection))
    disconnect(connection)
    later = timezone.now() + timedelta(seconds=1)
    resumed, expired = at_once(
        lambda: enter(meeting, resume_token=joined.resume_token), lambda: expire(joined.participant_id, later)
    )
    came_back = resumed.participant_id == joined.participant_id
    assert came_back != expired
    assert resumed.resumed == came_back
    meeting.refresh_from_db()
    assert meeting.present == 1


def test_one_goodbye_for_one_stay() -> None:
    meeting = start_meeting(Person(guest="alice"), "Goodbye")
    joined = enter(meeting)
    assert sorted(at_once(*[lambda: leave(joined.participant_id)] * 8)) == [False] * 7 + [True]
    meeting.refresh_from_db()
    assert (meeting.present, meeting.state) == (0, Meeting.State.OPEN)


def test_joining_against_the_end() -> None:
    """Whoever gets in is put out; nobody is left in a meeting that has ended."""
    meeting = start_meeting(Person(guest="alice"), "Ending")
    outcomes = at_once(*[lambda: enter(meeting)] * 10, lambda: end_meeting(meeting.id))
    assert outcomes[-1] is True
    assert {one.code for one in outcomes if isinstance(one, Refusal)} <= {"MEETING_ENDED"}
    assert not [one for one in outcomes if isinstance(one, Exception) and not isinstance(one, Refusal)]
    meeting.refresh_from_db()
    assert (meeting.state, meeting.present) == (Meeting.State.ENDED, 0)
    assert not Participant.objects.filter(meeting=meeting, left_at=None).exists()


def test_everybody_leaves_at_once_and_the_host_too() -> None:
    meeting = start_meeting(Person(guest="alice"), "Party")
    stays = [enter(meeting) for _ in range(6)]
    stays.append(join(str(meeting.id), Entry(Person(guest="alice"), uuid4())))
    assert at_once(*[partial(leave, stay.participant_id) for stay in stays]) == [True] * 7
    meeting.refresh_from_db()
    assert (meeting.present, meeting.state) == (0, Meeting.State.OPEN)


def test_one_person_who_votes_many_times_at_once() -> None:
    """In as many windows; and others at the same time. Every vote that is kept is counted, once."""
    meeting, poll_id = open_poll()
    windows = [join(str(meeting.id), Entry(Person(guest="bob"), uuid4())).participant_id for _ in range(8)]
    others = [enter(meeting).participant_id for _ in range(8)]
    votes = [partial(vote, meeting.id, poll_id, [at % 3], by=by) for at, by in enumerate([*windows, *others])]
    assert [one for one in at_once(*votes) if isinstance(one, Exception)] == []
    kept = list(PollVote.objects.filter(poll=poll_id).values_list("chosen", flat=True))
    poll = Poll.objects.get(id=poll_id)
    assert len(kept) == poll.voters == 9
    assert poll.counts == [kept.count([option]) for option in range(3)]


def test_voting_against_the_close() -> None:
    """What everybody is told as the result is what was voted."""
    meeting, poll_id = open_poll()
    host = join(str(meeting.id), Entry(Person(guest="alice"), uuid4())).participant_id
    voters = [enter(meeting).participant_id for _ in range(12)]
    *outcomes, closed = at_once(
        *[partial(vote, meeting.id, poll_id, [1], by=by) for by in voters],
        partial(close_poll, meeting.id, poll_id, by=host),
    )
    taken = [one for one in outcomes if not isinstance(one, Exception)]
    assert {one.code for one in outcomes if isinstance(one, Refusal)} <= {"POLL_STATE"}
    assert not [one for one in outcomes if isinstance(one, Exception) and not isinstance(one, Refusal)]
    assert closed["results"] == {"voters": len(taken), "votes": [0, len(taken), 0]}
    assert PollVote.objects.filter(poll=poll_id).count() == len(taken)


def test_one_person_who_wants_a_question_answered_many_times_at_once() -> None:
    meeting = start_meeting(Person(guest="alice"), "Lesson")
    windows = [join(str(meeting.id), Entry(Person(guest="bob"), uuid4())).participant_id for _ in range(8)]
    asked = UUID(ask_question(meeting.id, "Why?", by=windows[0])["questionId"])
    votes = at_once(*[partial(vote_question, meeting.id, asked, True, by=by) for by in windows])
    assert [one for one in votes if isinstance(one, Exception)] == []
    assert Question.objects.get(id=asked).votes == 1 == QuestionVote.objects.filter(question=asked).count()


@pytest.mark.parametrize("round_number", range(5))
def test_voting_against_signing_in(round_number: int) -> None:
    """Whoever votes as a guest and signs in at that moment has no second vote as an account."""
    meeting, poll_id = open_poll()
    user = User.objects.create_user("bob")
    guests = [join(str(meeting.id), Entry(Person(guest="bob"), uuid4())).participant_id for _ in range(4)]
    outcomes = at_once(
        *[partial(vote, meeting.id, poll_id, [0], by=by) for by in guests], partial(take_over, "bob", user.pk)
    )
    assert [one for one in outcomes if isinstance(one, Exception)] == []
    vote(meeting.id, poll_id, [1], by=guests[0])
    assert (Poll.objects.get(id=poll_id).voters, PollVote.objects.filter(poll=poll_id).count()) == (1, 1)


def open_poll() -> tuple[Meeting, UUID]:
    meeting = start_meeting(Person(guest="alice"), "Lesson", capacity=50)
    host = join(str(meeting.id), Entry(Person(guest="alice"), uuid4())).participant_id
    made = create_poll(
        meeting.id, "Tea?", ["Yes", "No", "Cake"], "single", anonymous=True, results_for="hosts", opened=True, by=host
    )
    return meeting, UUID(made["pollId"])
