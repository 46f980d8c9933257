"""Polls and questions: what people decide by voting, and what they want to know."""

from typing import Any
from uuid import UUID

from meetings.actions import polls, questions
from meetings.actions.vote import vote
from meetings.database import in_database
from meetings.handlers.belonging import participation_of
from meetings.protocol.codes import Refusal
from meetings.protocol.requests.questions import QUESTIONS_A_PAGE
from meetings.signalling.allowance import Allowance, too_many
from meetings.signalling.session import Participation, Session

Json = dict[str, Any]


async def list_polls(session: Session, _data: Json) -> Json:
    """Tell all polls."""
    mine = _mine(session, session.pages)
    return {"polls": await in_database(polls.list_polls, mine.meeting_id, by=mine.participant_id)}


async def create(session: Session, data: Json) -> Json:
    """Make a poll."""
    mine = _mine(session, session.decisions)
    return await in_database(
        polls.create_poll,
        mine.meeting_id,
        data["question"],
        data["options"],
        data["kind"],
        anonymous=data["anonymous"],
        results_for=data["resultsFor"],
        opened=data.get("open", False),
        by=mine.participant_id,
    )


async def open_poll(session: Session, data: Json) -> Json:
    """Let everybody vote."""
    mine = _mine(session, session.decisions)
    return await in_database(polls.open_poll, mine.meeting_id, _poll(data), by=mine.participant_id)


async def close(session: Session, data: Json) -> Json:
    """Let nobody vote any more."""
    mine = _mine(session, session.decisions)
    return await in_database(polls.close_poll, mine.meeting_id, _poll(data), by=mine.participant_id)


async def delete(session: Session, data: Json) -> Json:
    """Delete a poll."""
    mine = _mine(session, session.decisions)
    await in_database(polls.delete_poll, mine.meeting_id, _poll(data), by=mine.participant_id)
    return {"pollId": data["pollId"]}


async def cast(session: Session, data: Json) -> Json:
    """Vote."""
    mine = _mine(session, session.decisions)
    return await in_database(vote, mine.meeting_id, _poll(data), data["options"], by=mine.participant_id)


async def list_questions(session: Session, data: Json) -> Json:
    """Tell what was asked."""
    mine = _mine(session, session.pages)
    after = _id(data["after"], "QUESTION_NOT_FOUND") if "after" in data else None
    limit = data.get("limit", QUESTIONS_A_PAGE)
    return await in_database(questions.list_questions, mine.meeting_id, after, limit, by=mine.participant_id)


async def ask(session: Session, data: Json) -> Json:
    """Ask a question."""
    mine = _mine(session, session.messages)
    return await in_database(questions.ask_question, mine.meeting_id, data["question"], by=mine.participant_id)


async def want(session: Session, data: Json) -> Json:
    """Want a question answered, or no more."""
    mine = _mine(session, session.decisions)
    which = _question(data)
    return await in_database(questions.vote_question, mine.meeting_id, which, data["voted"], by=mine.participant_id)


async def answer(session: Session, data: Json) -> Json:
    """Say that a question is answered, or is not after all."""
    mine = _mine(session, session.decisions)
    which = _question(data)
    return await in_database(
        questions.answer_question, mine.meeting_id, which, data["answered"], by=mine.participant_id
    )


async def dismiss(session: Session, data: Json) -> Json:
    """Take a question out of the list."""
    mine = _mine(session, session.decisions)
    await in_database(questions.dismiss_question, mine.meeting_id, _question(data), by=mine.participant_id)
    return {"questionId": data["questionId"]}


def _mine(session: Session, allowance: Allowance) -> Participation:
    mine = participation_of(session)
    if wait := allowance.take():
        raise too_many(wait)
    return mine


def _poll(data: Json) -> UUID:
    return _id(data["pollId"], "POLL_NOT_FOUND")


def _question(data: Json) -> UUID:
    return _id(data["questionId"], "QUESTION_NOT_FOUND")


def _id(text: str, code: str) -> UUID:
    """What a client wrote as an id. Raises Refusal for what is none of ours."""
    try:
        return UUID(text)
    except ValueError:
        raise Refusal(code, "Nothing here has this id.") from None
