"""Breakout rooms, from the socket of whoever leads them or moves between them."""

from typing import Any
from uuid import UUID

from meetings.actions.breakouts.assign import assign_breakout
from meetings.actions.breakouts.broadcast import broadcast
from meetings.actions.breakouts.close import close_breakouts
from meetings.actions.breakouts.create import create_breakouts, open_breakouts
from meetings.actions.breakouts.move import leave_breakout, move_to_breakout
from meetings.actions.breakouts.state import breakouts_state
from meetings.countdowns import countdowns
from meetings.database import in_database
from meetings.handlers.belonging import participant_named, participation_of
from meetings.protocol.codes import Refusal
from meetings.protocol.requests.breakouts import CLOSING_SECONDS, names_of
from meetings.signalling.allowance import Allowance, too_many
from meetings.signalling.session import Session

Json = dict[str, Any]


async def create(session: Session, data: Json) -> Json:
    """Make rooms."""
    mine = participation_of(session)
    _take_from(session.divisions)
    closing = data.get("closingSeconds", CLOSING_SECONDS)
    evenly = data["assign"] == "evenly"
    await in_database(
        create_breakouts,
        mine.meeting_id,
        names_of(data),
        evenly=evenly,
        closing_seconds=closing,
        by=mine.participant_id,
    )
    return await describe(session, {})


async def assign(session: Session, data: Json) -> Json:
    """Say where somebody belongs."""
    mine = participation_of(session)
    target = participant_named(data["participantId"])
    room = None if data["roomId"] is None else _room_named(data["roomId"])
    await in_database(assign_breakout, mine.meeting_id, target, room, by=mine.participant_id)
    return data


async def open_rooms(session: Session, data: Json) -> Json:
    """Let everybody in."""
    mine = participation_of(session)
    _take_from(session.divisions)
    await in_database(open_breakouts, mine.meeting_id, by=mine.participant_id)
    return {}


async def move(session: Session, data: Json) -> Json:
    """The way to a room."""
    mine = participation_of(session)
    room = _room_named(data["roomId"])
    return await in_database(move_to_breakout, mine.meeting_id, room, by=mine.participant_id)


async def leave(session: Session, data: Json) -> Json:
    """The way back."""
    mine = participation_of(session)
    return await in_database(leave_breakout, mine.meeting_id, by=mine.participant_id)


async def tell_all(session: Session, data: Json) -> Json:
    """Say something to everybody."""
    mine = participation_of(session)
    _take_from(session.messages)
    await in_database(broadcast, mine.meeting_id, data["text"], by=mine.participant_id)
    return {}


async def close(session: Session, data: Json) -> Json:
    """Begin the countdown, and see to its end."""
    mine = participation_of(session)
    _take_from(session.divisions)
    closing = await in_database(close_breakouts, mine.meeting_id, data.get("seconds"), by=mine.participant_id)
    countdowns().begin(closing)
    return {"state": "closing", "closesIn": closing.seconds}


async def describe(session: Session, data: Json) -> Json:
    """How they stand."""
    mine = participation_of(session)
    return await in_database(breakouts_state, mine.meeting_id, by=mine.participant_id)


def _take_from(allowance: Allowance) -> None:
    if wait := allowance.take():
        raise too_many(wait)


def _room_named(text: str) -> UUID:
    """The room whose id a client wrote. Raises Refusal MEETING_NOT_FOUND for what is none of our ids."""
    try:
        return UUID(text)
    except ValueError:
        raise Refusal("MEETING_NOT_FOUND", "There is no such breakout room.") from None
