"""What somebody may do, as the contract shows it."""

from meetings.access.roles import MAY
from meetings.access.sending import sending
from meetings.models import Meeting, Participant

# What pages show or hide a control for.
_CONTROLS = {
    "admit": "admit-participant",
    "removeParticipant": "remove-participant",
    "muteOthers": "mute-participant",
    "setRoles": "set-role",
    "setPermissions": "set-permissions",
    "spotlight": "spotlight-participant",
    "lockMeeting": "lock-meeting",
    "endMeeting": "end-meeting",
    "runPolls": "create-poll",
    "answerQuestions": "answer-question",
    "divide": "create-breakouts",
}


def permissions(participant: Participant, meeting: Meeting) -> dict[str, bool]:
    """The contract's PERMISSIONS."""
    return {
        **sending(participant, meeting).as_json(),
        **{name: participant.role in MAY[event] for name, event in _CONTROLS.items()},
    }
