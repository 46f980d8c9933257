"""What can go wrong for a bot, with the facts in attributes."""

from __future__ import annotations


class BotError(Exception):
    """Everything a bot raises on purpose."""


class SiteRefused(BotError):
    """The REST API answered with something other than success."""

    def __init__(self, method: str, url: str, status: int, body: str) -> None:
        super().__init__(method, url, status, body)
        self.method = method
        self.url = url
        self.status = status
        self.body = body

    def __str__(self) -> str:
        return f"{self.method} {self.url} answered {self.status}: {self.body[:500]}"


class RequestRefused(BotError):
    """The server answered a signalling request with `error`; `code` is one of the contract's codes."""

    def __init__(self, event: str, code: str, message: str, details: str) -> None:
        super().__init__(event, code, message, details)
        self.event = event
        self.code = code
        self.message = message
        self.details = details

    def __str__(self) -> str:
        return f"{self.event} was refused with {self.code}: {self.message} ({self.details})"


class SignallingClosed(BotError):
    """The signalling socket is gone; `code` is its close code, 1006 when it broke."""

    def __init__(self, code: int, reason: str = "") -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason

    def __str__(self) -> str:
        return f"signalling socket closed ({self.code} {self.reason})".replace(" )", ")")


class ContractBroken(BotError):
    """The server sent something that the signalling contract does not allow."""
