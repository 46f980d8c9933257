"""What a participant may send, as the media node is told it."""

from typing import Any, Final

from meetings import access
from meetings.models import Meeting, Participant

SENDS: Final = "sends"


def sends(participant: Participant, meeting: Meeting) -> dict[str, Any]:
    """`{version, sources}`: of two, the one with the higher version holds, in whichever order they arrive."""
    return {"version": participant.rules_version, "sources": access.sending(participant, meeting).sources}
