"""The door of a meeting: `admit-participant`, `deny-participant`, `admit-all`, and coming in after having waited."""

import logging
import time
from typing import Any
from uuid import UUID

from media.errors import MediaError
from media.log_fields import logged_with
from meetings.actions.let_in import let_all_in, let_in, turn_away
from meetings.database import in_database
from meetings.handlers.belonging import participant_named, participation_of
from meetings.handlers.joining import join_meeting, noted, told_by
from meetings.handlers.tracing import note_joined, why_refused
from meetings.models import Knock
from meetings.protocol.codes import MESSAGES, Refusal
from meetings.signalling.frames import Instead
from meetings.signalling.session import Session

log = logging.getLogger(__name__)

Json = dict[str, Any]


async def admit(session: Session, data: Json) -> Json:
    """Let somebody in."""
    mine = participation_of(session)
    await in_database(let_in, mine.meeting_id, participant_named(data["participantId"]), by=mine.participant_id)
    return data


async def deny(session: Session, data: Json) -> Json:
    """Turn somebody away."""
    mine = participation_of(session)
    await in_database(turn_away, mine.meeting_id, participant_named(data["participantId"]), by=mine.participant_id)
    return data


async def admit_all(session: Session, data: Json) -> Json:
    """Let everybody in."""
    mine = participation_of(session)
    return {"count": await in_database(let_all_in, mine.meeting_id, by=mine.participant_id)}


async def decided(session: Session, knock_id: UUID, decision: str) -> None:
    """Somebody decided over whoever waits over this socket: bring them in, or tell them that they do not get in."""
    waiting, attempt = session.waiting, session.attempt
    if waiting is None or waiting.knock_id != knock_id or attempt is None:
        return
    told: set[str] | None = None
    began = time.perf_counter()
    session.hold(facts_too=True)
    try:
        with logged_with(**session.log_ids()), noted(attempt):
            if decision == Knock.Decision.DENIED:
                raise Refusal("JOIN_DENIED", "A host decided so. You may ask again.")
            reply = await join_meeting(session, attempt, waiting.asked, knock_id)
            if isinstance(reply, Instead):
                session.outbox.push(reply.event, reply.data)
                return
            told = told_by(reply)
            session.outbox.push("meeting-joined", reply)
            note_joined(session, time.perf_counter() - began)
    except Refusal as refusal:
        await turned_away(session, refusal)
    except MediaError as error:
        code = error.code if error.code in MESSAGES else "INTERNAL_ERROR"
        await turned_away(session, Refusal(code, error.details))
    finally:
        session.release(told)


async def turned_away(session: Session, refusal: Refusal) -> None:
    """Whoever waits over this socket does not get in."""
    await session.stop_waiting()
    log.info("Did not get in after waiting: %s", refusal)
    session.outbox.push("join-denied", {**refusal.as_json(), **why_refused(session, "join-meeting")})
