"""What a site refuses, as exceptions."""

from collections.abc import Mapping
from typing import Any


class Unreachable(Exception):
    """No answer came, or none of a KCS Meet site. Whether it did what was asked is not known."""


class Refused(Exception):
    """The site did not do it, and says why: problem details (RFC 9457). `code` is one of those on its page `/api/`."""

    def __init__(self, problem: Mapping[str, Any]) -> None:
        self.code: str = str(problem.get("code", ""))
        self.status: int = int(problem.get("status", 0))
        self.title: str = str(problem.get("title", ""))
        self.detail: str = str(problem.get("detail", ""))
        super().__init__(f"{self.code}: {self.detail or self.title}")


class NotAuthenticated(Refused):
    """The token is not good (any more)."""


class NotAllowed(Refused):
    """Not this account, or not with this token."""


class NotFound(Refused):
    """There is none, or none for this account."""


class WrongState(Refused):
    """The meeting is not in the state for that; `allowed` is what would be possible."""

    def __init__(self, problem: Mapping[str, Any]) -> None:
        super().__init__(problem)
        self.allowed: tuple[str, ...] = tuple(problem.get("allowed", ()))


class ChangedMeanwhile(Refused):
    """Somebody else has changed it since."""


class RateLimited(Refused):
    """Too many requests, and more than the client's patience until the next is answered."""

    def __init__(self, problem: Mapping[str, Any]) -> None:
        super().__init__(problem)
        self.retry_after: float = float(problem.get("retryAfter", 0))


class Unavailable(Refused):
    """The site cannot do it at the moment."""


_BY_CODE: Mapping[str, type[Refused]] = {
    "NOT_AUTHENTICATED": NotAuthenticated,
    "NOT_ALLOWED": NotAllowed,
    "WRONG_STATE": WrongState,
    "POLL_STATE": WrongState,
    "CHANGED_MEANWHILE": ChangedMeanwhile,
    "RATE_LIMITED": RateLimited,
}
_BY_STATUS: Mapping[int, type[Refused]] = {404: NotFound, 503: Unavailable}


def refusal(problem: Mapping[str, Any]) -> Refused:
    """The exception for a problem: by its code, else by its status."""
    kind = _BY_CODE.get(str(problem.get("code"))) or _BY_STATUS.get(int(problem.get("status", 0)), Refused)
    return kind(problem)
