"""From what bots raise to why a call did not work."""

from __future__ import annotations

import json
from http.client import HTTPException
from urllib.error import URLError

from websockets.exceptions import InvalidHandshake, InvalidStatus

from meetings.bot.errors import BotError, ContractBroken, RequestRefused, SignallingClosed, SiteRefused
from meetings.probe import causes
from meetings.probe.report import Failure

# What a bot raises when a call does not work, of its own and of what it stands on.
TROUBLE = (BotError, OSError, HTTPException, InvalidHandshake, ValueError, LookupError)


class CallFailed(Exception):
    """A call did not work, for a reason that is known."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.sentence)
        self.failure = failure


def failure_of(error: BaseException, phase: str, url: str, seconds: float) -> Failure:
    """Why, given what was raised in which phase, which may take `seconds`, of a call to the site at `url`."""
    match error:
        case CallFailed():
            return error.failure
        case SiteRefused():
            return _of_status(error, phase, url)
        case RequestRefused():
            return causes.refused(phase, error.code, error.details or error.message)
        case SignallingClosed():
            return causes.socket_unreachable(url, f"it was closed with {error.code} {error.reason}".rstrip(), phase)
        case ContractBroken():
            return causes.socket_unreachable(url, str(error))
        case InvalidStatus():
            return causes.socket_unreachable(url, f"HTTP {error.response.status_code} came instead")
        case TimeoutError() if phase in ("site", "ticket"):
            return causes.site_unreachable(phase, url, f"nothing came within {seconds:g} seconds")
        case TimeoutError() if phase == "socket":
            return causes.socket_unreachable(url, f"nothing came within {seconds:g} seconds")
        case TimeoutError():
            return causes.no_answer(phase, seconds)
        case URLError() if isinstance(error.reason, TimeoutError):
            return causes.site_unreachable(phase, url, "nothing came in time")
        case URLError():
            return causes.site_unreachable(phase, url, _words(error.reason))
        case OSError() | HTTPException() | InvalidHandshake() if phase == "socket":
            return causes.socket_unreachable(url, _words(error))
        case OSError() | HTTPException():
            return causes.site_unreachable(phase, url, _words(error))
        case ValueError() | LookupError() if phase in ("site", "ticket"):
            return causes.site_unreachable(phase, url, "what answers there is no KCS Meet")
        case _:
            return causes.broken(f"{type(error).__name__}: {error}")


def _of_status(error: SiteRefused, phase: str, url: str) -> Failure:
    try:
        said = json.loads(error.body)
        return causes.refused(phase, said["code"], said.get("details") or said.get("message") or "")
    except (ValueError, LookupError, TypeError, AttributeError):
        return causes.site_unreachable(phase, url, f"it answered with HTTP {error.status}")


def _words(error: object) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__
