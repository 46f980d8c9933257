"""A mail server that keeps what it is given."""

from __future__ import annotations

import re
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message

from tests.live.server import free_port


class _Keeping(Message):
    def __init__(self, kept: list[EmailMessage]) -> None:
        super().__init__()
        self._kept = kept

    def prepare_message(self, session: Any, envelope: Any) -> EmailMessage:
        message = BytesParser(EmailMessage, policy=default).parsebytes(envelope.content)
        self._kept.append(message)
        return message

    def handle_message(self, message: Any) -> None:
        """It is kept already."""


class Mailbox:
    """Listens on a free port of 127.0.0.1, in a thread of its own. `with Mailbox() as mailbox:`"""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.port = free_port()
        self._controller = Controller(_Keeping(self.mails), hostname="127.0.0.1", port=self.port)

    @property
    def url(self) -> str:
        """For EMAIL_URL."""
        return f"smtp://127.0.0.1:{self.port}"

    def to(self, address: str) -> list[EmailMessage]:
        """What came for an address so far."""
        return [one for one in self.mails if address in one["to"]]

    def link_to(self, address: str) -> str:
        """The link in the latest of them; empty when none came yet."""
        for one in reversed(self.to(address)):
            body = one.get_body(("plain",))
            if body is not None and (found := re.search(r"https?://\S+/i/\S+/", body.get_content())):
                return found.group()
        return ""

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._controller.stop()
