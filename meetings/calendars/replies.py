"""Answers to invitations, as calendars send them by mail (RFC 5546, 3.2.3; RFC 6047)."""

from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parseaddr
from typing import Final

from icalendar import Calendar

LARGEST_MAIL: Final = 2_000_000
_STATUSES: Final = {"ACCEPTED": "accepted", "TENTATIVE": "tentative", "DECLINED": "declined"}


class NoReply(ValueError):
    """A mail that answers no invitation. The text says why."""


@dataclass(frozen=True, slots=True)
class Reply:
    """Who answered what to which event. `sender` is whom the mail says it is from."""

    uid: str
    attendee: str
    sender: str
    answer: str


def read_reply(mail: bytes) -> Reply:
    """The answer in a mail. Raises NoReply."""
    if len(mail) > LARGEST_MAIL:
        raise NoReply("The mail is too large.")
    message = BytesParser(EmailMessage, policy=policy.default).parsebytes(mail)
    for part in message.walk():
        if part.get_content_type() == "text/calendar":
            return _read(part.get_payload(decode=True), _email(str(message.get("from", ""))))
    raise NoReply("There is no calendar in it.")


def _read(content: object, sender: str) -> Reply:
    if not isinstance(content, bytes):
        raise NoReply("The calendar in it is empty.")
    try:
        calendar = Calendar.from_ical(content)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        raise NoReply("The calendar in it cannot be read.") from None
    if str(calendar.get("method", "")).upper() != "REPLY":
        raise NoReply("The calendar in it is no answer.")
    for event in calendar.walk("VEVENT"):
        attendee = event.get("attendee")
        attendee = attendee[0] if isinstance(attendee, list) and attendee else attendee
        status = str(getattr(attendee, "params", {}).get("PARTSTAT", "")).upper()
        if status in _STATUSES and event.get("uid"):
            address = str(attendee).lower().removeprefix("mailto:")
            return Reply(str(event["uid"]), address, sender, _STATUSES[status])
    raise NoReply("Nobody in it accepts or declines.")


def _email(text: str) -> str:
    return parseaddr(text)[1].lower()
