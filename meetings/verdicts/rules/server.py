"""The media server: a worker that hangs, media that were lost."""

from collections.abc import Iterator

from meetings.verdicts.findings import BELOW_ROOM, ROOM, Finding, ago, sentence
from meetings.verdicts.known import Facts


def hung(facts: Facts) -> Iterator[Finding]:
    """The node saw that its worker answers nothing."""
    witness = facts.fresh_witness
    if witness.get("hung") is True:
        worker = witness.get("worker", facts.worker)
        node = witness.get("node") or facts.node
        yield Finding(
            "NO_WORKER/hung",
            (ROOM,),
            BELOW_ROOM,
            words={"worker": worker, "node": node or "its node"},
            evidence={"worker": worker, "node": node, "lagMs": witness.get("lagMs")},
        )


def silent(facts: Facts) -> Iterator[Finding]:
    """The node was asked because something was wrong, and did not answer."""
    seen = facts.fresh_witness
    if facts.witness_failed and seen.get("code") == "MEDIA_UNAVAILABLE":
        details = sentence(seen.get("details"))
        yield Finding(
            "NO_WORKER/node",
            (ROOM,),
            BELOW_ROOM,
            words={"node": facts.node or "The media node", "details": details},
            evidence={"node": facts.node, "details": details},
        )


def media_lost(facts: Facts) -> Iterator[Finding]:
    """The room was lost with its worker or node, and is not back."""
    if facts.media_lost_at is None:
        return
    lasted, reason = facts.since(facts.media_lost_at), facts.media_lost_reason or "no reason known"
    yield Finding(
        "MEDIA_LOST",
        (ROOM,),
        BELOW_ROOM,
        words={"ago": ago(lasted), "reason": reason},
        evidence={"reason": reason, "node": facts.node, "worker": facts.worker},
    )
