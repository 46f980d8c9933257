"""What is asked of the node itself."""

from typing import Any

from media.errors import BAD_REQUEST, MEDIA_UNAVAILABLE, NOT_INITIALIZED, MediaError
from media.node.capabilities import router_rtp_capabilities
from media.node.supervisor import NOT_RUNNING
from media.rehearsals import is_rehearsal

from .call import Call

Json = dict[str, Any]


async def status(call: Call) -> Json:
    """How many workers answered just now, and what lives on them. Rehearsals are no meetings."""
    expected, answering = len(call.supervisor.slots), await call.supervisor.answering()
    rooms = [room for room in call.rooms if not is_rehearsal(room.meeting)]
    reply: Json = {
        "workers": answering,
        "expectedWorkers": expected,
        "activeRooms": sum(room not in call.rooms.uplinks for room in rooms),
        "totalParticipants": sum(len(room.peers) for room in rooms),
    }
    if answering < expected:
        some = f"{answering} of {expected} MediaSoup workers answer"
        reply["message"] = some if answering else NOT_INITIALIZED
        reply["details"] = call.supervisor.trouble or "They were asked and did not answer."
    return reply


async def rtp_capabilities(call: Call) -> Json:
    """What a `Device` loads before it joins. Refused while no worker runs."""
    if not call.supervisor.up:
        raise MediaError(MEDIA_UNAVAILABLE, NOT_RUNNING)
    return {"rtpCapabilities": router_rtp_capabilities()}


async def has_room(call: Call) -> Json:
    """Whether the meeting has media here: `{open}`."""
    return {"open": call.rooms.find(call.meeting) is not None}


async def close_meeting(call: Call) -> Json:
    """End a meeting's media."""
    if not call.meeting:
        raise MediaError(BAD_REQUEST, "meeting is missing.")
    call.rooms.close_meeting(call.meeting)
    return {}
