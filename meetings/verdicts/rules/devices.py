"""Microphone and camera, before anything of them is sent."""

from collections.abc import Iterator

from meetings.verdicts.facts import Facts
from meetings.verdicts.findings import Finding, own_words, seconds
from meetings.verdicts.records import Source

DEVICES = {"mic": "MICROPHONE", "camera": "CAMERA"}


def failed(facts: Facts) -> Iterator[Finding]:
    """A device was asked for and not got."""
    for source in _sources(facts):
        if not source.failed or source.name not in DEVICES:
            continue
        device = DEVICES[source.name]
        insecure = "" if facts.secure else "; the page was not served over HTTPS, where no browser allows it"
        keys = {"denied": f"{device}_DENIED", "none": f"NO_{device}"}
        yield Finding(
            keys.get(source.failed, f"{device}_BUSY"),
            _topics(source),
            _topics(source),
            words={"insecure": insecure, "reason": source.failed},
            evidence={"reason": source.failed, "secure": facts.secure},
        )


def ended(facts: Facts) -> Iterator[Finding]:
    """What was sent stopped without the person's doing."""
    for source in _sources(facts):
        if source.ended_at is not None and source.on is not False:
            words = {**own_words(source.name), "seconds": seconds(facts.since(source.ended_at))}
            evidence = {"source": source.name, "endedAt": source.ended_at}
            yield Finding("TRACK_ENDED", _topics(source), _topics(source), words=words, evidence=evidence)


def muted(facts: Facts) -> Iterator[Finding]:
    """The system mutes a device, or it is on and gives nothing at all."""
    for source in _sources(facts):
        if source.name not in DEVICES or source.on is False:
            continue
        key = f"{DEVICES[source.name]}_MUTED_BY_SYSTEM"
        since = source.muted_at
        if since is None:
            key, since = f"{key}/silent", source.silent_at
        if since is not None:
            words = {"seconds": seconds(facts.since(since))}
            evidence = {"source": source.name, "since": since}
            yield Finding(key, _topics(source), _topics(source), words=words, evidence=evidence)


def _sources(facts: Facts) -> list[Source]:
    return sorted(facts.sources.values(), key=lambda source: source.name)


def _topics(source: Source) -> tuple[str, ...]:
    return (f"own:{source.name}",)
