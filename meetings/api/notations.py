"""Text in notations of its own, as bodies of the API carry it."""

import re
from datetime import datetime
from typing import Final
from zoneinfo import available_timezones

from meetings.calendars.recurrence import LONGEST_RULE, read_rule
from meetings.models.webhook import LONGEST_URL
from meetings.planning.invitees import email_of
from meetings.protocol.codes import Refusal
from meetings.protocol.fields import OneOf, Written

_DAY = r"(MO|TU|WE|TH|FR|SA|SU)"
_DAYS = rf"BYDAY={_DAY}(,{_DAY}){{0,6}}"
_MONTH_DAY = r"BYMONTHDAY=([1-9]|1[0-9]|2[0-8])"
_RULE = (
    rf"^FREQ=(DAILY|WEEKLY(;{_DAYS})?|MONTHLY(;{_MONTH_DAY}|;BYDAY=(-1|[1-4]){_DAY}|;{_DAYS};BYSETPOS=(-1|[1-4]))?"
    rf"|YEARLY(;BYMONTH=([1-9]|1[0-2]);{_MONTH_DAY})?)(;INTERVAL=[1-9][0-9]?)?"
    r"(;(COUNT=[1-9][0-9]?|UNTIL=20[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|1[0-9]|2[0-8])(T([01][0-9]|2[0-3])[0-5][0-9]00)?))?$"
)
_WALL_TIME = (
    r"^20[0-9]{2}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)"
    r"|02-(0[1-9]|1[0-9]|2[0-8]))T([01][0-9]|2[0-3]):[0-5][0-9]$"
)
_EMAIL = r"^[a-z0-9]{1,20}([._+-][a-z0-9]{1,20}){0,2}@[a-z0-9]{1,20}([.-][a-z0-9]{1,20}){0,2}[.][a-z]{2,12}$"
# A name or an IPv4 address, and nobody's name or password before it; ports up to 65535; no white space behind.
_URL = (
    r"^https?://[A-Za-z0-9][A-Za-z0-9.-]{0,250}"
    r"(:([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?"
    r"([/?][!-~]*)?$"
)


def wall_time(text: str) -> datetime:
    """A day and an hour as a clock on the wall shows them. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is not None:
        raise ValueError("it has no offset of its own; its zone stands beside it")
    return moment


def _address(text: str) -> str:
    try:
        return email_of(text)
    except Refusal as refusal:
        raise ValueError(refusal.details) from None


def _url(text: str) -> str:
    if re.fullmatch(_URL, text) is None or text.endswith("\n"):
        raise ValueError("this is none")
    return text


RULE: Final = Written("an RRULE of RFC 5545", _RULE, read_rule, LONGEST_RULE)
WALL_TIME: Final = Written("a wall time like 2026-12-07T09:00", _WALL_TIME, wall_time, 19)
EMAIL: Final = Written("an e-mail address", _EMAIL, _address, 254)
WEB_ADDRESS: Final = Written("an address like https://example.org/hook, in ASCII", _URL, _url, LONGEST_URL)
ZONE: Final = OneOf(*sorted(available_timezones()))
