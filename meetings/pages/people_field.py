"""People in a form: one in a line, or with commas between them."""

from email.utils import getaddresses, parseaddr
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from meetings.planning.invitees import Wanted, email_of
from meetings.protocol.codes import Refusal


class PeopleField(forms.CharField):
    """Addresses as `Ada <ada@example.org>` or alone. Cleaned to a list of `Wanted`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=50_000, widget=forms.Textarea(attrs={"rows": 4}), **kwargs)

    def clean(self, value: Any) -> Any:
        text = super().clean(value).replace("\r", "").replace(";", ",")
        lines = [line.strip().strip(",") for line in text.split("\n")]
        people = []
        for line in filter(None, lines):
            for name, address in getaddresses([line]):
                try:
                    people.append(Wanted(email_of(address or name), parseaddr(f"{name} <a@b.c>")[0] or name))
                except Refusal:
                    raise forms.ValidationError(
                        _("“%(line)s” is no e-mail address."), params={"line": line[:80]}
                    ) from None
        return people
