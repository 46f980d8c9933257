"""What a request of the contract is made of."""

from dataclasses import dataclass, field
from typing import Any

from meetings.protocol.fields import Forms, Invalid, Shape
from meetings.protocol.shapes import (
    SOURCES,
)

# Any request can be refused with these.
COMMON_CODES = ("BAD_REQUEST", "RATE_LIMITED", "SERVICE_UNAVAILABLE", "INTERNAL_ERROR")
# Who asks is read from their row, and may have been removed a moment ago.
ROW_CODES = ("REMOVED", "MEETING_ENDED")
MEDIA_CODES = ("NOT_IN_MEETING", "MEDIA_UNAVAILABLE", "ROUTER_NOT_FOUND")


@dataclass(frozen=True)
class Request:
    """One request event.

    `relayed` ones are the media node's business: after the checks they go down the link as they are, and so does their
    answer up. For `sends_media` ones the participant's row is read again first. `at_once` ones wait for nothing;
    all others of a socket take effect in the order in which they were sent. `instead` are other answers, by their name.
    """

    event: str
    reply: str
    summary: str
    data: Shape | Forms = field(default_factory=Shape)
    answer: Shape | Forms = field(default_factory=Shape)
    codes: tuple[str, ...] = ()
    pushes: tuple[str, ...] = ()
    instead: dict[str, Shape] = field(default_factory=dict)
    relayed: bool = False
    sends_media: bool = False
    at_once: bool = False
    hosts_only: bool = False

    def check(self, data: Any) -> None:
        """Raise Invalid, naming the field, unless `data` is what this request carries."""
        self.data.check(data, "")
        if self.event in ("produce", "test-produce") and SOURCES[data["source"]] != data["kind"]:
            raise Invalid("source", f"{data['source']} is not {data['kind']}")
