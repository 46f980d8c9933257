"""Whose fault a poor interval was: the sender's, the receiver's, or ours."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from meetings.verdicts.records import Json, Sample, number

Who = Literal["sender", "receiver", "us"]

LOSS = 0.05
JITTER_MS = 100.0
FROZEN = 0.1
BUSY, LATE_MS = 0.9, 250.0


@dataclass(frozen=True, slots=True)
class Blame:
    """`who` is None where nothing was wrong, and then the sentence says so. `about` is the sender whose fault it is."""

    who: Who | None
    sentence: str
    about: str | None = None
    evidence: Json = field(default_factory=dict)


def whose_fault(
    receiver: Json,
    senders: Mapping[str, Json],
    us: Json | None = None,
    *,
    names: Mapping[str, str] | None = None,
) -> Blame:
    """Judge one interval of what a participant saw and heard.

    `receiver` is their quality sample, `senders` those of the others in the same interval, by participant id; where
    one is missing, nothing is known against that sender. `us` is the worker as in a sample; that of the receiver's
    sample when it is not given.
    """
    sample = Sample(0.0, receiver)
    bad = [stream for stream in sample.streams if complaint(stream, _length(receiver))]
    if not bad:
        return Blame(None, "All was well.")
    ours = us if us is not None else sample.worker
    if number(ours.get("cpu")) >= BUSY or number(ours.get("lagMs")) > LATE_MS:
        cpu, lag = number(ours.get("cpu")), number(ours.get("lagMs"))
        return Blame(
            "us",
            f"Ours: the worker used {_percent(cpu)} of a core, and its node was late by {lag:.0f} ms.",
            evidence={"us": dict(ours), "streams": bad},
        )
    at_fault = {sender: why for sender in _senders_of(bad) if (why := _trouble_of(senders.get(sender)))}
    innocent = [stream for stream in bad if str(stream.get("participantId")) not in at_fault]
    if at_fault and len(innocent) * 2 <= len(bad):
        worst = max(at_fault, key=lambda sender: (at_fault[sender][1], sender))
        name = (names or {}).get(worst) or "the sender"
        evidence = {"streams": bad, "sender": dict(senders[worst])}
        return Blame("sender", f"The sender's: {name} {at_fault[worst][0]}.", worst, evidence)
    worst_stream = max(innocent, key=lambda stream: (number(stream.get("loss")), str(stream.get("participantId"))))
    known = _known(innocent, senders)
    whole = "although it reached us whole" if known else "and nothing is known against the senders"
    return Blame(
        "receiver",
        f"The receiver's: {complaint(worst_stream, _length(receiver))}, {whole}.",
        evidence={"streams": innocent},
    )


def complaint(stream: Json, length: float) -> str:
    """What was poor about a stream in an interval of `length` seconds; empty when nothing was."""
    loss, jitter, frozen = number(stream.get("loss")), number(stream.get("jitter")), number(stream.get("frozenMs"))
    if loss >= LOSS:
        return f"{_percent(loss)} was lost"
    if frozen >= FROZEN * length * 1000:
        return f"the picture stood still for {frozen / 1000:.1f} seconds"
    if jitter >= JITTER_MS:
        return f"packets came up to {jitter:.0f} ms too late"
    return ""


def _trouble_of(sample: Json | None) -> tuple[str, float] | None:
    """What a sender's own sample says against them, and how much it weighs."""
    if sample is None:
        return None
    told = Sample(0.0, sample)
    if told.up_loss >= LOSS:
        return f"lost {_percent(told.up_loss)} on the way to us", 1 + told.up_loss
    if told.cpu_limits:
        return "sent what a busy device could encode", 0.5
    if told.up.get("limited") == "bandwidth":
        return "had too little bandwidth to send with", 0.75
    return None


def _senders_of(streams: list[Json]) -> list[str]:
    return sorted({str(stream.get("participantId")) for stream in streams})


def _known(streams: list[Json], senders: Mapping[str, Json]) -> bool:
    return all(sender in senders for sender in _senders_of(streams))


def _length(sample: Json) -> float:
    return number(sample.get("seconds")) or 5.0


def _percent(part: float) -> str:
    return f"{round(part * 100)} %"
