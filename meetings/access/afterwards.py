"""Who sees what stays of a meeting in which they are not any more."""

from meetings.access.roles import act
from meetings.models import Participant


def sees_afterwards(was: Participant | None, *, put_out: bool) -> bool:
    """Whether somebody sees the summary and the attendance of a time at which they were there, as the participant that
    they were when they left: who led the meeting and has an account, unless a host has put them out of it.
    """
    return was is not None and was.user_id is not None and not put_out and act(was, "see-attendance") is None
