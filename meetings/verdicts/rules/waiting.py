"""No step may end in silence: whatever is due and does not come is named."""

from collections.abc import Iterator
from dataclasses import dataclass

from meetings.trace.steps import STEPS
from meetings.verdicts import catalogue
from meetings.verdicts.catalogue.values import THE_SERVER, quoted
from meetings.verdicts.findings import WAIT, Finding, lasting
from meetings.verdicts.known import Facts, Wait
from meetings.verdicts.records import Source
from meetings.verdicts.wording import Wording

PATIENCE = 5.0


@dataclass(frozen=True, slots=True)
class Due:
    """What has been due since `since`: in words for people, and as steps for administrators."""

    since: float
    what: Wording
    what_host: Wording
    do: Wording
    after: str
    step: str


# Of these another rule tells; of a wait at the meeting's door, the page itself.
_OTHERS = frozenset(
    {
        ("web", "admitted"),
        ("page", "socket"),
        ("web", "room"),
        ("page", "connection"),
        ("page", "turn"),
        ("node", "dtls"),
        ("page", "no-media"),
        ("page", "silence"),
    }
)


def still_waiting(facts: Facts) -> Iterator[Finding]:
    """The one thing that has been due for longest."""
    due = [one for one in (*_told(facts), *_expected(facts)) if facts.since(one.since) > PATIENCE]
    if due:
        first = min(due, key=lambda one: (one.since, one.step))
        lasted = facts.since(first.since)
        words = {
            "what": first.what,
            "what_host": first.what_host,
            "do": first.do,
            "after": first.after,
            "step": first.step,
            "seconds": lasting(lasted),
        }
        evidence = {"after": first.after, "step": first.step, "waitedSeconds": round(lasted, 1)}
        yield Finding("STILL_WAITING", (WAIT,), words=words, evidence=evidence)


def _told(facts: Facts) -> Iterator[Due]:
    for wait in facts.waits.values():
        if (wait.side, wait.step) not in _OTHERS:
            what, what_host, do = catalogue.WAITS.get((wait.side, wait.step)) or _by_label(wait)
            yield Due(wait.since, what, what_host, do, "the wait was told", f"{wait.side} {wait.step}")


def _by_label(wait: Wait) -> catalogue.Waited:
    step = STEPS.get((wait.side, wait.step))
    label = quoted(Wording(step.label) if step and wait.side == "page" else THE_SERVER)
    return catalogue.Waited(label, label, catalogue.BE_PATIENT)


def _expected(facts: Facts) -> Iterator[Due]:
    """Steps that follow on one another when all is well."""
    at_the_door = any(wait.step == "admitted" for wait in facts.waits.values())
    if facts.asked_at is not None and facts.admitted_at is None and facts.refusal is None and not at_the_door:
        what, what_host, do = catalogue.WAITS["web", "admitted"]
        yield Due(facts.asked_at, what, what_host, do, "page join-asked", "web admitted")
    if facts.admitted_at is not None and facts.room_at is not None and facts.answered_at is None:
        what, what_host, do = catalogue.WAITS["web", "joined"]
        yield Due(facts.room_at, what, what_host, do, "web room", "web joined")
    if facts.asked_at is not None and facts.answered_at is not None and facts.answer_arrived_at is None:
        what, what_host, do = catalogue.WAITS["page", "joined"]
        yield Due(facts.answered_at, what, what_host, do, "web joined", "page joined")
    for leg in facts.legs.values():
        if not leg.up and leg.connecting_at is not None and not leg.was_up:
            what, what_host, do = catalogue.CONNECTION
            step = f"page connection {leg.direction}"
            yield Due(leg.connecting_at, what, what_host, do, "page connection connecting", step)
    for source in facts.sources.values():
        if facts.answer_arrived_at is not None and _to_be_sent(facts, source):
            what, what_host, do = catalogue.WAITS["page", "sending"]
            yield Due(facts.answer_arrived_at, what, what_host, do, "page joined", f"page sending {source.name}")


def _to_be_sent(facts: Facts, source: Source) -> bool:
    """Whether the page set out to send it and has not yet told how that came out."""
    trouble = source.failed or source.refused or source.ended_at is not None
    return source.on is True and source.name in facts.wanted and not source.producer_id and not trouble
