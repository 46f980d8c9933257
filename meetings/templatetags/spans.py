"""Lengths of time, for templates."""

from django import template
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def span(seconds: float) -> str:
    """In words, such as "1 h 05 min", "12 min" or "40 s"."""
    if seconds < 60:
        return _("%(seconds)d s") % {"seconds": round(seconds)} if round(seconds) < 60 else _("1 min")
    minutes = round(seconds / 60)
    if minutes < 60:
        return _("%(minutes)d min") % {"minutes": minutes}
    return _("%(hours)d h %(minutes)02d min") % {"hours": minutes // 60, "minutes": minutes % 60}


@register.filter
def percent(share: float) -> str:
    """A share of 1 as a whole number of hundredths."""
    return f"{share:.0%}"
