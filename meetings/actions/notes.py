"""Read and write the notes of a meeting, together with others, and say who writes them."""

from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from meetings import access, facts
from meetings.actions.actor import By, acting, acting_as, knows
from meetings.audit import note_act
from meetings.models import Meeting, Notes, NotesEdit, Participant
from meetings.notes.edits import Change, Edit, apply, fits, growth, transform
from meetings.protocol.codes import Refusal
from meetings.protocol.shapes import LONGEST_NOTES
from meetings.snapshots import meeting_entry

Json = dict[str, Any]

# So far back may the text be to which an edit was made.
KEPT_EDITS: Final = 200


def read_notes(meeting_id: UUID, *, by: UUID) -> Json:
    """The contract's NOTES. Raises Refusal with a code of `access.stay`."""
    acting_as(meeting_id, by, "notes")
    return notes_entry(Notes.objects.filter(meeting_id=meeting_id).first())


def notes_entry(notes: Notes | None) -> Json:
    """The contract's NOTES; nobody has written any while there is no row."""
    return {"text": "", "version": 0} if notes is None else {"text": notes.text, "version": notes.version}


def edit_notes(meeting_id: UUID, version: int, changes: list[Json], edit_id: UUID, *, by: UUID) -> Json:
    """Make an edit that was made to the text of `version` to the text as it is now. The same `edit_id` again makes it
    no second time.

    Answers the version of the text after it, and the edits of others `since` then and before it. Raises Refusal
    BAD_REQUEST when it is no edit of that text, NOTES_MOVED_ON when nobody knows that text any more, NOTES_FULL,
    NOT_ALLOWED, or a code of `access.stay`.
    """
    edit = edit_in(changes)
    with transaction.atomic():
        # Before the row of the notes is there, it is the meeting's by which writers wait for each other.
        Meeting.objects.select_for_update().get(id=meeting_id)
        actor = acting(meeting_id, by)
        if refusal := access.edit_notes(actor, actor.meeting):
            raise refusal
        notes, _ = Notes.objects.get_or_create(meeting_id=meeting_id)
        made = notes.edits.filter(edit_id=edit_id).first()
        newest = notes.version if made is None else made.version - 1
        since = _since(notes, version, newest)
        if made is None:
            _make(notes, edit, since, edit_id, actor)
        return {"version": newest + 1, "since": [edit_entry(one) for one in since]}


def set_notes_by(meeting_id: UUID, who: str, *, by: By) -> None:
    """Have everybody write the notes from now on, or presenters and hosts alone. Raises Refusal NOT_ALLOWED, or a code
    of `access.stay`.
    """
    with transaction.atomic():
        actor = acting_as(meeting_id, by, "set-notes-by")
        if Meeting.objects.filter(id=meeting_id).exclude(notes_by=who).update(notes_by=who):
            note_act(meeting_id, "notes-by", {"who": who}, by=actor)
            updated = meeting_entry(Meeting.objects.get(id=meeting_id))
            facts.publish(meeting_id, "meeting-updated", updated, skip=knows(by))


def edit_entry(edit: NotesEdit) -> Json:
    """The contract's EDIT."""
    return {"version": edit.version, "changes": edit.changes}


def edit_in(changes: list[Json]) -> Edit:
    """The edit in the contract's words."""
    return tuple(Change(one["at"], one["delete"], one["insert"]) for one in changes)


def _since(notes: Notes, version: int, newest: int) -> list[NotesEdit]:
    since = list(notes.edits.filter(version__gt=version, version__lte=newest))
    if version > newest or len(since) != newest - version:
        raise Refusal("NOTES_MOVED_ON", "Read the notes again; it is another text by now.")
    return since


def _make(notes: Notes, edit: Edit, since: list[NotesEdit], edit_id: UUID, actor: Participant) -> None:
    others = [edit_in(one.changes) for one in since]
    if not fits(edit, len(notes.text) - sum(map(growth, others))):
        raise Refusal("BAD_REQUEST", "changes must be in order, and within the text.")
    for other in others:
        edit = transform(edit, other, wins=False)
    if len(notes.text) + growth(edit) > LONGEST_NOTES:
        raise Refusal("NOTES_FULL", f"The notes hold {LONGEST_NOTES} characters.")
    notes.text, notes.version, notes.changed_at = apply(edit, notes.text), notes.version + 1, timezone.now()
    notes.save(update_fields=["text", "version", "changed_at"])
    changes = [{"at": one.at, "delete": one.delete, "insert": one.insert} for one in edit]
    made = NotesEdit.objects.create(notes=notes, version=notes.version, edit_id=edit_id, author=actor, changes=changes)
    notes.edits.filter(version__lte=notes.version - KEPT_EDITS).delete()
    facts.publish(
        notes.meeting_id, "notes-changed", {"participantId": str(actor.id), **edit_entry(made)}, skip=[actor.id]
    )
