"""Mail to who has no page open is in a language that they read."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import RequestFactory
from django.utils import translation

from meetings.accounts.inviting import invite
from meetings.models import Invitation, Organisation, Profile
from tests.accounts.conftest import account

pytestmark = pytest.mark.django_db


def invited(language: str, mailoutbox: Any) -> tuple[str, str]:
    """Subject and words of an invitation by Carol, who has chosen that language, sent from a page in English."""
    carol = account("Carol")
    Profile.objects.update_or_create(user=carol, defaults={"language": language})
    school = Organisation.objects.create(name="A & B")
    invitation = Invitation(email="dave@example.org", invited_by=carol, organisation=school)
    with translation.override("en"):
        sent, _link = invite(RequestFactory().get("/"), invitation)
        assert sent
        assert translation.get_language() == "en", "the page goes on in its own"
    return mailoutbox[0].subject, mailoutbox[0].body


@pytest.mark.parametrize(
    ("language", "subject", "sentence"),
    [
        ("", "You are invited to A & B", "Carol invites you to A & B, to hold meetings at "),
        ("de", "Sie sind zu A & B eingeladen", "Carol lädt Sie zu A & B ein, um auf "),
        ("ar", "أنت مدعوّ إلى A & B", "يدعوك Carol إلى A & B لعقد اجتماعات على "),
    ],
)
def test_an_invitation_is_in_the_language_of_who_invites(
    mailoutbox: Any, language: str, subject: str, sentence: str
) -> None:
    told, words = invited(language, mailoutbox)
    assert subject in told
    assert sentence in words
    assert "&amp;" not in words


def test_an_invitation_says_for_how_long_it_is_good(mailoutbox: Any, settings: Any) -> None:
    settings.INVITATION_DAYS = 2
    assert "الرابط صالح يومين، لحساب واحد." in invited("ar", mailoutbox)[1]
