"""What is known of a join attempt, from its events."""

from collections.abc import Mapping, Sequence

from meetings.trace.event import Event
from meetings.verdicts.known import Facts
from meetings.verdicts.taking import take

__all__ = ["Facts", "fold"]


def fold(
    events: Sequence[Event],
    now: float,
    *,
    version: str = "",
    names: Mapping[str, str] | None = None,
    lossy_senders: frozenset[str] = frozenset(),
) -> Facts:
    """What the events up to `now` say, in whatever order they stand.

    `version` is the site's at present, else that of `socket-open` counts. `names` are those of other participants, by
    id. `lossy_senders` are the ids of those who are known to lose packets on their own way to us.
    """
    facts = Facts(now=now, server_version=version, names=names or {}, lossy_senders=lossy_senders)
    for event in sorted(events, key=_when):
        if event.at <= now:
            take(facts, event)
    if facts.ended_at is not None:
        facts.now = min(now, facts.ended_at)
    return facts


def _when(event: Event) -> float:
    return event.at
