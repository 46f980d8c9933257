"""Being in a meeting, as far as the socket knows."""

from uuid import UUID

from meetings import access
from meetings.protocol.codes import Refusal
from meetings.signalling.session import Participation, Session


def participation_of(session: Session) -> Participation:
    """What the socket is in. Raises Refusal NOT_IN_MEETING."""
    if session.participation is None:
        refusal = access.stay(None)
        assert refusal is not None
        raise refusal
    return session.participation


def participant_named(text: str) -> UUID:
    """The participant whose id a client wrote. Raises Refusal NOT_IN_MEETING for what is none of our ids."""
    try:
        return UUID(text)
    except ValueError:
        raise Refusal("NOT_IN_MEETING", "That participant is not in the meeting.") from None
