"""Who may do what. Pure rules over what is handed in: no queries, no clock, no settings.

Each rule answers None for yes, or the Refusal to raise.
"""

from datetime import datetime

from meetings.models import Meeting, Participant
from meetings.protocol.codes import Refusal

HOSTS = frozenset({Participant.Role.HOST, Participant.Role.CO_HOST})


def start(*, has_account: bool, anonymous_hosts: bool) -> Refusal | None:
    """Start a meeting."""
    if has_account or anonymous_hosts:
        return None
    return Refusal("NOT_ALLOWED", "Sign in to start meetings here.")


def enter(meeting: Meeting, *, is_host: bool, banned: bool, passcode_known: bool, now: datetime) -> Refusal | None:
    """Come into a meeting. Whether there is room is not decided here but by the row, when somebody takes the place."""
    if meeting.state == Meeting.State.ENDED:
        return Refusal("MEETING_ENDED", "The host ended this meeting.")
    if is_host:
        return None
    if banned:
        return Refusal("REMOVED", "The host removed you, and does not let you in again.")
    if meeting.passcode_hash and not passcode_known:
        return Refusal("WRONG_PASSCODE", "This meeting asks for a passcode, and this is not it.")
    if meeting.starts_at is not None and meeting.started_at is None and now < meeting.starts_at:
        return Refusal("MEETING_NOT_STARTED", f"It begins at {meeting.starts_at.isoformat()}.")
    if meeting.locked:
        return Refusal("MEETING_LOCKED", "The host lets nobody else in at the moment.")
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


def host(actor: Participant) -> Refusal | None:
    """Lock a meeting and remove people."""
    if actor.role in HOSTS:
        return None
    return Refusal("NOT_ALLOWED", "Only hosts may do that.")


def end(actor: Participant) -> Refusal | None:
    """End a meeting for everybody."""
    if actor.role == Participant.Role.HOST:
        return None
    return Refusal("NOT_ALLOWED", "Only the host may end the meeting.")


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


def remove(actor: Participant, target: Participant) -> Refusal | None:
    """Put somebody out."""
    if refusal := host(actor):
        return refusal
    if target.id == actor.id:
        return Refusal("NOT_ALLOWED", "You cannot remove yourself; leave instead.")
    if target.role == Participant.Role.HOST:
        return Refusal("NOT_ALLOWED", "The host cannot be removed.")
    return None


def permissions(role: str) -> dict[str, bool]:
    """What somebody of this role may do, as the contract shows it."""
    hosts = role in HOSTS
    return {
        "microphone": True,
        "camera": True,
        "screen": True,
        "removeParticipant": hosts,
        "lockMeeting": hosts,
        "endMeeting": role == Participant.Role.HOST,
    }
