"""The own devices, and what the browser can do at all."""

from meetings.trace.event import Event
from meetings.verdicts.known import Facts
from meetings.verdicts.records import SOURCE_OF_DEVICE, text


def device(facts: Facts, event: Event) -> None:
    source = facts.source(SOURCE_OF_DEVICE[event.step])
    if event.outcome == "failed":
        stopped_at = source.ended_at
        source.forget_trouble()
        reason = text(event.data.get("reason")) or "unknown"
        if reason == "ended":
            source.ended_at = event.at
        elif stopped_at is not None and reason != "denied":
            # That nothing took its place is no news, and that it stopped is why.
            source.ended_at = stopped_at
        else:
            source.failed, source.failed_as = reason, text(event.data.get("name"))
    elif event.outcome == "ok":
        source.replaced_at = None if source.ended_at is None else event.at
        source.forget_trouble()
        source.on = event.data.get("on") is not False
    elif event.outcome == "changed":
        # Of the same track: what the system does to it, it goes on doing.
        source.on = event.data.get("on") is True


def speaker(facts: Facts, event: Event) -> None:
    facts.speaker_failure = text(event.data.get("reason")) or "unplayable" if event.outcome == "failed" else ""


def device_loaded(facts: Facts, event: Event) -> None:
    failed = event.outcome == "failed"
    facts.device_failure = text(event.data.get("error")) or "no reason given" if failed else None


def track(facts: Facts, event: Event) -> None:
    source = facts.source(text(event.data.get("source")))
    match event.data.get("what"):
        case "muted":
            source.muted_at = event.at
        case "unmuted":
            source.muted_at = None
        case "ended":
            source.ended_at, source.muted_at = event.at, None


def silence(facts: Facts, event: Event) -> None:
    facts.source(text(event.data.get("source"))).silent_at = None if event.outcome == "ok" else event.at
