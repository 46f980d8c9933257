"""`join-meeting`: one transaction, one call to media, one reply."""

import time
from typing import Any
from uuid import UUID

from django.utils import timezone

from media.client import get_media_client
from media.errors import MediaError
from media.log_fields import log_with
from meetings import access, facts
from meetings.actions.disconnect import disconnect
from meetings.actions.find import find_meeting, meeting_id
from meetings.actions.join import Entry, Joined
from meetings.actions.join import join as join_people
from meetings.actions.leave import withdraw
from meetings.database import in_database
from meetings.handlers.departing import let_go
from meetings.handlers.tracing import note_failed
from meetings.ice_servers import ice_servers
from meetings.identity import of_session_key
from meetings.presence import presence
from meetings.protocol.codes import Refusal
from meetings.sends import SENDS
from meetings.signalling.allowance import too_many
from meetings.signalling.session import Participation, Session
from meetings.trace.attempt import Attempt
from meetings.trace.watch import Company

Json = dict[str, Any]


async def join(session: Session, data: Json) -> Json:
    """Come in, or go on as who one was. On a socket that is in the meeting already it takes up its media afresh."""
    assert session.attempt is not None
    try:
        return await _join_meeting(session, session.attempt, data)
    except Refusal as refusal:
        session.attempt.note("web", "admitted", "failed", code=refusal.code, details=refusal.details)
        raise
    except MediaError as error:
        session.attempt.note("web", "room", "failed", code=error.code, details=error.details)
        raise


async def _join_meeting(session: Session, attempt: Attempt, data: Json) -> Json:
    began = time.perf_counter()
    reference = data["meetingId"]
    wanted = meeting_id(reference) or (await in_database(find_meeting, reference)).id
    if data.get("passcode") and (wait := session.passcodes.take()):
        raise too_many(wait)
    log_with(meeting=wanted)
    attempt.describe(meeting_id=wanted, display_name=data.get("displayName", ""))
    before = session.participation
    if before is not None and before.meeting_id != wanted:
        raise Refusal("NOT_ALLOWED", "This socket is in another meeting; leave that first.")
    served_by = await presence().begin()
    session.knocked = True
    # Before the snapshot is read, so that nothing falls between the two.
    await facts.subscribe(wanted, session.channel)
    try:
        joined = await in_database(_join, session, served_by, str(wanted), data)
        if joined.lost_process:
            attempt.note("web", "process", "failed", reason=joined.lost_process)
        attempt.note("web", "admitted", resumed=joined.resumed, ms=_since(began))
        reply = await _join_media(session, joined, data, rejoins=before is not None and joined.resumed)
        attempt.describe(**_came_in(joined))
        return reply
    except BaseException:
        if session.participation is None:
            await facts.unsubscribe(wanted, session.channel)
        raise


def _join(session: Session, served_by: UUID, reference: str, data: Json) -> Joined:
    entry = Entry(
        person=of_session_key(session.session_key),
        connection=session.connection,
        served_by=served_by,
        display_name=data.get("displayName", ""),
        passcode=data.get("passcode", ""),
        resume_token=session.participation.resume_token if session.participation else data.get("resumeToken", ""),
        ticket=session.ticket,
    )
    return join_people(reference, entry)


async def _join_media(session: Session, joined: Joined, data: Json, *, rejoins: bool) -> Json:
    log_with(participant=joined.participant_id)
    session.permissions = {kind: joined.permissions[kind] for kind in access.KINDS}
    session.company = Company({one["participantId"]: one["displayName"] for one in joined.participants})
    if session.watch is not None:
        session.watch.company = session.company
    peer = get_media_client().peer(str(joined.meeting_id), str(joined.participant_id), session.media_event)
    session.enter(Participation(joined.meeting_id, joined.code, joined.participant_id, joined.resume_token, peer))
    began = time.perf_counter()
    wishes: Json = {name: data[name] for name in ("rtpCapabilities", "dtlsParameters") if name in data}
    try:
        media = await peer.call("join-meeting", {**wishes, "resume": joined.resumed, SENDS: joined.sends})
    except BaseException:
        # Whoever is in the meeting stays in it without media.
        if not rejoins:
            await session.quit()
            await _step_back(session, joined)
        raise
    if session.attempt is not None:
        session.attempt.note("web", "room", **media["room"], ms=_since(began))
    session.company.sent.update({one["producerId"]: one for one in media["producers"]})
    note_failed(session, media)
    return _reply(joined, media)


def _came_in(joined: Joined) -> Json:
    """What stands in the row of an attempt that succeeded. What resumed it has ended before only by mistake."""
    columns: Json = {"participant_id": joined.participant_id, "ended_at": None, "end_reason": ""}
    if not joined.resumed:
        person = {name: getattr(joined, name) for name in ("display_name", "user_id", "guest")}
        columns |= {"joined_at": timezone.now(), **person}
    return columns


def _since(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 1)


async def _step_back(session: Session, joined: Joined) -> None:
    """Media did not take them: whoever is new was never here, whoever was resumed is away again, and may come back."""
    if not joined.resumed:
        await in_database(withdraw, joined.participant_id)
    elif await in_database(disconnect, session.connection) is not None:
        presence().await_return(joined.meeting_id, joined.participant_id, let_go)


def _reply(joined: Joined, media: Json) -> Json:
    reply: Json = {
        "meeting": joined.meeting,
        "participantId": str(joined.participant_id),
        "role": joined.role,
        "permissions": joined.permissions,
        "participants": joined.participants,
        "producers": media["producers"],
        "rtpCapabilities": media["rtpCapabilities"],
        "iceServers": ice_servers(joined.participant_id),
        "resumeToken": joined.resume_token,
        "state": {
            "resumed": joined.resumed,
            "mediaResumed": media["resumed"],
            "ownProducers": media["ownProducers"],
        },
    }
    return reply | {name: media[name] for name in ("transports", "consumers", "failed") if name in media}
