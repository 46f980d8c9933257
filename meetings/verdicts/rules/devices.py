"""Microphone and camera, before anything of them is sent."""

from collections.abc import Iterator

from meetings.verdicts.findings import Finding, ago, own_words
from meetings.verdicts.known import Facts
from meetings.verdicts.records import Source

# For how long somebody is told that they are heard and seen with another device now.
LINGER = 10.0
DEVICES = {"mic": "MICROPHONE", "camera": "CAMERA"}


def failed(facts: Facts) -> Iterator[Finding]:
    """A device was asked for and not got."""
    for source in _sources(facts):
        if not source.failed or source.name not in DEVICES:
            continue
        device = DEVICES[source.name]
        yield Finding(
            _why(facts, source, device),
            _topics(source),
            _topics(source),
            source=source.name,
            words={"reason": source.failed_as or source.failed, "host": facts.host or "no host known"},
            evidence={"reason": source.failed, "name": source.failed_as, "secure": facts.secure},
        )


def ended(facts: Facts) -> Iterator[Finding]:
    """What was sent stopped without the person's doing. That something took its place is told for a while."""
    for source in _sources(facts):
        if source.replaced_at is not None and facts.since(source.replaced_at) <= LINGER and source.on is not False:
            evidence = {"source": source.name, "replacedAt": source.replaced_at}
            words = own_words(source.name)
            yield Finding("TRACK_ENDED/replaced", _topics(source), source=source.name, words=words, evidence=evidence)
        if source.ended_at is not None and source.on is not False:
            words = {**own_words(source.name), "ago": ago(facts.since(source.ended_at))}
            evidence = {"source": source.name, "endedAt": source.ended_at}
            topics = _topics(source)
            yield Finding("TRACK_ENDED", topics, topics, source=source.name, words=words, evidence=evidence)


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
            evidence = {"source": source.name, "since": since}
            yield Finding(key, _topics(source), _topics(source), source=source.name, evidence=evidence)


def speaker(facts: Facts) -> Iterator[Finding]:
    """What the test page played could not be played, or was not heard."""
    if facts.speaker_failure:
        key = "NO_SPEAKER/unheard" if facts.speaker_failure == "unheard" else "NO_SPEAKER"
        yield Finding(key, ("own:speaker",), evidence={"reason": facts.speaker_failure})


def _why(facts: Facts, source: Source, device: str) -> str:
    if not facts.secure:
        return f"{device}_DENIED/insecure"
    if source.failed == "denied":
        return f"{device}_DENIED/system" if "system" in source.failed_as else f"{device}_DENIED"
    return f"NO_{device}" if source.failed == "none" else f"{device}_BUSY"


def _sources(facts: Facts) -> list[Source]:
    return sorted(facts.sources.values(), key=lambda source: (source.name != "mic", source.name))


def _topics(source: Source) -> tuple[str, ...]:
    return (f"own:{source.name}",)
