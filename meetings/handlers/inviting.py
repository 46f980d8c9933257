"""`invite-bot`."""

from typing import Any

from meetings.actions.invite import invite_bot as invite_as_people
from meetings.database import in_database
from meetings.echo_calls import Invitation, echo_calls
from meetings.handlers.belonging import participation_of
from meetings.protocol.codes import Refusal
from meetings.signalling.session import Session

Json = dict[str, Any]


async def invite_bot(session: Session, data: Json) -> Json:
    """Send for the bot. It comes when it has started, which takes about a second."""
    mine = participation_of(session)
    ticket = await in_database(invite_as_people, mine.meeting_id, by=mine.participant_id)

    def could_not_come(refusal: Refusal) -> None:
        session.outbox.push("error", {"event": "invite-bot", **refusal.as_json()})

    await echo_calls().begin(Invitation(mine.meeting_id, mine.participant_id, ticket), could_not_come)
    return {}
