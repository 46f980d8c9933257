"""The codes with which the site refuses, each with its one fixed message."""

from typing import Any, Final

MESSAGES: Final[dict[str, str]] = {
    "BAD_REQUEST": "The request is not well-formed",
    "UNKNOWN_EVENT": "There is no such event",
    "NOT_AUTHENTICATED": "Your ticket is not valid",
    "NOT_ALLOWED": "You are not allowed to do that",
    "NOT_IN_MEETING": "You are not in this meeting",
    "RATE_LIMITED": "Too many requests",
    "INTERNAL_ERROR": "Something went wrong on the server",
    "SERVICE_UNAVAILABLE": "The service is not available at the moment",
    "MEETING_NOT_FOUND": "There is no such meeting",
    "MEETING_ENDED": "The meeting has ended",
    "MEETING_CANCELLED": "The meeting was cancelled",
    "WRONG_STATE": "The meeting is not in the state for that",
    "NOT_FOUND": "There is nothing at this address",
    "CHANGED_MEANWHILE": "It is not as you know it any more",
    "KEY_REUSED": "The idempotency key was used for something else",
    "MEETING_FULL": "The meeting is full",
    "MEETING_LOCKED": "The meeting is locked",
    "MEETING_NOT_STARTED": "The meeting has not started yet",
    "ACCOUNT_REQUIRED": "This meeting is for people with an account",
    "WRONG_PASSCODE": "The passcode is not right",
    "JOIN_DENIED": "The host did not let you in",
    "REMOVED": "You were removed from this meeting",
    "MEDIA_UNAVAILABLE": "Audio and video are not available at the moment",
    "MEDIA_OVERLOADED": "The server is at its limit",
    "ROUTER_NOT_FOUND": "There is no router for this meeting",
    "TRANSPORT_CREATION_FAILED": "Failed to create transport",
    "TRANSPORT_NOT_FOUND": "There is no such transport",
    "TRANSPORT_CONNECT_FAILED": "Failed to connect transport",
    "PRODUCE_FAILED": "Failed to produce",
    "PRODUCER_NOT_FOUND": "There is no such producer",
    "CONSUME_FAILED": "Failed to consume",
    "CANNOT_CONSUME": "This producer cannot be consumed with these capabilities",
    "CONSUMER_NOT_FOUND": "There is no such consumer",
    "MESSAGE_NOT_FOUND": "There is no such message",
    "FILE_NOT_FOUND": "There is no such file",
    "FILE_TOO_LARGE": "The file is too large",
    "FILE_KIND": "Files of this kind are not taken",
    "FILE_INFECTED": "The file is not harmless",
    "SCAN_FAILED": "The file could not be examined",
    "TOO_MANY_FILES": "No more files fit into this meeting",
    "NOTES_MOVED_ON": "The notes are not what you know any more",
    "NOTES_FULL": "No more fits into the notes",
    "POLL_NOT_FOUND": "There is no such poll",
    "POLL_STATE": "The poll is not in the state for that",
    "QUESTION_NOT_FOUND": "There is no such question",
}
# Not in an answer but in a push.
PUSHED: Final = frozenset({"JOIN_DENIED"})
# Of the API alone.
OF_THE_API: Final = frozenset(
    {
        "NOT_FOUND",
        "CHANGED_MEANWHILE",
        "KEY_REUSED",
        "FILE_NOT_FOUND",
        "FILE_TOO_LARGE",
        "FILE_KIND",
        "FILE_INFECTED",
        "SCAN_FAILED",
        "TOO_MANY_FILES",
    }
)


class Refusal(Exception):
    """What was asked for is not done, and `code` says why. `details` is a sentence about this case, fit for whoever
    asked. `extra` goes beside them into the refusal (`retryAfter`).
    """

    def __init__(self, code: str, details: str, **extra: Any) -> None:
        super().__init__(code, details)
        self.code = code
        self.message = MESSAGES[code]
        self.details = details
        self.extra = extra

    def __str__(self) -> str:
        return f"{self.code}: {self.details}"

    def as_json(self) -> dict[str, Any]:
        """`{code, message, details, …}`, the shape in which every door of the site refuses."""
        return {"code": self.code, "message": self.message, "details": self.details, **self.extra}
