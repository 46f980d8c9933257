"""`test-…`: trying out devices and connection before any meeting, against a real worker."""

import time
from collections.abc import Sequence
from functools import partial
from typing import Any

from media.errors import MediaError
from meetings.ice_servers import ice_servers
from meetings.protocol.codes import Refusal
from meetings.signalling.allowance import too_many
from meetings.signalling.rehearsal import SECONDS, Rehearsal
from meetings.signalling.session import Session
from meetings.trace.media_events import note_media_event
from meetings.trace.recorder import recorder
from meetings.verdicts.verdict import Verdict

Json = dict[str, Any]

# The way on which something is sent and comes back; the others are only connected.
ECHO = "echo"


async def begin(session: Session, data: Json) -> Json:
    """Have a room of its own made on a worker, in place of the one of a test before."""
    if wait := session.rehearsals.take():
        raise too_many(wait)
    await _end(session, session.rehearsal)
    began = time.perf_counter()
    try:
        rehearsal = Rehearsal.begin(
            lambda: session.lane.put(partial(_end, session, rehearsal)), partial(_hear, session)
        )
        session.rehearsal = rehearsal
        room = await rehearsal.call(ECHO, "join-meeting", {})
    except BaseException as error:
        if isinstance(error, MediaError):
            _note(session, "room", "failed", code=error.code, details=error.details)
        await _end(session, session.rehearsal)
        raise
    _note(session, "room", made=True, ms=round((time.perf_counter() - began) * 1000, 1))
    return {
        "testId": str(rehearsal.id),
        "rtpCapabilities": room["rtpCapabilities"],
        "iceServers": ice_servers(rehearsal.id),
        "seconds": int(SECONDS),
    }


async def transport(session: Session, data: Json) -> Json:
    """A transport of its own for a way."""
    rehearsal = _rehearsal_of(session)
    made = await rehearsal.call(data["way"], "create-transport", {"direction": data["direction"]})
    return {"way": data["way"], "direction": made["direction"], "params": made["params"]}


async def connect(session: Session, data: Json) -> Json:
    """The browser's end of the DTLS handshake."""
    wanted = {"transportId": data["transportId"], "dtlsParameters": data["dtlsParameters"]}
    return await _rehearsal_of(session).call(data["way"], "connect-transport", wanted)


async def produce(session: Session, data: Json) -> Json:
    """Send something that comes back."""
    return await _rehearsal_of(session).call(ECHO, "produce", data)


async def consume(session: Session, data: Json) -> Json:
    """Get back what is sent."""
    return await _rehearsal_of(session).call(ECHO, "consume", data)


async def end(session: Session, data: Json) -> Json:
    """Nothing is left of the test. What the rules make of its steps is the answer.

    By then it is written down, for what the person says of it afterwards comes by another way.
    """
    verdicts = _judged(session)
    await _end(session, session.rehearsal)
    await recorder().catch_up()
    return {"verdicts": [verdict.as_participant_json() for verdict in verdicts]}


def _rehearsal_of(session: Session) -> Rehearsal:
    if session.rehearsal is None:
        raise Refusal("NOT_IN_MEETING", "No test is under way on this socket, or it has been ended; begin one.")
    return session.rehearsal


async def _end(session: Session, rehearsal: Rehearsal | None) -> None:
    if rehearsal is None:
        return
    if session.rehearsal is rehearsal:
        session.rehearsal = None
    await rehearsal.end()


def _judged(session: Session) -> Sequence[Verdict]:
    """What is wrong, as far as the page told its steps; with that the attempt ends."""
    if session.attempt is None or session.watch is None or session.participation is not None:
        return []
    verdicts = session.watch.look_now()
    session.watch.stop()
    session.attempt.finish("tested")
    session.attempt = session.watch = None
    return verdicts


def _note(session: Session, step: str, outcome: str = "ok", **data: Any) -> None:
    """Put down what this process saw of a test, in the attempt that its page tells of."""
    if session.attempt is not None and session.participation is None:
        session.attempt.note("web", step, outcome, **data)


def _hear(session: Session, way: str, event: str, data: Json) -> None:
    """Of the echo, which is the whole of a call, the stream is told what it is told of calls. The page looks for itself
    at how its test goes.
    """
    if way == ECHO and session.attempt is not None and session.participation is None:
        note_media_event(session.attempt, event, data)
