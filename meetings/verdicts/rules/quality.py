"""What is measured while the call goes on."""

from collections.abc import Callable, Iterator

from meetings.verdicts.findings import (
    DOWNLINK,
    ENCODER,
    SERVER,
    UPLINK,
    Finding,
    lasting,
    percent,
)
from meetings.verdicts.known import Facts
from meetings.verdicts.records import Json, Sample, number
from meetings.verdicts.steadily import began

LOSS, SEVERE_LOSS = 0.05, 0.15
BUSY, VERY_BUSY = 0.9, 0.98
# Packets in a sample; of fewer, chance tells more than the way.
TELLING = 25
LATE_MS, VERY_LATE_MS = 250.0, 1000.0


def overloaded(facts: Facts) -> Iterator[Finding]:
    """Our worker or its node has too much to do."""
    if began(facts.fresh_samples, _worker_busy, _worker_very_busy) is None:
        return
    us = next((sample.worker for sample in reversed(facts.samples) if sample.worker), {})
    worker = us.get("worker", facts.worker)
    words = {
        "worker": worker,
        "cpu": percent(number(us.get("cpu"))),
        "lag": f"{number(us.get('lagMs')):.0f} ms",
    }
    evidence: Json = {"worker": worker, "cpu": us.get("cpu"), "lagMs": us.get("lagMs")}
    yield Finding("WORKER_OVERLOADED", (SERVER,), (UPLINK, DOWNLINK), words=words, evidence=evidence)


def busy_device(facts: Facts) -> Iterator[Finding]:
    """The sender's device cannot encode as it should."""
    since = began(facts.fresh_samples, lambda one: one.cpu_limits, lambda one: one.cpu_starves)
    if since is not None:
        sample = facts.samples[-1]
        encoding = sample.sources.get("camera", {})
        words = {"seconds": lasting(facts.since(since)), "rate": _rate(sample.up, encoding)}
        evidence = {"since": since, **{name: sample.up.get(name) for name in ("fps", "height")}}
        evidence |= {name: encoding[name] for name in ("captured", "encoded", "encodeMs") if name in encoding}
        yield Finding("SENDER_CPU", (ENCODER,), words=words, evidence=evidence)


def uplink(facts: Facts) -> Iterator[Finding]:
    """Packets are lost on the way from the participant to us."""
    since = began(facts.fresh_samples, lambda one: one.up_loss >= LOSS, lambda one: one.up_loss >= SEVERE_LOSS)
    if since is not None:
        worst = _latest(facts, LOSS, lambda sample: sample.up_loss)
        rtt = number(facts.samples[-1].up.get("rtt"))
        words = {"loss": percent(worst), "rtt": f"{rtt:.0f} ms"}
        yield Finding("UPLINK_LOSS", (UPLINK,), words=words, evidence={"loss": worst, "rttMs": rtt, "since": since})


def downlink(facts: Facts) -> Iterator[Finding]:
    """Packets are lost on the way from us to the participant."""

    def loss(sample: Sample) -> float:
        return down_loss(sample, facts.lossy_senders)

    def severe(sample: Sample) -> bool:
        # What one sender alone lacks may have been lost on their way; time to hear of that from them.
        senders = {stream.get("participantId") for stream in sample.streams}
        return len(senders) + sample.well > 1 and loss(sample) >= SEVERE_LOSS

    since = began(facts.fresh_samples, lambda one: loss(one) >= LOSS, severe)
    if since is not None:
        worst = _latest(facts, LOSS, loss)
        count = sum(1 for _ in facts.samples[-1].streams)
        words = {"loss": percent(worst), "streams": f"{count} stream{'' if count == 1 else 's'}"}
        evidence = {"loss": worst, "since": since, "knownLossySenders": sorted(facts.lossy_senders)}
        yield Finding("DOWNLINK_LOSS", (DOWNLINK,), words=words, evidence=evidence)


def down_loss(sample: Sample, lossy_senders: frozenset[str]) -> float:
    """Which part is lost on the receiver's own way: what streams of senders who lose nothing themselves lack.

    A downlink loses of all streams alike. So where some sender's streams come whole, it is not the downlink; nor where
    somebody's picture does and their sound does not: what a sender loses of a picture is sent again before it gets
    here.
    """
    streams: dict[str, list[Json]] = {}
    for stream in sample.streams:
        streams.setdefault(str(stream.get("participantId")), []).append(stream)
    if not streams and not sample.well:
        # Of streams that have just begun only the sum is told.
        return 0.0 if lossy_senders else sample.down_loss
    known = [_common_loss(theirs) for sender, theirs in streams.items() if sender not in lossy_senders]
    losses = sorted([*[0.0] * sample.well, *known])
    # The median, and of two the lesser.
    return losses[(len(losses) - 1) // 2] if losses else 0.0


def _common_loss(streams: list[Json]) -> float:
    """What each of a sender's streams lacks at least, of those that tell; where none does, what they lack together."""
    telling = [number(one.get("loss")) for one in streams if number(one.get("packets")) >= TELLING]
    if telling:
        return min(telling)
    weights = [number(one.get("packets")) or 1.0 for one in streams]
    return sum(number(one.get("loss")) * weight for one, weight in zip(streams, weights, strict=True)) / sum(weights)


def _rate(up: Json, encoding: Json) -> str:
    if "captured" in encoding:
        captured, encoded, took = (number(encoding.get(name)) for name in ("captured", "encoded", "encodeMs"))
        return f": it encodes {encoded:.0f} of the camera's {captured:.0f} frames a second, in {took:.0f} ms each"
    return f", and sends {number(up['fps']):.0f} frames a second" if "fps" in up else ""


def _latest(facts: Facts, least: float, of: Callable[[Sample], float]) -> float:
    return next((of(sample) for sample in reversed(facts.samples) if of(sample) >= least), least)


def _worker_busy(sample: Sample) -> bool:
    return number(sample.worker.get("cpu")) >= BUSY or number(sample.worker.get("lagMs")) > LATE_MS


def _worker_very_busy(sample: Sample) -> bool:
    return number(sample.worker.get("cpu")) >= VERY_BUSY or number(sample.worker.get("lagMs")) > VERY_LATE_MS
