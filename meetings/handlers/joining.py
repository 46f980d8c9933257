"""`join-meeting`: one transaction, one call to media, one reply."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from uuid import UUID

from django.utils import timezone

from media.client import get_media_client
from media.errors import MediaError
from media.log_fields import log_with
from meetings import access, facts
from meetings.actions.disconnect import disconnect
from meetings.actions.find import are_of_one, find_place, meeting_id
from meetings.actions.join import Entry, Joined
from meetings.actions.join import join as join_people
from meetings.actions.knock import Waiting, give_up
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
from meetings.signalling.frames import Instead
from meetings.signalling.session import AtTheDoor, Participation, Session
from meetings.trace.attempt import Attempt
from meetings.trace.watch import Company

log = logging.getLogger(__name__)

Json = dict[str, Any]


async def join(session: Session, data: Json) -> Json | Instead:
    """Come in, wait at the door, or go on as who one was. On a socket that is in the meeting already it takes up its
    media afresh.
    """
    assert session.attempt is not None
    with noted(session.attempt):
        return await join_meeting(session, session.attempt, data)


@contextmanager
def noted(attempt: Attempt) -> Iterator[None]:
    """Note why somebody does not come in, and by whom that was decided: this site or its media."""
    try:
        yield
    except Refusal as refusal:
        attempt.note("web", "admitted", "failed", code=refusal.code, details=refusal.details)
        raise
    except MediaError as error:
        attempt.note("web", "room", "failed", code=error.code, details=error.details)
        raise


async def join_meeting(session: Session, attempt: Attempt, data: Json, knock: UUID | None = None) -> Json | Instead:
    """Come in; with `knock`, as whom a host let in just now. For whoever comes out of another room of the same meeting
    the stay there ends with this. Raises Refusal and MediaError.
    """
    began = time.perf_counter()
    reference = data["meetingId"]
    wanted = meeting_id(reference) or (await in_database(find_place, reference)).id
    if data.get("passcode") and (wait := session.passcodes.take()):
        raise too_many(wait)
    log_with(meeting=wanted)
    attempt.describe(meeting_id=wanted, display_name=data.get("displayName", ""))
    before = session.participation
    leaves = before if before is not None and before.meeting_id != wanted else None
    if leaves is not None and not await in_database(are_of_one, leaves.meeting_id, wanted):
        raise Refusal("NOT_ALLOWED", "This socket is in another meeting; leave that first.")
    if session.waiting is not None and session.waiting.meeting_id != wanted:
        await session.stop_waiting()
    served_by = await presence().begin()
    session.knocked = True
    # Before the snapshot is read, so that nothing falls between the two.
    await facts.subscribe(wanted, session)
    try:
        joined = await in_database(_join, session, served_by, str(wanted), data, knock)
        if isinstance(joined, Waiting):
            return _wait(session, attempt, joined, data)
        if session.waiting is not None:
            session.waiting = None
            # Let in by something else than a decision over this wait, such as a ticket: hosts need not decide any more.
            await in_database(give_up, session.connection)
        if joined.lost_process:
            attempt.note("web", "process", "failed", reason=joined.lost_process)
        attempt.note("web", "admitted", resumed=joined.resumed, ms=_since(began))
        if leaves is not None:
            await facts.unsubscribe(leaves.meeting_id, session)
            await let_go(leaves.meeting_id, leaves.participant_id)
        reply = await _join_media(session, joined, data, rejoins=before is not None and joined.resumed)
        attempt.describe(**_came_in(joined))
        return reply
    except BaseException:
        if session.waiting is not None:
            await session.stop_waiting()
        elif session.participation is None or session.participation.meeting_id != wanted:
            await facts.unsubscribe(wanted, session)
        raise


def _wait(session: Session, attempt: Attempt, waiting: Waiting, data: Json) -> Instead:
    session.waiting = AtTheDoor(waiting.meeting_id, waiting.knock_id, data)
    why: Json = {"position": waiting.position, "for": waiting.wait}
    attempt.note("web", "admitted", "waiting", **why)
    log.info("Waits to come in: meeting=%s for=%s position=%d", waiting.meeting_id, waiting.wait, waiting.position)
    return Instead("waiting", {"meetingId": str(waiting.meeting_id), **why})


def told_by(reply: Json) -> set[str]:
    """The ids of the participants and producers that the answer to a join tells of."""
    return {one["participantId"] for one in reply["participants"]} | {one["producerId"] for one in reply["producers"]}


def _join(session: Session, served_by: UUID, reference: str, data: Json, knock: UUID | None) -> Joined | Waiting:
    mine = session.participation
    stays = mine is not None and mine.meeting_id == UUID(reference)
    token = mine.resume_token if mine is not None and stays else data.get("resumeToken", "")
    entry = Entry(
        person=of_session_key(session.session_key),
        connection=session.connection,
        served_by=served_by,
        display_name=data.get("displayName", ""),
        passcode=data.get("passcode", ""),
        resume_token=token,
        ticket=session.ticket,
        knock=knock,
        leaves=None if mine is None or stays else mine.participant_id,
    )
    return join_people(reference, entry)


async def _join_media(session: Session, joined: Joined, data: Json, *, rejoins: bool) -> Json:
    log_with(participant=joined.participant_id)
    session.permissions = {kind: joined.permissions[kind] for kind in access.KINDS}
    session.company = Company({one["participantId"]: one["displayName"] for one in joined.participants})
    if session.watch is not None:
        session.watch.company = session.company
    told = partial(session.media_event, joined.participant_id)
    peer = get_media_client().peer(str(joined.meeting_id), str(joined.participant_id), told)
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
        "waiting": joined.waiting,
        "breakout": joined.breakout,
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
