"""Being let in, and getting a place on a media server."""

from collections.abc import Iterator

from meetings.verdicts import catalogue
from meetings.verdicts.findings import BELOW_ROOM, JOIN, ROOM, Finding, ago, lasting, sentence
from meetings.verdicts.known import Facts, Refusal
from meetings.verdicts.records import Json

PATIENCE = 5.0
_ROUTER = ("ROUTER_NOT_FOUND",)
_NO_WORKER = ("MEDIA_UNAVAILABLE",)


def refused(facts: Facts) -> Iterator[Finding]:
    """The join was refused."""
    if (refusal := facts.refusal) is None:
        return
    words = _words(refusal)
    if refusal.code in _NO_WORKER:
        yield Finding("NO_WORKER", (ROOM,), BELOW_ROOM, words=words, evidence=_evidence(facts, refusal))
    elif refusal.code in _ROUTER:
        yield Finding("ROUTER_MISSING", (ROOM,), BELOW_ROOM, words=words, evidence=_evidence(facts, refusal))
    else:
        key = refusal.code if refusal.code in catalogue.codes() else "INTERNAL_ERROR"
        yield Finding(key, (JOIN,), BELOW_ROOM, words=words, evidence=_evidence(facts, refusal))


def silent(facts: Facts) -> Iterator[Finding]:
    """Admitted, and no answer from a media node."""
    wait = facts.waits.get(("web", "room", "::"))
    began = wait.since if wait else facts.admitted_at
    if began is None or facts.room_at is not None or facts.answered_at is not None:
        return
    if (lasted := facts.since(began)) > PATIENCE:
        words = {"seconds": lasting(lasted), "ago": ago(lasted)}
        yield Finding(
            "NO_WORKER/silent", (ROOM,), BELOW_ROOM, words=words, evidence={"waitedSeconds": round(lasted, 1)}
        )


def room_missing(facts: Facts) -> Iterator[Finding]:
    """In the meeting, and its room or worker was gone when something was asked for. Lost media explain that."""
    if facts.media_lost_at is not None:
        return
    for refusal in facts.fresh_refusals:
        if refusal.code in _ROUTER:
            key = "ROUTER_MISSING"
        elif refusal.code in _NO_WORKER:
            key = "NO_WORKER"
        else:
            continue
        yield Finding(key, (ROOM,), BELOW_ROOM, words=_words(refusal), evidence=_evidence(facts, refusal))


def _words(refusal: Refusal) -> dict[str, object]:
    return {
        "event": refusal.event or "the request",
        "code": refusal.code,
        "details": sentence(refusal.details),
    }


def _evidence(facts: Facts, refusal: Refusal) -> Json:
    known = {"event": refusal.event, "code": refusal.code, "details": refusal.details}
    return {**known, "node": facts.node, "worker": facts.worker} if facts.node else known
