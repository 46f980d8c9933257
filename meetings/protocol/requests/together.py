"""What people do together beside seeing and hearing each other."""

from meetings.protocol.fields import Flag, Id, Nullable, OneOf, Shape, Whole
from meetings.protocol.requests.request import ROW_CODES, Request

REACTIONS = ("thumbs-up", "clap", "heart", "laugh", "surprise", "party")

TOGETHER = (
    Request(
        "raise-hand",
        "hand-raised",
        "Raise your hand, or take it down. `order` tells which one it is of those that are up, null when it is down.",
        data=Shape({"raised": Flag()}),
        answer=Shape({"participantId": Id(), "raised": Flag(), "order": Nullable(Whole(least=1))}),
        codes=("NOT_IN_MEETING", "NOT_ALLOWED", *ROW_CODES),
        pushes=("hand-raised",),
    ),
    Request(
        "send-reaction",
        "reaction-sent",
        "Show a reaction for a moment. It is kept nowhere.",
        data=Shape({"reaction": OneOf(*REACTIONS)}),
        codes=("NOT_IN_MEETING", "NOT_ALLOWED", *ROW_CODES),
        pushes=("participant-reaction",),
    ),
)
