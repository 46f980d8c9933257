"""Requests that are the media node's business, all on one path: in the meeting? allowed? down the link, and back."""

from typing import Any

from meetings.actions.sending import sends_now
from meetings.database import in_database
from meetings.handlers.belonging import participation_of
from meetings.handlers.tracing import note_failed
from meetings.ice_servers import ice_servers
from meetings.protocol.codes import Refusal
from meetings.protocol.requests import Request
from meetings.sends import SENDS
from meetings.signalling.session import Session

Json = dict[str, Any]

# After these a browser looks for a path, for which it needs credentials that are still good.
FINDS_A_PATH = ("create-transport", "restart-ice")


async def relay(request: Request, session: Session, data: Json) -> Json:
    """Hand the request to the participant's peer, and its answer back.

    Whoever begins to send is looked up in the database, so that a message that was lost cannot let anybody send who
    left, was removed or was muted: what they may send goes along, and the node keeps to it.
    """
    mine = participation_of(session)
    if "meetingId" in data and not mine.is_in(data["meetingId"]):
        raise Refusal("NOT_IN_MEETING", "This socket is in another meeting.")
    # What the site says to the node is not for clients to say.
    data = {name: value for name, value in data.items() if name != SENDS}
    if request.sends_media:
        data[SENDS] = await in_database(sends_now, mine.meeting_id, mine.participant_id)
    answer = await mine.peer.call(request.event, data)
    note_failed(session, answer)
    if request.event in FINDS_A_PATH:
        return {**answer, "iceServers": ice_servers(mine.participant_id)}
    return answer
