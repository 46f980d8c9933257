"""What the API's requests carry, in the kinds of the signalling contract."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from rest_framework.request import Request

from meetings.protocol.codes import Refusal
from meetings.protocol.fields import Flag, Invalid, Shape, Text, Whole

LARGEST_MEETING = 1000
START = Shape(
    {
        "title?": Text(longest=200, shortest=0),
        "startsAt?": Text(longest=40),
        "capacity?": Whole(least=1, most=LARGEST_MEETING),
        "passcode?": Text(longest=100, shortest=0),
        "guestsAllowed?": Flag(),
    }
)
JOIN = Shape({"displayName?": Text(longest=80, shortest=0), "passcode?": Text(longest=100, shortest=0)})


def read_body(request: Request, shape: Shape) -> dict[str, Any]:
    """The body, if it is of this shape; none at all is an empty object. Raises Refusal BAD_REQUEST naming the field."""
    body = request.data or {}
    try:
        shape.check(body, "")
    except Invalid as invalid:
        raise Refusal("BAD_REQUEST", f"{invalid}.") from None
    return dict(body)


def read_moment(text: str) -> datetime:
    """A point in time as ISO 8601 has it; without an offset it is in UTC. Raises Refusal BAD_REQUEST."""
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None:
        raise Refusal("BAD_REQUEST", "startsAt must be a date and time like 2026-11-23T09:00:00Z.")
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
