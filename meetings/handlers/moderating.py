"""What hosts do to what others send, to roles and to the spotlight; raised hands and reactions."""

from typing import Any
from uuid import UUID

from meetings import facts
from meetings.actions.actor import acting_as
from meetings.actions.door import set_waiting_room
from meetings.actions.give_role import give_role
from meetings.actions.hands import lower_hand, raise_hand
from meetings.actions.mute import ask_to_unmute, mute, mute_all
from meetings.actions.spotlight import spotlight
from meetings.database import in_database
from meetings.handlers.belonging import participant_named, participation_of
from meetings.handlers.permitting import carry_out
from meetings.signalling.allowance import too_many
from meetings.signalling.session import Session

Json = dict[str, Any]


async def mute_participant(session: Session, data: Json) -> Json:
    """Turn off somebody's microphone or camera."""
    mine = participation_of(session)
    target = participant_named(data["participantId"])
    await carry_out(mine.meeting_id, await in_database(mute, mine.meeting_id, target, data["kind"], by=_me(session)))
    return data


async def mute_everybody(session: Session, data: Json) -> Json:
    """Turn off the microphones of all but hosts."""
    mine = participation_of(session)
    spared = participant_named(data["except"]) if "except" in data else None
    done = await in_database(mute_all, mine.meeting_id, spared, by=_me(session))
    await carry_out(mine.meeting_id, done)
    return {"count": len(done.changed)}


async def ask_unmute(session: Session, data: Json) -> Json:
    """Let somebody turn their microphone on, and ask them to."""
    mine = participation_of(session)
    target = participant_named(data["participantId"])
    await carry_out(mine.meeting_id, await in_database(ask_to_unmute, mine.meeting_id, target, by=_me(session)))
    return data


async def set_role(session: Session, data: Json) -> Json:
    """Give somebody a role."""
    mine = participation_of(session)
    target = participant_named(data["participantId"])
    await carry_out(
        mine.meeting_id, await in_database(give_role, mine.meeting_id, target, data["role"], by=_me(session))
    )
    return data


async def spotlight_participant(session: Session, data: Json) -> Json:
    """Show somebody larger, or nobody."""
    mine = participation_of(session)
    target = None if data["participantId"] is None else participant_named(data["participantId"])
    await in_database(spotlight, mine.meeting_id, target, by=_me(session))
    return data


async def waiting_room(session: Session, data: Json) -> Json:
    """Say who has to wait at the door."""
    mine = participation_of(session)
    await in_database(set_waiting_room, mine.meeting_id, data["waitingRoom"], by=_me(session))
    return data


async def hand(session: Session, data: Json) -> Json:
    """Raise one's hand, or take it down."""
    mine = participation_of(session)
    order = await in_database(raise_hand, mine.meeting_id, data["raised"], by=_me(session))
    return {"participantId": str(mine.participant_id), "raised": data["raised"], "order": order}


async def take_hand_down(session: Session, data: Json) -> Json:
    """Take somebody's hand down."""
    mine = participation_of(session)
    await in_database(lower_hand, mine.meeting_id, participant_named(data["participantId"]), by=_me(session))
    return data


async def react(session: Session, data: Json) -> Json:
    """Show a reaction to everybody; it is kept nowhere."""
    mine = participation_of(session)
    if wait := session.reactions.take():
        raise too_many(wait)
    await in_database(_react, mine.meeting_id, mine.participant_id, data["reaction"])
    return {}


def _react(meeting_id: UUID, participant_id: UUID, reaction: str) -> None:
    acting_as(meeting_id, participant_id, "send-reaction")
    told = {"participantId": str(participant_id), "reaction": reaction}
    facts.publish(meeting_id, "participant-reaction", told, skip=[participant_id])


def _me(session: Session) -> UUID:
    return participation_of(session).participant_id
