"""What was written together."""

from django.utils.translation import gettext as _

from meetings.attendance.looking import Look
from meetings.attendance.sitting import Sitting
from meetings.models import Notes
from meetings.summary.section import Section


def notes(look: Look) -> Section:
    """The text of the notes, as long as it is of this time or of one before."""
    row = Notes.objects.filter(meeting=look.sitting.meeting).first()
    text = notes_text(look.sitting, row)
    holds = {
        "text": text,
        "changed_at": None if row is None else row.changed_at,
        "went_on": row is not None and row.text != text,
        "code": look.sitting.meeting.code,
        "which": look.sitting.as_query,
    }
    return Section("notes", _("Notes"), holds)


def notes_text(sitting: Sitting, row: Notes | None) -> str:
    """What stands in the notes. A meeting that comes again has one text: once it was changed at a later time, it is
    none of this one's.
    """
    if row is None or (row.changed_at is not None and sitting.until is not None and row.changed_at >= sitting.until):
        return ""
    return row.text
