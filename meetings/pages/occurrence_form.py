"""The form in which one date of a meeting is changed."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from meetings.calendars.recurrence import in_utc, zone_of
from meetings.models import Occurrence
from meetings.pages.plan_form import WhenForm

SCOPES = (("this", _("Only this date")), ("following", _("This date and all that follow")))


class OccurrenceForm(WhenForm):
    """When this one is, and what it is called; in the time zone of the whole."""

    title = forms.CharField(
        label=_("Title"), required=False, max_length=200, help_text=_("Empty: that of the meeting.")
    )
    scope = forms.ChoiceField(label=_("Change"), choices=SCOPES, initial="this", widget=forms.RadioSelect)

    def __init__(self, *args: Any, occurrence: Occurrence, **kwargs: Any) -> None:
        length = int((occurrence.ends_at - occurrence.starts_at).total_seconds() // 60)
        super().__init__(*args, minutes=length, **kwargs)
        del self.fields["zone"]
        self.of_whole = zone_of(occurrence.schedule.zone)
        local = occurrence.starts_at.astimezone(self.of_whole)
        self.initial.update(
            {
                "day": local.date(),
                "hour": local.time(),
                "minutes": length,
                "title": occurrence.title,
            }
        )
        if not occurrence.schedule.rule:
            del self.fields["scope"]

    def clean(self) -> dict[str, Any]:
        """A title of those that follow is that of the meeting."""
        cleaned = super().clean() or {}
        cleaned.setdefault("scope", "this")
        return cleaned

    @property
    def starts_at(self) -> datetime:
        """The moment that was given. After it is valid."""
        return in_utc(self.first, self.of_whole)
