"""The notes that people write together."""

from meetings.protocol.fields import ListOf, Shape, Text, Uuid, Whole
from meetings.protocol.requests.request import ROW_CODES, Request
from meetings.protocol.shapes import EDIT, LONGEST_NOTES, NOTES

LONGEST_INSERTION = 10_000
MOST_CHANGES = 20

_CHANGE = Shape(
    {
        "at": Whole(most=LONGEST_NOTES),
        "delete": Whole(most=LONGEST_NOTES),
        "insert": Text(longest=LONGEST_INSERTION, shortest=0),
    }
)

NOTING = (
    Request(
        "notes",
        "notes-told",
        "The notes of the meeting, which is one plain text, and how many edits made it.",
        answer=NOTES,
        codes=("NOT_IN_MEETING", "NOT_ALLOWED", *ROW_CODES),
    ),
    Request(
        "edit-notes",
        "notes-edited",
        "Change the text of the `version` that you know: at places in it, counted in code points and in order, put "
        "something before what is deleted from there on. What others changed since is taken into account: the answer "
        "tells it (`since`), and of which version the text is after your edit. Where both put something at one place, "
        "what was there first stands first. Under the same `editId`, a UUID, you may ask again after a connection "
        "broke. Send the next edit when the last one is answered. With `NOTES_MOVED_ON`, read them anew.",
        data=Shape(
            {"version": Whole(), "editId": Uuid(), "changes": ListOf(_CHANGE, longest=MOST_CHANGES, shortest=1)}
        ),
        answer=Shape({"version": Whole(), "since": ListOf(EDIT)}),
        codes=("NOT_IN_MEETING", "NOT_ALLOWED", "NOTES_MOVED_ON", "NOTES_FULL", *ROW_CODES),
        pushes=("notes-changed",),
    ),
)
