"""From the media server to what is seen and heard."""

from collections.abc import Iterator

from meetings.verdicts.findings import RECEIVED, Finding, lasting, sentence, their_words
from meetings.verdicts.known import Facts
from meetings.verdicts.records import Json, Stream, number

PATIENCE = 5.0
# By whom something is paused, as the node tells it.
AT_SENDER = "administrator at the sender"
ADMINISTRATORS = {"administrator", AT_SENDER}


def cannot_consume(facts: Facts) -> Iterator[Finding]:
    """What is sent does not fit this browser."""
    for refusal in facts.fresh_refusals:
        if refusal.code == "CANNOT_CONSUME":
            about, source = refusal.participant_id, refusal.source
            words = {**their_words(facts, about, source), "details": sentence(refusal.details or refusal.code)}
            evidence = {"event": refusal.event, "code": refusal.code, "details": refusal.details, "source": source}
            yield Finding(
                "CODEC_MISMATCH",
                (RECEIVED,),
                about=about or None,
                source=source or None,
                words=words,
                evidence=evidence,
            )


def held_back(facts: Facts) -> Iterator[Finding]:
    """An administrator paused what somebody sends: for this participant alone, or at its sender for everybody."""
    for consumer_id, received in sorted(facts.received.items(), key=lambda one: (one[1].participant_id, one[1].source)):
        if not received.paused_by & ADMINISTRATORS:
            continue
        at_sender = AT_SENDER in received.paused_by
        words = their_words(facts, received.participant_id, received.source)
        yield Finding(
            "PAUSED_BY_ADMINISTRATOR/theirs",
            (RECEIVED,),
            about=received.participant_id or None,
            source=received.source or None,
            words={**words, "stream": "producer" if at_sender else "consumer"},
            evidence={"source": received.source, "consumerId": consumer_id, "forEverybody": at_sender},
        )


def missing(facts: Facts) -> Iterator[Finding]:
    """Something of somebody is waited for: paused and by whom, nothing on the way, or nothing that can be shown. Of
    what an administrator paused, `held_back` tells.
    """
    for stream in sorted(facts.streams.values(), key=lambda one: (one.since, one.participant_id, one.source)):
        lasted, paused_by = facts.since(stream.since), _paused_by(facts, stream)
        if lasted <= PATIENCE or paused_by & ADMINISTRATORS:
            continue
        consumer = _consumer(facts, stream)
        key = _cause(stream, consumer, paused_by)
        words = {
            **their_words(facts, stream.participant_id, stream.source),
            "seconds": lasting(lasted),
            "packets": stream.packets,
            "frames": stream.frames,
            "consumer": stream.consumer_id or "unknown",
            "seen": _seen(consumer),
        }
        evidence: Json = {
            "source": stream.source,
            "consumerId": stream.consumer_id,
            "packets": stream.packets,
            "frames": stream.frames,
            "atNode": consumer,
        }
        yield Finding(
            key,
            (RECEIVED,),
            about=stream.participant_id or None,
            source=stream.source or None,
            words=words,
            evidence=evidence,
        )


def _paused_by(facts: Facts, stream: Stream) -> set[str]:
    received = facts.received.get(stream.consumer_id)
    return received.paused_by if received else set()


def _cause(stream: Stream, consumer: Json, paused_by: set[str]) -> str:
    if stream.packets == 0 and consumer.get("producerPaused") is True:
        return "PAUSED_BY_SENDER"
    if stream.packets == 0 and (consumer.get("paused") is True or "self" in paused_by):
        return "PAUSED_BY_RECEIVER"
    return "NO_FRAME_DECODED" if stream.packets and stream.is_picture else "NOTHING_ARRIVES"


def _consumer(facts: Facts, stream: Stream) -> Json:
    """What the node saw of it."""
    for consumer in facts.fresh_witness.get("consumers") or ():
        if not isinstance(consumer, dict):
            continue
        if stream.consumer_id and consumer.get("id") == stream.consumer_id:
            return consumer
        if (consumer.get("participantId"), consumer.get("source")) == (stream.participant_id, stream.source):
            return consumer
    return {}


def _seen(consumer: Json) -> str:
    if "packets" not in consumer:
        return "the node was not asked what it sends"
    sent = number(consumer.get("packets"))
    if sent:
        return f"the worker has sent {sent:.0f} packets of it, so that they are lost on the way to the browser"
    return "the worker has sent none of it, so that none came in from its sender"
