"""How often a meeting is, in words."""

from datetime import date
from typing import Final

from django.utils.formats import date_format
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from meetings.calendars.recurrence import Pattern

_DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
# A Monday; the days after it have the names of the others.
_MONDAY: Final = date(2026, 1, 5)


def how_often(pattern: Pattern) -> str:
    """A sentence without its full stop, such as "Every 2 weeks on Monday and Friday, until 31 January 2027"."""
    if not pattern.rule:
        return _("Once")
    parts = dict(part.split("=", 1) for part in pattern.rule.split(";"))
    words = _every(parts["FREQ"], int(parts.get("INTERVAL", "1")))
    if days := _days(parts):
        words = _("%(every)s on %(days)s") % {"every": words, "days": days}
    if pattern.ends is not None:
        return _("%(often)s, until %(day)s") % {"often": words, "day": date_format(pattern.ends, "j F Y")}
    if "COUNT" in parts:
        count = int(parts["COUNT"])
        times = ngettext("%(count)d time", "%(count)d times", count) % {"count": count}
        return f"{words}, {times}"
    return words


def _every(frequency: str, interval: int) -> str:
    count = {"count": interval}
    match frequency:
        case "DAILY":
            return ngettext("Every day", "Every %(count)d days", interval) % count
        case "WEEKLY":
            return ngettext("Every week", "Every %(count)d weeks", interval) % count
        case "MONTHLY":
            return ngettext("Every month", "Every %(count)d months", interval) % count
        case _:
            return ngettext("Every year", "Every %(count)d years", interval) % count


def _days(parts: dict[str, str]) -> str:
    if "BYMONTHDAY" in parts:
        return _("day %(days)s") % {"days": parts["BYMONTHDAY"].replace(",", ", ")}
    if parts.get("BYDAY") == "MO,TU,WE,TH,FR":
        return _("working days")
    return get_text_list([_day(one) for one in parts.get("BYDAY", "").split(",") if one], _("and"))


def _day(text: str) -> str:
    name = date_format(_MONDAY.replace(day=_MONDAY.day + _DAYS.index(text[-2:])), "l")
    place = {
        "1": _("the first %(day)s"),
        "2": _("the second %(day)s"),
        "3": _("the third %(day)s"),
        "4": _("the fourth %(day)s"),
        "-1": _("the last %(day)s"),
    }.get(text[:-2].lstrip("+"))
    return name if place is None else place % {"day": name}
