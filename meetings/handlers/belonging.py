"""Being in a meeting, as far as the socket knows."""

from meetings import access
from meetings.signalling.session import Participation, Session


def participation_of(session: Session) -> Participation:
    """What the socket is in. Raises Refusal NOT_IN_MEETING."""
    if session.participation is None:
        refusal = access.stay(None)
        assert refusal is not None
        raise refusal
    return session.participation
