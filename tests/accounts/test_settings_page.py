"""Settings of an account: name, time zone, language, address; and its end."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client

from meetings.actions.start import start_meeting
from meetings.identity import Person
from meetings.models import Meeting, Participant, Profile
from tests.accounts.conftest import PASSWORD, account
from tests.accounts.test_signing_in import sign_in, signed_in

SETTINGS, EMAIL, DELETE = "/account/", "/account/e-mail/", "/account/delete/"
MINE = {"name": "Carol C.", "time_zone": "Europe/Berlin", "language": "en"}


def test_saving(client: Client, carol: User) -> None:
    client.force_login(carol)
    page = client.get(SETTINGS)
    assert page.context["form"].initial == {"name": "Carol", "time_zone": "", "language": ""}
    answer = client.post(SETTINGS, MINE, follow=True)
    assert b"Your settings are saved." in answer.content
    profile = Profile.objects.get()
    assert (profile.user, profile.time_zone, profile.language) == (carol, "Europe/Berlin", "en")
    carol.refresh_from_db()
    assert carol.get_full_name() == "Carol C."
    client.post(SETTINGS, {**MINE, "time_zone": ""})
    assert Profile.objects.get().time_zone == ""


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("name", "C" * 81), ("time_zone", "Mars/Olympus"), ("time_zone", "../../etc"), ("language", "tlh")],
)
def test_what_cannot_be_is_refused(client: Client, carol: User, field: str, value: str) -> None:
    client.force_login(carol)
    page = client.post(SETTINGS, {**MINE, field: value})
    assert page.context["form"].errors.keys() == {field}
    assert not Profile.objects.exists()


def test_nobody_gives_themselves_more(client: Client, carol: User) -> None:
    client.force_login(carol)
    client.post(SETTINGS, {**MINE, "is_staff": "on", "is_superuser": "on", "user": "1", "email": "x@example.org"})
    carol.refresh_from_db()
    assert not any((carol.is_staff, carol.is_superuser))
    assert carol.email == "carol@example.org"


def sign_in_and_prove_it(client: Client) -> None:
    sign_in(client, "carol")
    client.post("/account/again/", {"password": PASSWORD})


def test_another_address_counts_once_it_is_confirmed(client: Client, carol: User) -> None:
    sign_in_and_prove_it(client)
    client.post(EMAIL, {"email": "new@example.org", "action_add": ""})
    carol.refresh_from_db()
    assert carol.email == "carol@example.org"
    assert mail.outbox[-1].to == ["new@example.org"]
    assert b"It becomes" in client.get(EMAIL).content
    found = re.search(r"(/account/e-mail/\S+)", str(mail.outbox[-1].body))
    assert found
    client.post(found[1])
    carol.refresh_from_db()
    assert carol.email == "new@example.org"
    assert [one.email for one in EmailAddress.objects.filter(user=carol)] == ["new@example.org"]
    assert ["carol@example.org"] in [one.to for one in mail.outbox], "the old address is told"


def test_another_address_takes_the_password_again(client: Client, carol: User) -> None:
    sign_in(client, "carol")
    answer = client.post(EMAIL, {"email": "new@example.org", "action_add": ""})
    assert answer["Location"].startswith("/account/again/")
    assert not mail.outbox
    client.post(answer["Location"], {"password": "a guess"})
    assert not mail.outbox
    client.post(answer["Location"], {"password": PASSWORD}, follow=True)
    assert mail.outbox[-1].to == ["new@example.org"]


def test_somebody_elses_address(client: Client, carol: User) -> None:
    account("Dave")
    sign_in_and_prove_it(client)
    client.post(EMAIL, {"email": "dave@example.org", "action_add": ""})
    carol.refresh_from_db()
    assert carol.email == "carol@example.org"
    assert not EmailAddress.objects.filter(user=carol, email="dave@example.org", verified=True).exists()


@pytest.mark.django_db(transaction=True)
def test_deleting(client: Client, carol: User) -> None:
    meeting = start_meeting(Person(user_id=carol.pk), "Mine")
    client.force_login(carol)
    assert "password" in client.post(DELETE, {"password": "a guess", "sure": "on"}).context["form"].errors
    assert "sure" in client.post(DELETE, {"password": PASSWORD}).context["form"].errors
    assert signed_in(client)
    answer = client.post(DELETE, {"password": PASSWORD, "sure": "on"}, follow=True)
    assert b"Your account is deleted." in answer.content
    assert not User.objects.exists()
    assert not EmailAddress.objects.exists()
    meeting.refresh_from_db()
    assert meeting.state == Meeting.State.ENDED
    assert not Participant.objects.exists()
    sign_in(client, "carol")
    assert not signed_in(client)


def test_guessing_a_password_there_is_stopped(client: Client, carol: User) -> None:
    client.force_login(carol)
    for _ in range(5):
        client.post(DELETE, {"password": "a guess", "sure": "on"})
    page = client.post(DELETE, {"password": PASSWORD, "sure": "on"})
    assert page.status_code == 200
    assert b"That was tried too often" in page.content
    assert User.objects.exists()


def test_whoever_runs_the_site_stays(client: Client, carol: User) -> None:
    User.objects.update(is_superuser=True)
    client.force_login(User.objects.get())
    assert b"deleted in the administration" in client.post(DELETE, {"password": PASSWORD, "sure": "on"}).content
    assert User.objects.exists()
