"""Rooms in which somebody tries out their devices and connection. They hold media like any other, and are no meetings:
whoever counts meetings and people leaves them out.
"""

from typing import Final
from uuid import UUID

_MARK: Final = "rehearsal:"


def room_of(rehearsal: UUID) -> str:
    """What takes the place of a meeting's id in calls to media."""
    return f"{_MARK}{rehearsal}"


def is_rehearsal(meeting: str) -> bool:
    """Whether a room of that name is only tried out in."""
    return meeting.startswith(_MARK)
