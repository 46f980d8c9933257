"""How often a meeting is, for templates."""

from django import template

from meetings.models import Schedule
from meetings.planning import wording

register = template.Library()


@register.filter
def how_often(schedule: Schedule) -> str:
    """In words, such as "Every week on Monday"."""
    return wording.how_often(schedule.pattern)
