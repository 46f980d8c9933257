"""What can go wrong on the way to media, as other apps see it."""

from typing import Final

BAD_REQUEST: Final = "BAD_REQUEST"
UNKNOWN_EVENT: Final = "UNKNOWN_EVENT"
INTERNAL_ERROR: Final = "INTERNAL_ERROR"
NOT_ALLOWED: Final = "NOT_ALLOWED"
NOT_IN_MEETING: Final = "NOT_IN_MEETING"
MEDIA_UNAVAILABLE: Final = "MEDIA_UNAVAILABLE"
MEDIA_OVERLOADED: Final = "MEDIA_OVERLOADED"
RATE_LIMITED: Final = "RATE_LIMITED"
ROUTER_NOT_FOUND: Final = "ROUTER_NOT_FOUND"
TRANSPORT_CREATION_FAILED: Final = "TRANSPORT_CREATION_FAILED"
TRANSPORT_NOT_FOUND: Final = "TRANSPORT_NOT_FOUND"
TRANSPORT_CONNECT_FAILED: Final = "TRANSPORT_CONNECT_FAILED"
PRODUCE_FAILED: Final = "PRODUCE_FAILED"
PRODUCER_NOT_FOUND: Final = "PRODUCER_NOT_FOUND"
CONSUME_FAILED: Final = "CONSUME_FAILED"
CANNOT_CONSUME: Final = "CANNOT_CONSUME"
CONSUMER_NOT_FOUND: Final = "CONSUMER_NOT_FOUND"

NOT_INITIALIZED: Final = "MediaSoup workers not initialized"
"""The message of a status without workers."""


class MediaError(Exception):
    """A call to media was refused or could not be made.

    ``code`` is one of the codes of the signalling contract; ``details`` is one English sentence that says what
    happened in this case, fit to be shown to the participant who asked: no paths of the server, no stack, no ids of
    other people's things.
    """

    def __init__(self, code: str, details: str) -> None:
        super().__init__(code, details)
        self.code = code
        self.details = details

    def __str__(self) -> str:
        return f"{self.code}: {self.details}"
