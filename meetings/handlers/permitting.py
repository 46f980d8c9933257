"""`set-permissions`, and carrying out what was said: the media node pauses what may not be sent any more."""

import asyncio
import logging
from typing import Any
from uuid import UUID

from media.client import get_media_client
from media.errors import MediaError
from meetings import access
from meetings.actions.permit import Permitted, permit, permit_all
from meetings.actions.sending import sends_now
from meetings.database import in_database
from meetings.handlers.belonging import participant_named, participation_of
from meetings.protocol.codes import Refusal
from meetings.sends import SENDS
from meetings.signalling.session import Session

log = logging.getLogger(__name__)

Json = dict[str, Any]


async def set_permissions(session: Session, data: Json) -> Json:
    """Say what somebody may send, or everybody."""
    mine = participation_of(session)
    said: dict[str, bool] = {kind: data[kind] for kind in access.KINDS if kind in data}
    if "participantId" in data:
        target = participant_named(data["participantId"])
        done = await in_database(permit, mine.meeting_id, target, said, by=mine.participant_id)
    else:
        done = await in_database(permit_all, mine.meeting_id, said, by=mine.participant_id)
    await carry_out(mine.meeting_id, done)
    return data


async def carry_out(meeting_id: UUID, done: Permitted) -> None:
    """Tell the media node what each may send now. Where that fails, the process that holds their socket tells it, and
    the node learns it with whatever they ask for next.
    """
    await asyncio.gather(*(_allow(meeting_id, one, sends) for one, sends in done.sends.items()))


async def carry_out_mine(session: Session) -> None:
    """Tell the media node what the participant of this socket may send now."""
    mine = session.participation
    if mine is None:
        return
    try:
        sends = await in_database(sends_now, mine.meeting_id, mine.participant_id)
    except Refusal as refusal:
        log.debug("What participant %s may send is not carried out now: %s", mine.participant_id, refusal)
    else:
        await _allow(mine.meeting_id, mine.participant_id, sends)


async def _allow(meeting_id: UUID, participant_id: UUID, sends: Json) -> None:
    try:
        await get_media_client().call("allow", str(meeting_id), str(participant_id), {SENDS: sends})
    except MediaError as error:
        log.warning("Media could not be told what participant %s may send: %s", participant_id, error)
