"""Questions: list them, ask one, want it answered, and say that it is."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from meetings import access, facts
from meetings.actions.actor import By, acting, acting_as, knows
from meetings.actions.voter import voter_of
from meetings.audit import note_act
from meetings.gathering import tell_soon
from meetings.models import Participant, Question, QuestionVote
from meetings.protocol.codes import Refusal
from meetings.protocol.requests.questions import MOST_OPEN_OF_ONE
from meetings.snapshots import question_entry

Json = dict[str, Any]


def list_questions(meeting_id: UUID, after: UUID | None, limit: int, *, by: UUID) -> Json:
    """The first `limit` questions that are not dismissed, or the first after one of them, in the order of the model,
    with what is this participant's; `more` says whether there are others.

    Raises Refusal QUESTION_NOT_FOUND when `after` is none of them, or a code of `access.stay`.
    """
    reader = acting_as(meeting_id, by, "questions")
    listed = _listed(meeting_id)
    if after is not None:
        listed = listed.filter(_behind(_found(listed.filter(id=after).first())))
    found = list(listed[: limit + 1])
    page = found[:limit]
    voters = [voter_of(reader, one.id) for one in page]
    votes = QuestionVote.objects.filter(question__in=page, voter__in=voters)
    voted = set(votes.values_list("question_id", flat=True))
    asker = voter_of(reader, meeting_id)
    return {
        "questions": [question_entry(one, mine=one.asker == asker, voted=one.id in voted) for one in page],
        "more": len(found) > limit,
    }


def ask_question(meeting_id: UUID, words: str, *, by: UUID) -> Json:
    """Ask everybody there. Answers the contract's QUESTION.

    Raises Refusal NOT_ALLOWED, also for who has too many that are open, or a code of `access.stay`.
    """
    with transaction.atomic():
        actor = acting(meeting_id, by)
        if refusal := access.ask(actor, actor.meeting):
            raise refusal
        asker = voter_of(actor, meeting_id)
        of_theirs = Question.objects.filter(meeting_id=meeting_id, asker=asker, state=Question.State.OPEN)
        if of_theirs.count() >= MOST_OPEN_OF_ONE:
            raise Refusal("NOT_ALLOWED", f"{MOST_OPEN_OF_ONE} of your questions are not answered yet.")
        question = Question.objects.create(
            meeting_id=meeting_id,
            asker=asker,
            author=actor,
            author_name=actor.display_name,
            question=words.strip(),
            asked_at=timezone.now(),
        )
        facts.publish(meeting_id, "question-updated", question_entry(question), skip=[by])
        return question_entry(question, mine=True, voted=False)


def vote_question(meeting_id: UUID, question_id: UUID, voted: bool, *, by: UUID) -> Json:
    """Want a question answered, or no more; a person counts once. Answers the contract's QUESTION.

    Raises Refusal QUESTION_NOT_FOUND, or a code of `access.stay`.
    """
    with transaction.atomic():
        question, actor = _locked(meeting_id, question_id, "vote-question", by)
        voter = voter_of(actor, question.id)
        before = QuestionVote.objects.filter(question=question, voter=voter)
        if voted != before.exists():
            if voted:
                QuestionVote.objects.create(question=question, voter=voter)
            else:
                before.delete()
            question.votes += 1 if voted else -1
            question.version += 1
            question.save(update_fields=["votes", "version"])
            tell_soon(tell_votes, meeting_id, question.id)
        return _as_told_to(actor, question, voted=voted)


def answer_question(meeting_id: UUID, question_id: UUID, answered: bool, *, by: By) -> Json:
    """Say that a question is answered, or is not after all. Answers the contract's QUESTION.

    Raises Refusal QUESTION_NOT_FOUND, NOT_ALLOWED, or a code of `access.stay`.
    """
    with transaction.atomic():
        question, actor = _locked(meeting_id, question_id, "answer-question", by)
        state = Question.State.ANSWERED if answered else Question.State.OPEN
        if question.state != state:
            _move(question, state, "question-answered" if answered else "question-reopened", actor)
            facts.publish(meeting_id, "question-updated", question_entry(question), skip=knows(by))
        voted = QuestionVote.objects.filter(question=question, voter=voter_of(actor, question.id)).exists()
        return _as_told_to(actor, question, voted=voted)


def dismiss_question(meeting_id: UUID, question_id: UUID, *, by: By) -> None:
    """Take a question out of everybody's list. Raises as `answer_question`."""
    with transaction.atomic():
        question, actor = _locked(meeting_id, question_id, "dismiss-question", by)
        _move(question, Question.State.DISMISSED, "question-dismissed", actor)
        facts.publish(meeting_id, "question-dismissed", {"questionId": str(question.id)}, skip=knows(by))


def tell_votes(meeting_id: UUID, questions: frozenset[UUID]) -> None:
    """Tell everybody how many want these questions answered by now."""
    standing = [
        {"questionId": str(question), "votes": votes, "version": version}
        for question, votes, version in _listed(meeting_id)
        .filter(id__in=questions)
        .values_list("id", "votes", "version")
    ]
    if standing:
        facts.publish(meeting_id, "question-votes", {"questions": standing})


def _listed(meeting_id: UUID) -> Any:
    return Question.objects.filter(meeting_id=meeting_id).exclude(state=Question.State.DISMISSED)


def _found(question: Question | None) -> Question:
    if question is None:
        raise Refusal("QUESTION_NOT_FOUND", "It is not in this meeting, or not any more.")
    return question


def _locked(meeting_id: UUID, question_id: UUID, event: str, by: By) -> tuple[Question, Participant]:
    """The question as long as it is listed, locked until the transaction ends, and who does this with it, as they are
    under the lock: they may sign in at this moment.
    """
    listed = _listed(meeting_id).select_related("author")
    question = listed.select_for_update(of=("self",)).filter(id=question_id).first()
    actor = acting_as(meeting_id, by, event)
    return _found(question), actor


def _behind(last: Question) -> Q:
    """What comes after it in the order of the model."""
    as_open = Q(state=last.state)
    as_wanted = as_open & Q(votes=last.votes)
    return (
        Q(state__lt=last.state)
        | (as_open & Q(votes__lt=last.votes))
        | (as_wanted & Q(asked_at__gt=last.asked_at))
        | (as_wanted & Q(asked_at=last.asked_at, id__gt=last.id))
    )


def _move(question: Question, state: Question.State, act: str, actor: Participant) -> None:
    question.state = state
    question.version += 1
    question.save(update_fields=["state", "version"])
    note_act(question.meeting_id, act, {"questionId": str(question.id)}, by=actor, about=question.author)


def _as_told_to(reader: Participant, question: Question, *, voted: bool) -> Json:
    mine = question.asker == voter_of(reader, question.meeting_id)
    return question_entry(question, mine=mine, voted=voted)
