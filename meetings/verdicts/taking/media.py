"""What is sent and what comes, and how well."""

from meetings.trace.event import Event
from meetings.verdicts.known import Facts
from meetings.verdicts.records import Received, Sample, Stream, number, text
from meetings.verdicts.taking.paths import addresses


def sending(facts: Facts, event: Event) -> None:
    source = facts.source(text(event.data.get("source")))
    if event.outcome == "failed":
        source.refused = text(event.data.get("code")) or "UNKNOWN"
    elif event.outcome == "ok":
        source.refused = ""
        source.begin(text(event.data.get("producerId")))
        source.sending_at = event.at
        facts.refusals = [one for one in facts.refusals if one.event != "produce"]


def first_in(facts: Facts, event: Event) -> None:
    source = facts.source(text(event.data.get("source")))
    source.begin(text(event.data.get("producerId")))
    source.arrived_at = event.at


def paused(facts: Facts, event: Event) -> None:
    by = text(event.data.get("by")) or "self"
    on = event.data.get("on") is not False
    if consumer := text(event.data.get("consumerId")):
        whose = text(event.data.get("participantId")), text(event.data.get("source"))
        pauses = facts.received.setdefault(consumer, Received(*whose)).paused_by
    else:
        source, producer = facts.source(text(event.data.get("source"))), text(event.data.get("producerId"))
        if not on and producer != source.producer_id:
            # Its successor is sent already.
            return
        source.begin(producer)
        pauses = source.paused_by
        source.resumed_at = None if on else event.at
    if on:
        pauses.add(by)
    else:
        pauses.discard(by)


def no_media(facts: Facts, event: Event) -> None:
    key = _stream(event)
    if event.outcome == "ok":
        facts.streams.pop(key, None)
        return
    since = event.at - number(event.data.get("seconds"))
    known = facts.streams.get(key)
    facts.streams[key] = Stream(
        *key,
        since=min(since, known.since) if known else since,
        consumer_id=text(event.data.get("consumerId")),
        packets=int(number(event.data.get("packets"))),
        frames=int(number(event.data.get("frames"))),
    )


def came(facts: Facts, event: Event) -> None:
    facts.streams.pop(_stream(event), None)


def quality(facts: Facts, event: Event) -> None:
    sample = Sample(event.at, event.data)
    facts.samples.append(sample)
    # What is waited for is told once; whether it begins to come, in pieces perhaps, is seen here.
    for one in sample.streams if facts.streams else ():
        key = text(one.get("participantId")), text(one.get("source"))
        if (waiting := facts.streams.get(key)) and (packets := int(number(one.get("packets")))):
            waiting.packets, waiting.frames = packets, int(number(one.get("frames")))


def lost(facts: Facts, event: Event) -> None:
    if event.data.get("moved") is not True:
        facts.media_lost_at, facts.media_lost_reason = event.at, text(event.data.get("reason"))


def restored(facts: Facts, _event: Event) -> None:
    facts.media_lost_at = None


def witness(facts: Facts, event: Event) -> None:
    facts.witness, facts.witness_at = event.data, event.at
    facts.witness_failed = event.outcome == "failed"
    listed = event.data.get("transports")
    for one in listed if isinstance(listed, list) else []:
        leg = facts.legs.get(text(one.get("direction"))) if isinstance(one, dict) else None
        if leg is not None and not leg.announced:
            leg.announced = addresses(one.get("announced"))


def _stream(event: Event) -> tuple[str, str]:
    return text(event.data.get("participantId")), text(event.data.get("source"))
