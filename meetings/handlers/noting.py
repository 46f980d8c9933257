"""The notes that people write together: `notes`, `edit-notes` and `set-notes-by`."""

from typing import Any
from uuid import UUID

from meetings.actions.notes import edit_notes, read_notes, set_notes_by
from meetings.database import in_database
from meetings.handlers.belonging import participation_of
from meetings.signalling.allowance import too_many
from meetings.signalling.session import Session

Json = dict[str, Any]


async def tell(session: Session, _data: Json) -> Json:
    """Tell them as they are."""
    mine = participation_of(session)
    if wait := session.pages.take():
        raise too_many(wait)
    return await in_database(read_notes, mine.meeting_id, by=mine.participant_id)


async def edit(session: Session, data: Json) -> Json:
    """Change them."""
    mine = participation_of(session)
    if wait := session.edits.take():
        raise too_many(wait)
    edit_id = UUID(data["editId"])
    return await in_database(
        edit_notes, mine.meeting_id, data["version"], data["changes"], edit_id, by=mine.participant_id
    )


async def let_write(session: Session, data: Json) -> Json:
    """Say who changes them."""
    mine = participation_of(session)
    await in_database(set_notes_by, mine.meeting_id, data["notesBy"], by=mine.participant_id)
    return data
