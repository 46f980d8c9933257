"""Which sections a summary has, in their order. Whoever adds one, adds its function and its template."""

from typing import Final

from meetings.attendance.sitting import Sitting
from meetings.summary.attended import attended
from meetings.summary.chat import chat
from meetings.summary.moderation import moderation
from meetings.summary.polls import polls
from meetings.summary.quality import quality
from meetings.summary.section import MakeSection, Section

SECTIONS: Final[tuple[MakeSection, ...]] = (attended, quality, polls, chat, moderation)


def sections_of(sitting: Sitting) -> list[Section]:
    """What there is to show."""
    return [section for make in SECTIONS if (section := make(sitting)) is not None]
