"""Breakout rooms: dividing a meeting, moving between its rooms, and bringing everybody back."""

from typing import Any

from meetings.protocol.fields import Forms, Id, Kind, ListOf, Nullable, OneOf, Shape, Text, Whole
from meetings.protocol.requests.request import ROW_CODES, Request
from meetings.protocol.shapes import BREAKOUTS, BREAKOUTS_STATUS, WAY_TO

MOST_ROOMS = 50
LONGEST_NAME = 60
LONGEST_BROADCAST = 500
LONGEST_CLOSING = 600
CLOSING_SECONDS = 60

_CODES = ("NOT_IN_MEETING", "NOT_ALLOWED", "WRONG_STATE", *ROW_CODES)
_HOW: dict[str, Kind] = {"assign": OneOf("evenly", "by-hand"), "closingSeconds?": Whole(most=LONGEST_CLOSING)}
_ASSIGNED = Shape({"participantId": Id(), "roomId": Nullable(Id())})


def names_of(asked: dict[str, Any]) -> list[str]:
    """The names of the rooms that `create-breakouts` asks for; numbers, where it says only how many."""
    return asked["names"] if "names" in asked else [f"Room {number}" for number in range(1, asked["count"] + 1)]


BREAKOUT_ROOMS = (
    Request(
        "create-breakouts",
        "breakouts-created",
        "Make breakout rooms, of these `names` or so many. A room is a meeting, whose code only those learn who are to "
        "go there: media, chat and what hosts do are in it as in any. `evenly` says by chance who belongs in which, of "
        "all who are there and no hosts. Rooms that are not open yet make way for new ones.",
        data=Forms(
            names=Shape({"names": ListOf(Text(longest=LONGEST_NAME), longest=MOST_ROOMS, shortest=1), **_HOW}),
            count=Shape({"count": Whole(least=1, most=MOST_ROOMS), **_HOW}),
        ),
        answer=BREAKOUTS,
        codes=_CODES,
        pushes=("breakouts-updated",),
        hosts_only=True,
    ),
    Request(
        "assign-breakout",
        "breakout-assigned",
        "Say in which room somebody belongs, or (null) in none. While rooms are open, they are called there, or back.",
        data=_ASSIGNED,
        answer=_ASSIGNED,
        codes=(*_CODES, "MEETING_NOT_FOUND"),
        pushes=("breakout-assigned", "breakouts-updated"),
        hosts_only=True,
    ),
    Request(
        "open-breakouts",
        "breakouts-opened",
        "Let everybody into their room, and call them there.",
        codes=_CODES,
        pushes=("breakout-assigned", "breakouts-updated"),
        hosts_only=True,
    ),
    Request(
        "move-to-breakout",
        "way-to-breakout",
        "The way to a room, while rooms are open: the one where you belong, for hosts any. Join what has this `code`.",
        data=Shape({"roomId": Id()}),
        answer=WAY_TO,
        codes=(*_CODES, "MEETING_NOT_FOUND"),
    ),
    Request(
        "leave-breakout",
        "way-to-main",
        "The way back to the main room; you are not called to your room again. Join what has this `code`.",
        answer=WAY_TO,
        codes=_CODES,
    ),
    Request(
        "broadcast",
        "broadcast-sent",
        "Say something to everybody, whichever room they are in.",
        data=Shape({"text": Text(longest=LONGEST_BROADCAST)}),
        codes=_CODES,
        pushes=("breakout-broadcast",),
        hosts_only=True,
    ),
    Request(
        "close-breakouts",
        "breakouts-closing",
        "Close the rooms in so many seconds, or as many as were said when they were made. A countdown that runs is "
        "made shorter, never longer.",
        data=Shape({"seconds?": Whole(most=LONGEST_CLOSING)}),
        answer=BREAKOUTS_STATUS,
        codes=_CODES,
        pushes=("breakouts-updated", "meeting-ended"),
        hosts_only=True,
    ),
    Request(
        "breakouts",
        "breakouts",
        "The breakout rooms, who belongs in which (`roomId`), and who is where (`isIn`; null is the main room).",
        answer=BREAKOUTS,
        codes=("NOT_IN_MEETING", "NOT_ALLOWED", *ROW_CODES),
        hosts_only=True,
    ),
)
