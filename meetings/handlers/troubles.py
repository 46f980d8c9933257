"""What is wrong with a participant's media, told to them and to the hosts."""

import logging
from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

from media.errors import MediaError
from meetings import facts
from meetings.access import HOSTS
from meetings.database import in_database
from meetings.models import Participant
from meetings.protocol.codes import Refusal
from meetings.signalling.session import Session
from meetings.trace.attempt import Attempt
from meetings.trace.watch import AttemptWatch
from meetings.verdicts.verdict import Verdict

log = logging.getLogger(__name__)

Json = dict[str, Any]

TROUBLE = "participant-trouble"
WITNESS_PATIENCE = 2.0


def watch_attempt(session: Session, attempt: Attempt) -> AttemptWatch:
    """Have the attempt judged for as long as its socket is open."""
    watch = AttemptWatch(
        attempt,
        session.company,
        tell=partial(_tell, session, attempt),
        ask_node=partial(_ask_node_soon, session, attempt),
    )
    watch.start()
    return watch


def tell_newcomer(session: Session, participant: Json) -> None:
    """Somebody came in, or changed: a host hears what is wrong with this participant."""
    if session.watch is not None and session.watch.verdicts and participant["role"] in HOSTS:
        session.aside.put(partial(_tell_hosts, session, session.watch.verdicts))


def _tell(session: Session, attempt: Attempt, verdicts: Sequence[Verdict]) -> None:
    told = [verdict.as_participant_json() for verdict in verdicts]
    session.outbox.push("verdict", {"verdicts": told, "report": attempt.report})
    if session.participation is not None:
        session.aside.put(partial(_tell_hosts, session, verdicts))


async def _tell_hosts(session: Session, verdicts: Sequence[Verdict]) -> None:
    mine = session.participation
    if mine is None:
        return
    try:
        await in_database(_publish, mine.meeting_id, mine.participant_id, verdicts)
    except Refusal as away:
        log.debug("Hosts are not told of %s: %s", mine.participant_id, away)


def _publish(meeting: UUID, participant: UUID, verdicts: Sequence[Verdict]) -> None:
    present = Participant.objects.filter(meeting_id=meeting, left_at=None)
    me = present.filter(id=participant).only("display_name").first()
    others = present.exclude(id=participant).values_list("id", "role")
    hosts = [one for one, role in others if role in HOSTS]
    if me is not None:
        told = [verdict.as_host_json(me.display_name) for verdict in verdicts]
        # The sockets of all others take note, only pages of hosts are told: whoever receives what is lost on its way to
        # us is not at fault. Without a host it names whom it skips, for to name nobody is to tell everybody.
        data = {"participantId": str(participant), "verdicts": told}
        facts.publish(meeting, TROUBLE, data, only=hosts or [participant], skip=[participant])


def _ask_node_soon(session: Session, attempt: Attempt) -> None:
    session.aside.put(partial(_ask_node, session, attempt))


async def _ask_node(session: Session, attempt: Attempt) -> None:
    mine = session.participation
    if mine is None:
        return
    try:
        seen = await mine.peer.call("witness", {"stats": True}, WITNESS_PATIENCE)
    except MediaError as error:
        attempt.note("node", "witness", "failed", code=error.code, details=error.details)
    else:
        attempt.note("node", "witness", **seen)
