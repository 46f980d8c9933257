"""From the events of a join attempt to what is wrong with it."""

from collections.abc import Mapping, Sequence

from meetings.trace.event import Event
from meetings.verdicts.facts import Facts, fold
from meetings.verdicts.findings import Finding
from meetings.verdicts.rules import RULES
from meetings.verdicts.verdict import SEVERITIES, Verdict


def judge(
    events: Sequence[Event],
    now: float,
    *,
    version: str = "",
    names: Mapping[str, str] | None = None,
    lossy_senders: frozenset[str] = frozenset(),
) -> list[Verdict]:
    """What is wrong at `now`, worst first; an empty list when all is well. The same events give the same verdicts.

    The keywords are those of `fold`. What has ended is judged as it was when it ended.
    """
    return judge_facts(fold(events, now, version=version, names=names, lossy_senders=lossy_senders))


def judge_facts(facts: Facts) -> list[Verdict]:
    """As `judge`, from what is known already."""
    verdicts = [finding.verdict() for finding in find(facts)]
    return sorted(verdicts, key=lambda verdict: SEVERITIES.index(verdict.severity))


def find(facts: Facts) -> list[Finding]:
    """What the rules find, most fundamental first, without what other findings explain."""
    hidden: set[str] = set()
    found: list[Finding] = []
    for rule in RULES:
        for finding in list(rule(facts)):
            if hidden.isdisjoint(finding.topics):
                found.append(finding)
                hidden.update(finding.hides)
    return found
