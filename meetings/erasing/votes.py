"""Polls, questions, and places in breakout rooms."""

from uuid import UUID, uuid4

from django.db.models import Q

from meetings.actions.voter import voter_of
from meetings.erasing.traces import NOBODY, Traces
from meetings.models import BreakoutSeat, Participant, Poll, PollVote, Question, QuestionVote


def erase_from_votes(traces: Traces) -> None:
    """Votes stay counted, as nobody's; polls that they made stay, without their name; questions that they asked go.
    Call it while their stays are still theirs.
    """
    for meeting_id, stays in _by_meeting(traces).items():
        polls = Poll.objects.filter(meeting=meeting_id)
        polls.filter(author_name__in={one.display_name for one in stays}).update(author_name=NOBODY)
        for poll_id in polls.values_list("id", flat=True):
            for vote in PollVote.objects.filter(poll=poll_id, voter__in={voter_of(one, poll_id) for one in stays}):
                vote.voter, vote.participant = uuid4().hex, None
                vote.voter_name = NOBODY if vote.voter_name else ""
                vote.save(update_fields=["voter", "participant", "voter_name"])
        Question.objects.filter(author__in=stays).delete()
        for question_id in Question.objects.filter(meeting=meeting_id).values_list("id", flat=True):
            theirs = {voter_of(one, question_id) for one in stays}
            for vote_id in QuestionVote.objects.filter(question=question_id, voter__in=theirs).values_list("id"):
                QuestionVote.objects.filter(id=vote_id[0]).update(voter=uuid4().hex)
    BreakoutSeat.objects.filter(traces.rows() | Q(participant__in=traces.stays)).delete()


def _by_meeting(traces: Traces) -> dict[UUID, list[Participant]]:
    found: dict[UUID, list[Participant]] = {}
    for stay in Participant.objects.filter(id__in=traces.stays):
        found.setdefault(stay.meeting_id, []).append(stay)
    return found
