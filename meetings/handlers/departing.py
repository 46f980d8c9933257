"""Ends of a stay, on the media side."""

import asyncio
import logging
from uuid import UUID

from media.client import get_media_client
from media.errors import MediaError
from meetings.facts import serving_loop

log = logging.getLogger(__name__)


async def let_go(meeting: UUID, participant: UUID) -> None:
    """End the peer of a participant who has left. When media cannot be told, their node finds out by itself."""
    try:
        await get_media_client().call("leave-meeting", str(meeting), str(participant), {})
    except MediaError as error:
        log.debug("Media could not be told that participant %s left: %s", participant, error)


async def close_room(meeting: UUID) -> None:
    """End the media of a meeting that has ended."""
    try:
        await get_media_client().close_meeting(str(meeting))
    except MediaError as error:
        log.debug("Media could not be told that meeting %s ended: %s", meeting, error)


def close_room_soon(meeting: UUID) -> None:
    """`close_room` from a thread. In a process without sockets nothing: those in the meeting let go of their peers when
    they hear that it has ended.
    """
    loop = serving_loop()
    if loop is not None:
        asyncio.run_coroutine_threadsafe(close_room(meeting), loop)
