"""Setting a new password by mail, and changing it."""

from __future__ import annotations

import re
from typing import Any

from django.contrib.auth.models import User
from django.core import mail
from django.test import Client

from kcs import settings as site
from tests.accounts.conftest import PASSWORD
from tests.accounts.test_signing_in import sign_in, signed_in

FORGOTTEN = "/account/password/forgotten/"
NEW = "another long password"
# That of forms is written differently each time.
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"')


def link() -> str:
    found = re.search(r"http\S+?(/account/password/new/\S+)", str(mail.outbox[-1].body))
    assert found, mail.outbox[-1].body
    return found[1]


def test_by_mail(client: Client, carol: User) -> None:
    assert client.post(FORGOTTEN, {"email": "CAROL@example.org"})["Location"] == "/account/password/sent/"
    assert mail.outbox[0].to == ["carol@example.org"]
    page = client.get(link(), follow=True)
    assert b"Set a new password" in page.content
    assert "set-password" in page.redirect_chain[-1][0], "the token does not stay in the address"
    where = page.redirect_chain[-1][0]
    assert "password1" in client.post(where, {"password1": "short", "password2": "short"}).context["form"].errors
    client.post(where, {"password1": NEW, "password2": NEW})
    assert not signed_in(client)
    sign_in(client, "carol", PASSWORD)
    assert not signed_in(client)
    sign_in(client, "carol", NEW)
    assert signed_in(client)
    assert b"This link is over" in Client().get(link_of(0), follow=True).content


def link_of(place: int) -> str:
    found = re.search(r"http\S+?(/account/password/new/\S+)", str(mail.outbox[place].body))
    assert found
    return found[1]


def test_mail_is_about_this_site(client: Client, carol: User, settings: Any) -> None:
    settings.PUBLIC_URL = "https://meet.example.org"
    settings.ALLOWED_HOSTS = ["*"]
    client.post(FORGOTTEN, {"email": "carol@example.org"}, headers={"Host": "evil.example"})
    assert "https://meet.example.org/account/password/new/" in mail.outbox[0].body
    assert "://evil.example" not in re.sub(r"[\w.]*@\S+", "", str(mail.outbox[0].body))


def test_unknown_address_gets_the_same_answer(client: Client, carol: User) -> None:
    known = client.post(FORGOTTEN, {"email": "carol@example.org"}, follow=True)
    unknown = client.post(FORGOTTEN, {"email": "nobody@example.org"}, follow=True)
    assert known.redirect_chain == unknown.redirect_chain
    assert TOKEN.sub("", known.content.decode()) == TOKEN.sub("", unknown.content.decode())


def test_asking_over_and_over_is_stopped(client: Client, carol: User) -> None:
    answers = [client.post(FORGOTTEN, {"email": "carol@example.org"}).status_code for _ in range(30)]
    assert 429 in answers
    assert len(mail.outbox) < 25
    assert b"That was tried too often" in client.post(FORGOTTEN, {"email": "carol@example.org"}).content


def test_made_up_link(client: Client, carol: User) -> None:
    for path in ("1-made-up", "zzzzzzzzzzzzzz-x", "1-set-password"):
        answer = client.get(f"/account/password/new/{path}/", follow=True)
        assert b"This link is over" in answer.content, path
    assert client.get("/account/password/new/%00-x/").status_code == 404


def test_changing_it_signs_out_everywhere_else(client: Client, carol: User) -> None:
    elsewhere = Client()
    sign_in(client, "carol")
    sign_in(elsewhere, "carol")
    wrong = client.post("/account/password/", {"oldpassword": "a guess", "password1": NEW, "password2": NEW})
    assert "oldpassword" in wrong.context["form"].errors
    done = client.post("/account/password/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert done["Location"] == "/account/"
    assert signed_in(client)
    assert not signed_in(elsewhere)


def test_passwords_are_kept_with_argon2(settings: Any) -> None:
    settings.PASSWORD_HASHERS = site.PASSWORD_HASHERS
    user = User()
    user.set_password(PASSWORD)
    assert user.password.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert user.check_password(PASSWORD)
    assert not user.check_password("another")
