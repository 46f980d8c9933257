"""The name with which somebody signs up."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

LONGEST = 80


def name_field() -> forms.CharField:
    """As others see it in meetings."""
    return forms.CharField(
        label=_("Your name"), max_length=LONGEST, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )


def rename(user: User, name: str) -> None:
    """Give the account this name. It is one piece: who knows what of a name is the last one?"""
    user.first_name, user.last_name = name, ""


class Named(forms.Form):
    """What allauth's forms for signing up begin with. It imports nothing of allauth, which imports it."""

    name = name_field()
    field_order = ("name", "email", "password1")

    def signup(self, request: HttpRequest, user: Any) -> None:
        """The account was made."""
        rename(user, self.cleaned_data["name"])
        user.save(update_fields=["first_name", "last_name"])
