"""From a device that works to the media server."""

from collections.abc import Iterator

from meetings.verdicts.facts import Facts
from meetings.verdicts.findings import SENT, Finding, own_words, seconds
from meetings.verdicts.records import SEND, Source

PATIENCE = 5.0


def refused(facts: Facts) -> Iterator[Finding]:
    """The server did not accept what was to be sent."""
    for source in _sources(facts):
        if not source.refused or _explained(facts, source):
            continue
        details = next((one.details for one in facts.refusals if one.event == "produce"), "")
        words = {**own_words(source.name), "code": source.refused, "details": details or "no more was told"}
        key = "CODEC_MISMATCH/sending" if source.refused == "CANNOT_PRODUCE" else "NOTHING_SENT/refused"
        evidence = {"source": source.name, "code": source.refused, "details": details}
        yield Finding(key, _topics(source), _topics(source), words=words, evidence=evidence)


def paused(facts: Facts) -> Iterator[Finding]:
    """An administrator paused it."""
    for source in _sources(facts):
        if "administrator" in source.paused_by and source.on is not False:
            evidence = {"source": source.name, "producerId": source.producer_id}
            yield Finding(
                "PAUSED_BY_ADMINISTRATOR",
                _topics(source),
                _topics(source),
                words=own_words(source.name),
                evidence=evidence,
            )


def nothing_sent(facts: Facts) -> Iterator[Finding]:
    """Connected and on, and nothing of it reached the server."""
    leg = facts.legs[SEND]
    if not leg.up:
        return
    for source in _sources(facts):
        if source.sending_at is None or source.arrived_at is not None or source.on is False or source.paused_by:
            continue
        lasted = min(facts.since(source.sending_at), facts.since(leg.connection_at or leg.dtls_at))
        if lasted > PATIENCE and not _sent_lately(facts, source):
            words = {**own_words(source.name), "seconds": seconds(lasted), "producer": source.producer_id or "unknown"}
            evidence = {"source": source.name, "producerId": source.producer_id, "waitedSeconds": round(lasted, 1)}
            yield Finding("NOTHING_SENT", (*_topics(source), SENT), words=words, evidence=evidence)


def _sent_lately(facts: Facts, source: Source) -> bool:
    """Whether the node counted packets of it, although the first one was not told."""
    for producer in facts.fresh_witness.get("producers") or ():
        if isinstance(producer, dict) and producer.get("id") == source.producer_id:
            return bool(producer.get("packets") or producer.get("bytes"))
    return False


def _explained(facts: Facts, source: Source) -> bool:
    return source.refused in ("MEDIA_UNAVAILABLE", "ROUTER_NOT_FOUND") and bool(facts.refusals)


def _sources(facts: Facts) -> list[Source]:
    return sorted(facts.sources.values(), key=lambda source: source.name)


def _topics(source: Source) -> tuple[str, ...]:
    return (f"own:{source.name}",)
