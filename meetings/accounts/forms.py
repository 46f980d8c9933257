"""The forms of accounts, where allauth's say too little or too much."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from allauth.account.forms import (
    AddEmailForm,
    ChangePasswordForm,
    LoginForm,
    ReauthenticateForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
    SignupForm,
)
from django import forms
from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from meetings.accounts.invited import opened
from meetings.accounts.naming import name_field, rename
from meetings.models import Profile

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

LABELS = {
    "login": _("E-mail address"),
    "email": _("E-mail address"),
    "oldpassword": _("Your present password"),
    "password1": _("Password"),
    "password2": _("The same once more"),
}
NEW_PASSWORD = _(
    "At least 8 letters, digits or signs; not only digits, and not what many others use or what is like you."
)


class Plain(forms.Form):
    """Labels above the fields, and nothing in them that looks like an answer."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = LABELS.get(name, field.label)
            field.help_text = NEW_PASSWORD if name == "password1" else ""
            field.widget.attrs.pop("placeholder", None)


class SignIn(Plain, LoginForm):  # type: ignore[misc]  # allauth has no types
    """By e-mail address; who was made in the administration may have a user name only."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs |= {"autocomplete": "username", "autocapitalize": "none", "autofocus": True}


class NewAddress(Plain, AddEmailForm):  # type: ignore[misc]  # allauth has no types
    """Where mail is to go from now on."""


class ChangePassword(Plain, ChangePasswordForm):  # type: ignore[misc]  # allauth has no types
    """From the present one."""


class ForgottenPassword(Plain, ResetPasswordForm):  # type: ignore[misc]  # allauth has no types
    """To have a link sent."""


class NewPassword(Plain, ResetPasswordKeyForm):  # type: ignore[misc]  # allauth has no types
    """With that link."""


class Again(Plain, ReauthenticateForm):  # type: ignore[misc]  # allauth has no types
    """Their password once more."""


class SignUp(Plain, SignupForm):  # type: ignore[misc]  # allauth has no types
    """With the address of the invitation, where there is one: whoever has its link has shown that it is theirs."""

    def invite(self, request: HttpRequest) -> None:
        """Fix the address, if somebody was invited."""
        if (invitation := opened(request)) is not None:
            self.fields["email"].initial = invitation.email
            self.fields["email"].disabled = True


class SettingsForm(forms.Form):
    """What is kept of somebody besides their address."""

    name = name_field()
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False, help_text=_("For the times in mail."))
    language = forms.ChoiceField(label=_("Language"), required=False)

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        self.user = user
        profile = Profile.objects.filter(user=user).first() or Profile(user=user)
        self.profile = profile
        now = {
            "name": user.get_full_name() or user.get_username(),
            "time_zone": profile.time_zone,
            "language": profile.language,
        }
        super().__init__(*args, **kwargs)
        self.initial = now
        zones = [(zone, zone.replace("_", " ")) for zone in sorted(available_timezones()) if "/" in zone]
        languages = list(settings.LANGUAGES)
        _choices(self, "time_zone", [("", _("As my browser has it")), ("UTC", "UTC"), *zones])
        _choices(self, "language", [("", _("As my browser asks for")), *languages])

    def save(self) -> None:
        """Write it down."""
        rename(self.user, self.cleaned_data["name"])
        self.user.save(update_fields=["first_name", "last_name"])
        self.profile.time_zone = self.cleaned_data["time_zone"]
        self.profile.language = self.cleaned_data["language"]
        self.profile.save()


class DeleteForm(forms.Form):
    """To be sure that it is them, and that they mean it: their password, or their word where they have none."""

    password = forms.CharField(
        label=_("Your password"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    sure = forms.BooleanField(label=_("Delete my account for good"))

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not user.has_usable_password():
            del self.fields["password"]


def _choices(form: forms.Form, name: str, choices: list[tuple[str, _StrOrPromise]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices
