"""Who may start, enter and stay."""

from datetime import datetime, timedelta
from typing import Literal

from meetings.models import Meeting, Participant
from meetings.protocol.codes import Refusal

Wait = Literal["admission", "host"]


def start(*, has_account: bool, anonymous_hosts: bool) -> Refusal | None:
    """Start a meeting."""
    if has_account or anonymous_hosts:
        return None
    return Refusal("NOT_ALLOWED", "Sign in to start meetings here.")


def enter(
    meeting: Meeting,
    *,
    is_host: bool,
    banned: bool,
    has_account: bool,
    passcode_known: bool,
    now: datetime,
    let_in: bool = False,
) -> Refusal | None:
    """Come into a meeting; with `let_in`, because a host opened the door for this person just now. Whether there is
    room is not decided here but by the row, when somebody takes the place.
    """
    if meeting.state == Meeting.State.ENDED:
        return Refusal("MEETING_ENDED", "The host ended this meeting.")
    if meeting.state == Meeting.State.CANCELLED:
        return Refusal("MEETING_CANCELLED", "The host cancelled this meeting.")
    if is_host:
        return None
    if banned:
        return Refusal("REMOVED", "The host removed you, and does not let you in again.")
    if not (meeting.guests_allowed or has_account or let_in):
        return Refusal("ACCOUNT_REQUIRED", "Sign in to come in; this meeting takes no guests.")
    if meeting.passcode_hash and not passcode_known:
        return Refusal("WRONG_PASSCODE", "This meeting asks for a passcode, and this is not it.")
    early = timedelta(minutes=meeting.early_minutes)
    if meeting.starts_at is not None and meeting.started_at is None and now < meeting.starts_at - early:
        return Refusal("MEETING_NOT_STARTED", f"It begins at {meeting.starts_at.isoformat()}.")
    if meeting.locked and not let_in:
        return Refusal("MEETING_LOCKED", "The host lets nobody else in at the moment.")
    return None


def wait(meeting: Meeting, *, is_host: bool, has_account: bool, admitted: bool) -> Wait | None:
    """For what somebody who may come in has to wait; None when they come in at once."""
    if is_host:
        return None
    if not admitted and (
        meeting.waiting_room == Meeting.WaitingRoom.EVERYBODY
        or (meeting.waiting_room == Meeting.WaitingRoom.GUESTS and not has_account)
    ):
        return "admission"
    # Where nobody may come in before the host, whoever is there has come in with or after the host.
    if not meeting.before_host and meeting.state != Meeting.State.LIVE:
        return "host"
    return None


def full(meeting: Meeting) -> Refusal:
    """Nobody else fits in."""
    return Refusal("MEETING_FULL", f"It holds {meeting.capacity} people.")


def stay(participant: Participant | None) -> Refusal | None:
    """Do anything in a meeting, as the participant that one is or was."""
    if participant is None:
        return Refusal("NOT_IN_MEETING", "Join the meeting first.")
    if participant.left_at is None:
        return None
    match participant.left_reason:
        case Participant.Left.REMOVED:
            return Refusal("REMOVED", "The host removed you.")
        case Participant.Left.ENDED:
            return Refusal("MEETING_ENDED", "The host ended this meeting.")
        case _:
            return Refusal("NOT_IN_MEETING", "You are no longer in the meeting; join again.")


def invite_bot(meeting: Meeting, *, allowed: bool) -> Refusal | None:
    """Call the bot that talks back with one person at a time."""
    if not allowed:
        return Refusal("NOT_ALLOWED", "The bot is turned off on this site.")
    if meeting.present > 1:
        return Refusal("NOT_ALLOWED", "You are not alone in this meeting; the bot talks with one person only.")
    if meeting.locked:
        return Refusal("NOT_ALLOWED", "The meeting is locked; unlock it, so that the bot can come in.")
    if meeting.capacity < 2:
        return full(meeting)
    return None
