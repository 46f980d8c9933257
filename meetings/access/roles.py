"""What each role may do at all. What is not in this table, nobody may do."""

from typing import Final

from meetings.models import Participant
from meetings.protocol.codes import Refusal

_ROLE = Participant.Role

HOSTS: Final = frozenset({_ROLE.HOST, _ROLE.CO_HOST})
EVERYBODY: Final = frozenset(_ROLE)
HOST_ALONE: Final = frozenset({_ROLE.HOST})
PRESENTERS: Final = HOSTS | {_ROLE.PRESENTER}

# By the event of the contract; pages, the API and the admin ask under the same name.
MAY: Final[dict[str, frozenset[Participant.Role]]] = {
    "leave-meeting": EVERYBODY,
    "invite-bot": EVERYBODY,
    "raise-hand": EVERYBODY,
    "send-reaction": EVERYBODY,
    "lower-hand": HOSTS,
    "set-waiting-room": HOSTS,
    "send-message": EVERYBODY,
    "file-ticket": EVERYBODY,
    "edit-message": EVERYBODY,
    "delete-message": EVERYBODY,
    "chat-history": EVERYBODY,
    "typing": EVERYBODY,
    "notes": EVERYBODY,
    "edit-notes": EVERYBODY,
    "set-notes-by": HOSTS,
    "polls": EVERYBODY,
    "create-poll": PRESENTERS,
    "open-poll": PRESENTERS,
    "close-poll": PRESENTERS,
    "delete-poll": PRESENTERS,
    "vote": EVERYBODY,
    "questions": EVERYBODY,
    "ask-question": EVERYBODY,
    "vote-question": EVERYBODY,
    "answer-question": HOSTS,
    "dismiss-question": HOSTS,
    "mute-participant": HOSTS,
    "mute-all": HOSTS,
    "ask-to-unmute": HOSTS,
    "set-permissions": HOSTS,
    "set-role": HOSTS,
    "spotlight-participant": HOSTS,
    "admit-participant": HOSTS,
    "deny-participant": HOSTS,
    "admit-all": HOSTS,
    "remove-participant": HOSTS,
    "lift-ban": HOSTS,
    "lock-meeting": HOSTS,
    "end-meeting": HOST_ALONE,
    "extend-meeting": HOSTS,
    "create-breakouts": HOSTS,
    "assign-breakout": HOSTS,
    "open-breakouts": HOSTS,
    "broadcast": HOSTS,
    "close-breakouts": HOSTS,
    "breakouts": HOSTS,
    "move-to-breakout": EVERYBODY,
    "leave-breakout": EVERYBODY,
    # Over the API and the pages.
    "plan-meeting": HOSTS,
    "invite-people": HOSTS,
    "see-plan": HOSTS,
    "start-meeting": HOSTS,
    "change-meeting": HOSTS,
    "cancel-meeting": HOST_ALONE,
    "reopen-meeting": HOST_ALONE,
    "delete-meeting": HOST_ALONE,
    "list-participants": EVERYBODY,
    "see-webrtc-config": EVERYBODY,
    "list-waiting": HOSTS,
    "list-bans": HOSTS,
    "see-analytics": HOSTS,
    "see-attendance": HOSTS,
    "see-live-stats": HOSTS,
    "see-audit": HOSTS,
    "see-notes": HOSTS,
    "see-polls": HOSTS,
    "see-questions": HOSTS,
    "change-poll": PRESENTERS,
}


def act(actor: Participant, event: str) -> Refusal | None:
    """Do this in the meeting in which `actor` is."""
    may = MAY.get(event, frozenset())
    if actor.role in may:
        return None
    if may == HOST_ALONE:
        return Refusal("NOT_ALLOWED", "Only the host may do that.")
    if may == PRESENTERS:
        return Refusal("NOT_ALLOWED", "Only hosts and presenters may do that.")
    return Refusal("NOT_ALLOWED", "Only hosts may do that.")


def act_on(actor: Participant, event: str, target: Participant) -> Refusal | None:
    """Do this to `target`, who is in the same meeting. Nothing is taken from the host."""
    if refusal := act(actor, event):
        return refusal
    if target.id == actor.id:
        return _SELF.get(event)
    if target.role == _ROLE.HOST and event not in _HARMLESS:
        return Refusal("NOT_ALLOWED", "Nobody may do that to the host.")
    return None


# These take nothing away from anybody.
_HARMLESS: Final = frozenset({"spotlight-participant", "lower-hand"})
_SELF: Final = {
    "remove-participant": Refusal("NOT_ALLOWED", "You cannot remove yourself; leave instead."),
    "ask-to-unmute": Refusal("NOT_ALLOWED", "You need nobody's leave to unmute yourself."),
}


def give_role(actor: Participant, target: Participant, role: str) -> Refusal | None:
    """Make `target` what `role` says. Co-hosts make presenters and attendees; the host makes co-hosts too, and may hand
    the meeting over.
    """
    if refusal := act(actor, "set-role"):
        return refusal
    if actor.meeting.parent_id is not None:
        return Refusal("NOT_ALLOWED", "Roles are given in the main room, and hold in all of them.")
    if target.role == _ROLE.HOST and role != _ROLE.HOST:
        return Refusal("NOT_ALLOWED", "A meeting needs its host; make somebody else the host instead.")
    steps_down = target.id == actor.id and role not in HOSTS
    if actor.role != _ROLE.HOST and not steps_down and (role in HOSTS or target.role in HOSTS):
        return Refusal("NOT_ALLOWED", "Only the host decides who is host or co-host.")
    return None
