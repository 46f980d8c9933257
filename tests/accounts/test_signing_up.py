"""Making an account: openly, by invitation, not at all; confirming the address."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from meetings.actions.invite_person import make_out
from meetings.models import Invitation, Membership, Organisation
from tests.accounts.conftest import PASSWORD
from tests.accounts.test_signing_in import signed_in

SIGN_UP = "/account/sign-up/"
ALICE = {"name": "Alice", "email": "alice@example.org", "password1": PASSWORD}

pytestmark = pytest.mark.django_db


def invitation(**more: Any) -> tuple[Invitation, str]:
    made = Invitation(email="alice@example.org", **more)
    return made, f"/account/invitation/{make_out(made)}/"


def test_openly(client: Client) -> None:
    assert b"Sign up" in client.get("/account/sign-in/").content
    answer = client.post(SIGN_UP, ALICE)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert signed_in(client)
    alice = User.objects.get()
    assert (alice.get_full_name(), alice.email) == ("Alice", "alice@example.org")
    assert not any((alice.is_staff, alice.is_superuser))
    assert not mail.outbox, "where no mail server is named, none is needed"


def test_nobody_makes_more_of_themselves_than_they_may(client: Client) -> None:
    client.post(SIGN_UP, {**ALICE, "is_staff": "1", "is_superuser": "on", "username": "root", "organisation": "1"})
    alice = User.objects.get()
    assert not any((alice.is_staff, alice.is_superuser))
    assert alice.username != "root"
    assert not Membership.objects.exists()


@pytest.mark.parametrize("field", ["name", "email", "password1"])
def test_what_is_missing_is_said(client: Client, field: str) -> None:
    page = client.post(SIGN_UP, {**ALICE, field: ""})
    assert page.status_code == 200
    assert page.context["form"].errors.keys() == {field}
    assert f'id="id_{field}_error"' in page.content.decode()
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "email", ["alice", "alice@", "a@b\r\nBcc: everybody@example.org", "x" * 300 + "@example.org", "alice@exa mple.org"]
)
def test_what_is_no_address_is_refused(client: Client, email: str) -> None:
    page = client.post(SIGN_UP, {**ALICE, "email": email})
    assert "email" in page.context["form"].errors
    assert not mail.outbox


def test_weak_passwords_and_endless_names_are_refused(client: Client) -> None:
    assert "password1" in client.post(SIGN_UP, {**ALICE, "password1": "12345678"}).context["form"].errors
    assert "name" in client.post(SIGN_UP, {**ALICE, "name": "A" * 81}).context["form"].errors


def test_script_in_a_name_is_text(client: Client) -> None:
    client.post(SIGN_UP, {**ALICE, "name": "<script>alert(1)</script>"})
    page = client.get("/account/").content
    assert b"<script>alert" not in page
    assert b"&lt;script&gt;alert" in page


def test_address_that_is_taken(client: Client, carol: User) -> None:
    page = client.post(SIGN_UP, {**ALICE, "email": "Carol@example.org"})
    assert "There is an account with this address already." in page.content.decode()
    assert User.objects.count() == 1


def test_closed(client: Client, settings: Any) -> None:
    settings.SIGN_UP = "closed"
    _, link = invitation()
    assert b"No account yet?" not in client.get("/account/sign-in/").content
    for _ in range(2):
        assert b"by invitation" in client.get(SIGN_UP).content
        client.post(SIGN_UP, ALICE)
        assert not User.objects.exists()
        assert client.get(link).status_code == 200


def test_by_invitation(client: Client, settings: Any) -> None:
    settings.SIGN_UP = "invitation"
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    client.post(SIGN_UP, ALICE)
    assert not User.objects.exists(), "not without one"
    made, link = invitation(organisation=Organisation.objects.create(name="School"), role="admin")
    page = client.get(link).content.decode()
    assert "You are invited to School" in page
    assert made.accepted_at is None, "looking is not accepting: scanners of mail look"
    form = client.get(SIGN_UP)
    assert 'value="alice@example.org"' in form.content.decode()
    client.post(SIGN_UP, {**ALICE, "email": "mallory@example.org"})
    assert signed_in(client), "whoever has the link need not confirm the address"
    alice = User.objects.get()
    assert alice.email == "alice@example.org"
    assert EmailAddress.objects.get().verified
    assert (alice.membership.organisation.name, alice.membership.role, alice.is_staff) == ("School", "admin", True)
    made.refresh_from_db()
    assert made.accepted_by == alice
    assert client.get(link).status_code == 410
    other = Client()
    assert other.get(link).status_code == 410
    other.post(SIGN_UP, {**ALICE, "email": "bob@example.org"})
    assert User.objects.count() == 1


def test_invitation_that_is_too_old_or_made_up(client: Client, settings: Any) -> None:
    settings.SIGN_UP = "invitation"
    made, link = invitation()
    client.get(link)
    made.expires_at = timezone.now() - timedelta(seconds=1)
    made.save()
    client.post(SIGN_UP, ALICE)
    assert not User.objects.exists()
    assert client.get(link).status_code == 410
    assert client.get("/account/invitation/made-up/").status_code == 410


def test_invitation_with_an_account_that_is_there(client: Client, carol: User) -> None:
    school = Organisation.objects.create(name="School")
    _, link = invitation(organisation=school)
    client.force_login(carol)
    assert b"You are signed in as Carol" in client.get(link).content
    assert not Membership.objects.exists(), "a link that is looked at is not accepted"
    assert client.post(link, follow=True).status_code == 200
    assert Membership.objects.get().user == carol
    other = Organisation.objects.create(name="Other")
    _, link = invitation(organisation=other)
    refused = client.post(link)
    assert refused.status_code == 409
    assert b"belongs to another organisation" in refused.content
    assert Membership.objects.get().organisation == school


def test_address_has_to_be_confirmed_where_mail_goes_out(client: Client, settings: Any) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    settings.PUBLIC_URL = "https://meet.example.org"
    assert client.post(SIGN_UP, ALICE)["Location"] == "/account/e-mail/sent/"
    assert not signed_in(client)
    assert b"Look into your mail" in client.get("/account/e-mail/sent/").content
    stranger = Client()
    stranger.post("/account/sign-in/", {"login": "alice@example.org", "password": PASSWORD})
    assert not signed_in(stranger)
    found = re.search(r"https://meet\.example\.org(/account/e-mail/\S+)", str(mail.outbox[0].body))
    assert found
    assert b"is your address?" in client.get(found[1]).content
    assert not EmailAddress.objects.get().verified
    client.post(found[1])
    assert EmailAddress.objects.get().verified
    assert signed_in(client), "the browser that signed up goes on"
    assert b"This link is over" in stranger.get("/account/e-mail/made-up/").content


def test_mail_that_cannot_be_sent_is_said(client: Client, settings: Any) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "localhost", 1
    for path, data in ((SIGN_UP, ALICE), ("/account/password/forgotten/", {"email": "nobody@example.org"})):
        page = client.post(path, data, follow=True)
        assert page.status_code == 200
        assert b"Mail cannot be sent at the moment." in page.content


def test_who_is_known_already_is_not_told_to_others(client: Client, carol: User, settings: Any) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    known = client.post(SIGN_UP, {**ALICE, "email": "carol@example.org"})
    unknown = Client().post(SIGN_UP, ALICE)
    assert known.status_code == unknown.status_code == 302
    assert known["Location"] == unknown["Location"]
    assert User.objects.filter(email="carol@example.org").count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_invitation_used_by_many_at_once(settings: Any) -> None:
    settings.SIGN_UP = "invitation"
    _, link = invitation()
    ready = Barrier(4)

    def use(_: int) -> None:
        client = Client()
        try:
            client.get(link)
            ready.wait(10)
            client.post(SIGN_UP, ALICE)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(use, range(4)))
    assert User.objects.count() == 1
