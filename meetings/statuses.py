"""The HTTP status that goes with a code."""

from meetings.protocol.codes import Refusal

STATUSES = {
    "BAD_REQUEST": 400,
    "NOT_AUTHENTICATED": 401,
    "NOT_FOUND": 404,
    "MEETING_NOT_FOUND": 404,
    # Of whom something is asked, is not there; nor is whoever asks it of a meeting that they are not in.
    "NOT_IN_MEETING": 404,
    "FILE_NOT_FOUND": 404,
    "POLL_NOT_FOUND": 404,
    "QUESTION_NOT_FOUND": 404,
    "MESSAGE_NOT_FOUND": 404,
    "MEETING_FULL": 409,
    "WRONG_STATE": 409,
    "POLL_STATE": 409,
    "NOTES_FULL": 409,
    "NOTES_MOVED_ON": 409,
    "TOO_MANY_FILES": 409,
    "CHANGED_MEANWHILE": 412,
    "FILE_TOO_LARGE": 413,
    "FILE_KIND": 415,
    "FILE_INFECTED": 422,
    "KEY_REUSED": 422,
    "MEETING_ENDED": 410,
    "MEETING_CANCELLED": 410,
    "MEETING_LOCKED": 423,
    "RATE_LIMITED": 429,
    "INTERNAL_ERROR": 500,
    "MEDIA_UNAVAILABLE": 503,
    "MEDIA_OVERLOADED": 503,
    "SCAN_FAILED": 503,
    "SERVICE_UNAVAILABLE": 503,
}


def status_of(refusal: Refusal) -> int:
    """403 for what is refused to this person, and the more telling status where there is one."""
    return STATUSES.get(refusal.code, 403)
