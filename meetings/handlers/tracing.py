"""`trace`, and what this process itself tells of a join attempt."""

from typing import Any
from uuid import UUID, uuid4

from meetings import numbers
from meetings.handlers.troubles import watch_attempt
from meetings.models import JoinAttempt
from meetings.presence import presence
from meetings.protocol.codes import Refusal
from meetings.signalling.allowance import too_many
from meetings.signalling.session import Session
from meetings.trace.attempt import Attempt
from meetings.trace.load import with_load
from meetings.trace.page_steps import note_page_steps
from meetings.trace.recorder import recorder
from meetings.version import site_version

Json = dict[str, Any]


async def trace(session: Session, data: Json) -> Json:
    """Take in what a page tells of itself. The answer waits for nothing."""
    if wait := session.traces.take():
        raise too_many(wait)
    attempt_id = UUID(data["attemptId"])
    if session.participation is not None and session.attempt is not None and session.attempt.id != attempt_id:
        raise Refusal("NOT_ALLOWED", "This socket joined under another attemptId.")
    attempt = attempt_of(session, attempt_id)
    if data.get("purpose") == JoinAttempt.Purpose.TEST and session.participation is None:
        attempt.describe(purpose=JoinAttempt.Purpose.TEST)
    if (mine := session.participation) is not None:
        with_load(data["steps"], mine.peer)
    note_page_steps(attempt, data)
    return {}


def begin_attempt(session: Session, attempt_id: str) -> None:
    """A `join-meeting` begins: under the id that its page gave it, or as an attempt of its own, unless the socket is in
    a meeting and only takes up its media afresh.
    """
    if session.participation is not None:
        return
    try:
        wanted = UUID(attempt_id)
    except ValueError:
        wanted = uuid4()
    attempt_of(session, wanted)


def attempt_of(session: Session, attempt_id: UUID) -> Attempt:
    """The attempt that the socket is in, from now on this one."""
    if session.attempt is None or session.attempt.id != attempt_id:
        if session.watch is not None:
            session.watch.stop()
        if session.attempt is not None:
            session.attempt.write_all()
        session.attempt = attempt = recorder().begin(attempt_id, session.opened_at)
        session.watch = watch_attempt(session, attempt)
        place = {name: session.whence[name] for name in ("address", "host")}
        attempt.note(
            "web",
            "socket-open",
            at=session.opened_at,
            **place,
            process=str(presence().process_id),
            version=site_version(),
        )
        attempt.describe(address=session.whence["address"], client=session.whence["client"])
    return session.attempt


def note_joined(session: Session, seconds: float) -> None:
    """The answer to a join is on its way, so long after it was asked for (or decided by a host)."""
    numbers.joined(seconds)
    if session.attempt is not None:
        session.attempt.note("web", "joined", ms=round(seconds * 1000, 1))


def note_refused(session: Session, event: str | None, refusal: Refusal) -> None:
    """Something else than a join was refused. A flood is one event."""
    attempt = session.attempt
    if attempt is None or event in ("join-meeting", "trace") or (refusal.code == "RATE_LIMITED" and session.limited):
        return
    attempt.note("web", "refused", "failed", event=event, code=refusal.code, details=refusal.details[:300])


def why_refused(session: Session, event: str | None) -> Json:
    """What a refused `join-meeting` is told besides: the verdicts on it. Whoever is refused hangs up."""
    attempt, watch = session.attempt, session.watch
    if event != "join-meeting" or attempt is None or watch is None or session.participation is not None:
        return {}
    return {"verdicts": [verdict.as_participant_json() for verdict in watch.look_now()]}


def note_failed(session: Session, reply: Json) -> None:
    """Note what a reply lists as `failed`: some of what was asked for at once could not be had."""
    if session.attempt is None:
        return
    for one in reply.get("failed", []):
        sent = session.company.sent.get(one["producerId"], {})
        whose = {name: sent[name] for name in ("participantId", "source") if name in sent}
        session.attempt.note("web", "refused", "failed", event="consume", code=one["code"], details="", **whose)
