"""Finding a meeting by what people have in hand."""

from uuid import UUID

from meetings.codes import is_code
from meetings.models import Meeting
from meetings.protocol.codes import Refusal


def meeting_id(reference: str) -> UUID | None:
    """The id in `reference`, when it is one."""
    try:
        return UUID(reference)
    except ValueError:
        return None


def find_meeting(reference: str) -> Meeting:
    """The meeting of that id or code, in any spelling. Raises Refusal MEETING_NOT_FOUND, for breakout rooms too: they
    are reached out of their meeting alone.
    """
    meeting = find_place(reference)
    if meeting.parent_id is not None:
        raise Refusal("MEETING_NOT_FOUND", "No meeting has this id or code.")
    return meeting


def find_place(reference: str) -> Meeting:
    """The meeting or the breakout room of that id or code. Raises Refusal MEETING_NOT_FOUND."""
    known = meeting_id(reference)
    meeting = None
    if known is not None:
        meeting = Meeting.objects.filter(id=known).first()
    elif is_code(reference.strip().lower()):
        meeting = Meeting.objects.filter(code=reference.strip().lower()).first()
    if meeting is None:
        raise Refusal("MEETING_NOT_FOUND", "No meeting has this id or code.")
    return meeting


def are_of_one(one: UUID, other: UUID) -> bool:
    """Whether both are of one whole: a meeting and a breakout room of it, or two of its rooms."""
    rows = Meeting.objects.filter(id__in=(one, other)).values_list("id", "parent_id")
    return len(rows) == 2 and len({parent or meeting for meeting, parent in rows}) == 1
