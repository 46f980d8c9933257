"""From a device that works to the media server."""

from collections.abc import Iterator

from meetings.verdicts.findings import SENT, Finding, lasting, own_words, sentence
from meetings.verdicts.known import Facts
from meetings.verdicts.records import SEND, Leg, Sample, Source, number
from meetings.verdicts.steadily import began

PATIENCE = 5.0


def refused(facts: Facts) -> Iterator[Finding]:
    """The server did not accept what was to be sent."""
    for source in _sources(facts):
        if not source.refused or _explained(facts, source):
            continue
        details = next((one.details for one in facts.fresh_refusals if one.event == "produce"), "")
        words = {**own_words(source.name), "code": source.refused, "details": sentence(details)}
        key = "CODEC_MISMATCH/sending" if source.refused == "CANNOT_PRODUCE" else "NOTHING_SENT/refused"
        evidence = {"source": source.name, "code": source.refused, "details": details}
        yield Finding(key, _topics(source), _topics(source), source=source.name, words=words, evidence=evidence)


def paused(facts: Facts) -> Iterator[Finding]:
    """An administrator paused it, which the page shows as off, and nobody turned it on again."""
    for source in _sources(facts):
        if "administrator" in source.paused_by:
            evidence = {"source": source.name, "producerId": source.producer_id}
            yield Finding(
                "PAUSED_BY_ADMINISTRATOR",
                _topics(source),
                _topics(source),
                source=source.name,
                words=own_words(source.name),
                evidence=evidence,
            )


def nothing_sent(facts: Facts) -> Iterator[Finding]:
    """Connected and on, and nothing of it reaches the server: from the beginning, or no more."""
    leg = facts.legs[SEND]
    if not leg.up:
        return
    for source in _sources(facts):
        if source.sending_at is None or source.on is False or source.paused_by:
            continue
        lasted = _nothing_at_all(facts, leg, source) or _nothing_more(facts, source)
        if lasted > PATIENCE:
            words = {**own_words(source.name), "seconds": lasting(lasted), "producer": source.producer_id or "unknown"}
            evidence = {"source": source.name, "producerId": source.producer_id, "waitedSeconds": round(lasted, 1)}
            topics = (*_topics(source), SENT)
            yield Finding("NOTHING_SENT", topics, source=source.name, words=words, evidence=evidence)


def _nothing_at_all(facts: Facts, leg: Leg, source: Source) -> float:
    """For how long the first of it has been due; 0 when it came, is not sent any more, or the node tells nothing."""
    if source.arrived_at is not None or leg.announced_at is None or _counted(facts, source):
        return 0.0
    latest = facts.samples[-1] if facts.samples else None
    if latest and latest.up and latest.at > (source.sending_at or 0.0) + PATIENCE and source.name not in latest.sources:
        return 0.0
    due = max(source.sending_at or 0.0, source.resumed_at or 0.0, leg.up_at)
    return facts.since(due)


def _nothing_more(facts: Facts, source: Source) -> float:
    """For how long a camera has sent nothing. Sound is not judged by this: silence is hardly worth a bit."""
    if source.name != "camera":
        return 0.0

    def dead(sample: Sample) -> bool:
        return "kbps" in sample.sources.get(source.name, {}) and not number(sample.sources[source.name]["kbps"])

    since = began(facts.fresh_samples, dead, lambda sample: False)
    return 0.0 if since is None else facts.since(since) + PATIENCE


def _counted(facts: Facts, source: Source) -> bool:
    """Whether the node counted packets of it, although the first one was not told."""
    for producer in facts.fresh_witness.get("producers") or ():
        if isinstance(producer, dict) and producer.get("id") == source.producer_id:
            return bool(producer.get("packets") or producer.get("bytes"))
    return False


def _explained(facts: Facts, source: Source) -> bool:
    return source.refused in ("MEDIA_UNAVAILABLE", "ROUTER_NOT_FOUND") and bool(facts.fresh_refusals)


def _sources(facts: Facts) -> list[Source]:
    return sorted(facts.sources.values(), key=lambda source: (source.name != "mic", source.name))


def _topics(source: Source) -> tuple[str, ...]:
    return (f"own:{source.name}",)
