"""The form in which more people are invited."""

from dataclasses import replace

from django import forms
from django.utils.translation import gettext_lazy as _

from meetings.models import Invitee
from meetings.pages.people_field import PeopleField
from meetings.planning.invitees import Wanted


class InvitingForm(forms.Form):
    """Whom, and as what."""

    people = PeopleField(label=_("E-mail addresses"), help_text=_("One in a line, or with commas."))
    role = forms.ChoiceField(label=_("As"), choices=Invitee.Role.choices, initial=Invitee.Role.ATTENDEE)

    def clean_people(self) -> list[Wanted]:
        """At least one."""
        people: list[Wanted] = self.cleaned_data["people"]
        if not people:
            raise forms.ValidationError(_("Write at least one address."))
        return people

    @property
    def wanted(self) -> list[Wanted]:
        """Whom to invite. After it is valid."""
        return [replace(one, role=self.cleaned_data["role"]) for one in self.cleaned_data["people"]]
