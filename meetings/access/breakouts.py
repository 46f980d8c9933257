"""Who comes into a breakout room."""

from meetings.access.roles import HOSTS
from meetings.models import BreakoutSeat, Meeting
from meetings.protocol.codes import Refusal


def enter_room(room: Meeting, seat: BreakoutSeat | None, *, is_host: bool, called_in: bool) -> Refusal | None:
    """Come into a room, besides what `access.enter` asks: hosts of the whole meeting into any, others into the one
    where they belong, once the rooms are open. `called_in`: by somebody who is in there, as the bot is. To whoever has
    no part in the meeting the room is as unknown as one that does not exist.
    """
    if is_host or called_in:
        return None
    if seat is None:
        return Refusal("MEETING_NOT_FOUND", "No meeting has this id or code.")
    if seat.role in HOSTS:
        return None
    if seat.room_id != room.id:
        return Refusal("NOT_ALLOWED", "You do not belong in this room.")
    if seat.breakouts.opened_at is None:
        return Refusal("MEETING_NOT_STARTED", "The breakout rooms are not open yet.")
    return None


def visit_room(seat: BreakoutSeat, room: Meeting, *, is_host: bool) -> Refusal | None:
    """Go to a room oneself, while the rooms are open."""
    if is_host or seat.room_id == room.id:
        return None
    return Refusal("NOT_ALLOWED", "You belong in another room.")
