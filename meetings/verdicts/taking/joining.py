"""Being let in."""

from meetings.trace.event import Event
from meetings.verdicts.known import Facts, Refusal
from meetings.verdicts.records import text, whole
from meetings.verdicts.taking.attempt import goes_on

_OF_A_JOIN = ("joined", "admitted", "room", "no-media")


def join_asked(facts: Facts, event: Event) -> None:
    goes_on(facts)
    # The first one has nothing to forget, and may stand behind what it led to: two clocks never agree.
    again, facts.asked_at = facts.asked_at is not None, event.at
    wanted = event.data.get("with")
    facts.wanted = tuple(one for one in wanted if isinstance(one, str)) if isinstance(wanted, list) else ()
    if not again:
        return
    facts.refusal = None
    facts.admitted_at = facts.room_at = facts.answered_at = facts.answer_arrived_at = None
    facts.streams.clear()
    for key in [key for key in facts.waits if key[1] in _OF_A_JOIN]:
        del facts.waits[key]


def admitted(facts: Facts, event: Event) -> None:
    if event.outcome == "failed":
        facts.refusal = _refusal(event, "join-meeting")
    elif event.outcome == "ok":
        goes_on(facts)
        facts.refusal = None
        facts.admitted_at = event.at
        facts.room_at = facts.answered_at = None


def room(facts: Facts, event: Event) -> None:
    if event.outcome == "failed":
        facts.refusal = _refusal(event, "join-meeting")
    elif event.outcome == "ok":
        facts.refusal = None
        facts.refusals.clear()
        facts.room_at = event.at
        facts.witness_at = None
        facts.node = text(event.data.get("node"))
        facts.worker = whole(event.data.get("worker"))


def answered(facts: Facts, event: Event) -> None:
    facts.refusal = None
    facts.answered_at = event.at
    facts.media_lost_at = None


def answer_arrived(facts: Facts, event: Event) -> None:
    if event.outcome == "ok":
        facts.answer_arrived_at = event.at


def refused(facts: Facts, event: Event) -> None:
    refusal = _refusal(event, "")
    if refusal.event == "join-meeting":
        facts.refusal = refusal
        return
    same = (refusal.event, refusal.participant_id, refusal.source)
    others = [one for one in facts.refusals if (one.event, one.participant_id, one.source) != same]
    facts.refusals = [*others, refusal]


def _refusal(event: Event, asked: str) -> Refusal:
    data = event.data
    return Refusal(
        text(data.get("event")) or asked,
        text(data.get("code")),
        text(data.get("details")),
        event.at,
        text(data.get("participantId")),
        text(data.get("source")),
    )
