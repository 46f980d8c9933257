"""Which sections a summary has, in their order. Whoever adds one, adds its function and its template."""

from typing import Final

from meetings.attendance.looking import Look
from meetings.summary.attended import attended
from meetings.summary.chat import chat
from meetings.summary.files import files
from meetings.summary.moderation import moderation
from meetings.summary.notes import notes
from meetings.summary.polls import polls
from meetings.summary.quality import quality
from meetings.summary.section import MakeSection, Section

SECTIONS: Final[tuple[MakeSection, ...]] = (attended, quality, polls, chat, files, notes, moderation)


def sections_of(look: Look) -> list[Section]:
    """What there is to show."""
    return [section for make in SECTIONS if (section := make(look)) is not None]
