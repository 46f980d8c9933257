"""What a guest voted for and asked becomes an account's, so that nobody votes again by signing in."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import F

from meetings.actions.poll_viewers import tell_results
from meetings.actions.voter import account_voter, guest_voter
from meetings.gathering import tell_soon
from meetings.models import Meeting, Poll, PollVote, Question, QuestionVote


def take_over_votes(guest: str, user_id: int, meetings: Collection[UUID]) -> None:
    """In these meetings. Where the account has voted too, its own vote is the one that counts; what the result of a
    closed poll was, it stays.

    Call it in the transaction that makes the guest's stays the account's, after that: whoever votes at this moment is
    either seen here, or is the account already.
    """
    _take_over_polls(guest, user_id, meetings)
    _take_over_questions(guest, user_id, meetings)


def _take_over_polls(guest: str, user_id: int, meetings: Collection[UUID]) -> None:
    # Whoever votes holds the lock, and reads who they are under it.
    opened = Poll.objects.filter(meeting__in=meetings, state=Poll.State.OPEN)
    polls = {poll.id: poll for poll in opened.select_for_update().order_by("id")}
    every = Poll.objects.filter(meeting__in=meetings).values_list("id", flat=True)
    for vote in PollVote.objects.filter(voter__in=[guest_voter(guest, poll_id) for poll_id in every]):
        voter = account_voter(user_id, vote.poll_id)
        if not PollVote.objects.filter(poll=vote.poll_id, voter=voter).exists():
            PollVote.objects.filter(id=vote.id).update(voter=voter)
        elif poll := polls.get(vote.poll_id):
            poll.count(vote.chosen, None)
            poll.save(update_fields=["counts", "voters", "version"])
            vote.delete()
            tell_soon(tell_results, poll.meeting_id, poll.id)


def _take_over_questions(guest: str, user_id: int, meetings: Collection[UUID]) -> None:
    for asked in Question.objects.filter(asker__in=[guest_voter(guest, one) for one in meetings]):
        Question.objects.filter(id=asked.id).update(asker=account_voter(user_id, asked.meeting_id))
    live = Question.objects.filter(meeting__in=meetings, meeting__state=Meeting.State.LIVE)
    list(live.select_for_update(of=("self",)).order_by("id").values_list("id"))
    every = Question.objects.filter(meeting__in=meetings).values_list("id", flat=True)
    for vote in QuestionVote.objects.filter(voter__in=[guest_voter(guest, question_id) for question_id in every]):
        voter = account_voter(user_id, vote.question_id)
        if not QuestionVote.objects.filter(question=vote.question_id, voter=voter).exists():
            QuestionVote.objects.filter(id=vote.id).update(voter=voter)
        else:
            vote.delete()
            counted = Question.objects.filter(id=vote.question_id)
            counted.update(votes=F("votes") - 1, version=F("version") + 1)
