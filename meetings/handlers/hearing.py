"""Facts of the meeting, as they arrive at a socket."""

from functools import partial

from meetings import facts
from meetings.audience import Told
from meetings.handlers.departing import let_go
from meetings.handlers.permitting import carry_out_mine
from meetings.handlers.troubles import TROUBLE, tell_newcomer
from meetings.handlers.waiting import decided, turned_away
from meetings.protocol.codes import Refusal
from meetings.signalling.session import SUPERSEDED_CODE, Session


def hear(session: Session, told: Told) -> None:
    """Pass a fact on if it is for this participant, and draw the consequences if it is about them."""
    session.fact(told, _take)


def _take(session: Session, told: Told) -> None:
    if session.participation is None:
        _at_the_door(session, told)
        return
    if told.meeting != session.meeting:
        return
    me, event, data = session.me, told.event, told.data
    if event == TROUBLE:
        session.company.note_trouble(data["participantId"], [verdict["code"] for verdict in data["verdicts"]])
    if not told.is_for(me):
        return
    if event == facts.SUPERSEDED:
        if data["connection"] == str(session.connection):
            session.lane.put(partial(_give_way, session))
        return
    for frame in told.frames:
        session.outbox.put(frame)
    if event in ("participant-joined", "participant-updated"):
        for entry in told.each:
            session.company.names[entry["participantId"]] = entry["displayName"]
            tell_newcomer(session, entry)
    if event == "participant-updated" and me in told.entries:
        _permitted(session, told.entries[me]["permissions"])
    if event in ("meeting-ended", "removed-by-host") or (event == "participant-left" and data["participantId"] == me):
        session.lane.put(partial(_stay_ended, session))


def _permitted(session: Session, permissions: dict[str, bool]) -> None:
    if session.permissions != permissions:
        session.permissions = permissions
        session.lane.put(partial(carry_out_mine, session))


async def _stay_ended(session: Session) -> None:
    """Somebody ended this participant's stay. Whoever did told media; this makes sure of it."""
    ended = await session.quit()
    if ended is not None:
        await let_go(ended.meeting_id, ended.participant_id)


async def _give_way(session: Session) -> None:
    """Another socket speaks for the participant, so their peer is left alone."""
    await session.quit()
    session.hang_up(SUPERSEDED_CODE, Refusal("NOT_IN_MEETING", "You came back over another connection."))


def _at_the_door(session: Session, told: Told) -> None:
    """Whoever waits hears what is decided over them, and of what goes on inside nothing but its end."""
    waiting = session.waiting
    if waiting is None:
        return
    if told.event == facts.DECIDED and told.only is not None and str(waiting.knock_id) in told.only:
        session.lane.put(partial(decided, session, waiting.knock_id, told.data["decision"]))
    elif told.event == "meeting-ended":
        session.lane.put(partial(turned_away, session, Refusal("MEETING_ENDED", "The host ended this meeting.")))
