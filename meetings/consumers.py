"""The signalling socket: frames in, answers and pushes out. It knows no verbs; those are in `handlers`."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from channels.consumer import AsyncConsumer

from media.errors import MediaError
from media.log_fields import logged_with
from meetings import numbers
from meetings.audience import audience
from meetings.database import database_outage
from meetings.handlers import HANDLERS
from meetings.handlers.departing import let_go
from meetings.handlers.hearing import hear
from meetings.handlers.joining import told_by
from meetings.handlers.tracing import begin_attempt, note_joined, note_refused, why_refused
from meetings.layer_watch import layer_watch
from meetings.protocol.codes import MESSAGES, Refusal
from meetings.protocol.fields import Invalid
from meetings.protocol.requests import REQUESTS, Request
from meetings.signalling.allowance import too_many
from meetings.signalling.frames import BadFrame, Frame, Instead, TextFrame, read_frame, write_frame
from meetings.signalling.origin import is_welcome
from meetings.signalling.session import DEAF_CODE, Session

log = logging.getLogger(__name__)

Json = dict[str, Any]
Receive = Callable[[], Awaitable[Json]]
Send = Callable[[Json], Awaitable[None]]

SUBPROTOCOL = "kcs.v1"
FOREIGN_ORIGIN_CODE = 4403
# A flood is read in portions, so that other sockets get their turn.
PORTION = 20


class MeetingSocket(AsyncConsumer):  # type: ignore[misc]  # Channels has no types
    """One socket. Guarantees exactly one reply or refusal for each request, and effects in the order of the requests.

    Channels' own dispatch is not used: it handles a frame at a time, with two tasks and a thread each, and runs nothing
    when the server cancels it.
    """

    async def __call__(self, scope: Json, receive: Receive, send: Send) -> None:
        if (await receive())["type"] != "websocket.connect":
            return
        offered = scope.get("subprotocols", [])
        await send({"type": "websocket.accept", "subprotocol": SUBPROTOCOL if SUBPROTOCOL in offered else None})
        headers = dict(scope["headers"])
        if not is_welcome(_text(headers.get(b"origin")), _text(headers.get(b"host"))):
            await _turn_away(headers, send)
            return
        try:
            await audience().check()
        except Exception as error:
            log.warning("A socket is turned away, for the channel layer fails: %s", error)
            await send({"type": "websocket.close", "code": DEAF_CODE})
            return
        session = Session(scope, send, hear)
        layer_watch().begin(session)
        reading = asyncio.create_task(_read(receive, session), name=f"frames of {session.connection}")
        session.when_too_slow = reading.cancel
        with numbers.SOCKETS.track_inprogress():
            try:
                await asyncio.wait([reading])
                if not reading.cancelled():
                    reading.result()
            finally:
                reading.cancel()
                layer_watch().end(session)
                await session.close(let_go)


async def _turn_away(headers: dict[bytes, bytes], send: Send) -> None:
    """A close before accepting would be a bare 403, from which a page learns nothing."""
    refusal = Refusal("NOT_ALLOWED", "Pages of other sites may not open this socket.")
    log.info("Refused a socket: %s [origin=%s]", refusal, headers.get(b"origin"))
    await send({"type": "websocket.send", "text": write_frame("error", {"event": None, **refusal.as_json()})})
    await send({"type": "websocket.close", "code": FOREIGN_ORIGIN_CODE})


async def _read(receive: Receive, session: Session) -> None:
    read = 0
    while (message := await receive())["type"] != "websocket.disconnect":
        _take(session, message.get("text"))
        read += 1
        if read % PORTION == 0:
            await asyncio.sleep(0)


def _take(session: Session, text: str | None) -> None:
    """See to it that the frame is answered: now when it is refused or waits for nothing, else in its turn."""
    try:
        frame = read_frame(text)
    except BadFrame as bad:
        wait = session.allowance.take()
        _refuse(session, bad.id, bad.event, too_many(wait) if wait else bad.refusal)
        return
    if wait := session.allowance.take():
        _refuse(session, frame.id, frame.event, too_many(wait))
        return
    session.limited = False
    try:
        request = _checked(frame)
    except Refusal as refusal:
        _refuse(session, frame.id, frame.event, refusal)
        return
    job = partial(_answer, session, request, frame, time.perf_counter())
    if not (session.at_once if request.at_once else session.lane).put(job):
        _refuse(session, frame.id, frame.event, too_many(1.0))


def _checked(frame: Frame) -> Request:
    request = REQUESTS.get(frame.event)
    if request is None:
        raise Refusal("UNKNOWN_EVENT", f"{frame.event!r} is not an event of {SUBPROTOCOL}.")
    try:
        request.check(frame.data)
    except Invalid as invalid:
        raise Refusal("BAD_REQUEST", f"{invalid}.") from None
    return request


async def _answer(session: Session, request: Request, frame: Frame, taken_at: float) -> None:
    """Exactly one frame goes out, whatever the handler does; what happens meanwhile is told after it."""
    joins = request.event == "join-meeting"
    if joins:
        begin_attempt(session, frame.data.get("attemptId", ""))
    with logged_with(**session.log_ids()):
        await _answer_logged(session, request, frame, taken_at, joins)


async def _answer_logged(session: Session, request: Request, frame: Frame, taken_at: float, joins: bool) -> None:
    told: set[str] | None = None
    session.hold(facts_too=joins)
    try:
        reply = await HANDLERS[request.event](session, frame.data)
        if isinstance(reply, Instead):
            session.outbox.put(TextFrame(write_frame(reply.event, reply.data, frame.id)))
            return
        if joins:
            told = told_by(reply)
        session.outbox.put(TextFrame(write_frame(request.reply, reply, frame.id)))
        if joins:
            seconds = time.perf_counter() - taken_at
            note_joined(session, seconds)
            log.info("Joined within %.0f ms%s", seconds * 1000, _whose(session))
    except Refusal as refusal:
        if refusal.code == "SERVICE_UNAVAILABLE" and session.participation is not None:
            database_outage().hit(session.participation.meeting_id, session.participation.participant_id)
        _refuse(session, frame.id, frame.event, refusal)
    except MediaError as error:
        _refuse(session, frame.id, frame.event, _from_media(error))
    except Exception:
        log.exception("%s failed%s", frame.event, _whose(session))
        _refuse(session, frame.id, frame.event, _noted(), logged=True)
    finally:
        session.release(told)


def _refuse(session: Session, request_id: Any, event: str | None, refusal: Refusal, *, logged: bool = False) -> None:
    told = {"event": event, **refusal.as_json(), **why_refused(session, event)}
    session.outbox.put(TextFrame(write_frame("error", told, request_id)))
    numbers.refused(event, refusal.code)
    note_refused(session, event, refusal)
    # A flood is one piece of news, not ten thousand.
    if not logged and not (refusal.code == "RATE_LIMITED" and session.limited):
        _log_refusal(session, event, refusal)
    session.limited = refusal.code == "RATE_LIMITED"


def _log_refusal(session: Session, event: str | None, refusal: Refusal) -> None:
    with logged_with(**session.log_ids()):
        log.info("Refused %s: %s%s", event or "a frame", refusal, _whose(session))


def _whose(session: Session) -> str:
    mine = session.participation
    place = f"meeting={mine.meeting_id} participant={mine.participant_id} " if mine else ""
    return f" [{place}connection={session.connection}]"


def _from_media(error: MediaError) -> Refusal:
    if error.code in MESSAGES:
        return Refusal(error.code, error.details)
    log.error("Media refused with a code that the contract does not have: %s", error)
    return _noted()


def _noted() -> Refusal:
    return Refusal("INTERNAL_ERROR", "The server has noted what happened.")


def _text(header: bytes | None) -> str | None:
    return None if header is None else header.decode("latin-1")
