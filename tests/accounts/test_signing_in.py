"""Signing in and out on the pages, and in the admin; guessing passwords; where one goes from there."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth import get_user
from django.contrib.auth.models import User
from django.test import Client

from tests.accounts.conftest import PASSWORD, account

SIGN_IN = "/account/sign-in/"


def sign_in(client: Client, login: str, password: str = PASSWORD, **more: str) -> Any:
    return client.post(SIGN_IN, {"login": login, "password": password, **more})


def signed_in(client: Client) -> bool:
    return get_user(client).is_authenticated


@pytest.mark.parametrize("login", ["carol@example.org", "CAROL@example.org", "carol"])
def test_by_address_or_user_name(client: Client, carol: User, login: str) -> None:
    answer = sign_in(client, login)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    page = client.get("/").content.decode()
    assert '<span class="who-name">Carol</span>' in page
    assert "Administration" not in page


def test_wrong_password_and_unknown_address_look_the_same(client: Client, carol: User) -> None:
    def shown(login: str) -> str:
        page = sign_in(client, login, "not this one").content.decode()
        assert not signed_in(client)
        return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page).replace(login, "")

    assert "There is no account with this address and password." in shown("carol@example.org")
    assert shown("carol@example.org") == shown("nobody@example.org")


def test_closed_account_stays_out(client: Client, carol: User) -> None:
    User.objects.update(is_active=False)
    sign_in(client, "carol")
    assert not signed_in(client)


def test_signing_out_takes_a_post(client: Client, carol: User) -> None:
    client.force_login(carol)
    assert client.get("/account/sign-out/").status_code == 200
    assert signed_in(client)
    assert client.post("/account/sign-out/")["Location"] == "/"
    assert not signed_in(client)
    assert 'href="/account/sign-in/?next=/"' in client.get("/").content.decode()


def test_session_is_another_one_afterwards(client: Client, carol: User) -> None:
    client.get("/")
    session = client.session
    session["set"] = "by somebody who knows this cookie"
    session.save()
    client.cookies["sessionid"] = str(session.session_key)
    sign_in(client, "carol")
    assert client.cookies["sessionid"].value != session.session_key


def test_forged_request_is_refused(carol: User) -> None:
    client = Client(enforce_csrf_checks=True)
    assert sign_in(client, "carol").status_code == 403


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "http://testserver@evil.example/",
        "https://meet.example.org/",
    ],
)
@pytest.mark.parametrize("hosts", [["testserver"], ["*"], ["testserver", "meet.example.org"]])
def test_nobody_is_sent_elsewhere(client: Client, carol: User, settings: Any, elsewhere: str, hosts: list[str]) -> None:
    settings.ALLOWED_HOSTS = hosts
    assert sign_in(client, "carol", next=elsewhere)["Location"] == "/"
    again = client.get(SIGN_IN, {"next": elsewhere})
    assert again["Location"] == "/"
    assert client.post("/account/sign-out/", {"next": elsewhere})["Location"] == "/"


def test_one_goes_on_to_where_one_was(client: Client, carol: User) -> None:
    page = client.get(SIGN_IN, {"next": "/m/abc-defg-hij/"})
    assert 'name="next" value="/m/abc-defg-hij/"' in page.content.decode()
    assert sign_in(client, "carol", next="/m/abc-defg-hij/")["Location"] == "/m/abc-defg-hij/"


def test_script_in_where_one_was_is_text(client: Client, db: None) -> None:
    page = client.get(SIGN_IN, {"next": '"><script>alert(1)</script>'}).content
    assert b"<script" not in page


def test_strict_policy_holds(client: Client, db: None) -> None:
    for path in (SIGN_IN, "/account/sign-up/", "/account/password/forgotten/"):
        answer = client.get(path)
        assert "unsafe" not in answer["Content-Security-Policy"]
        assert not re.search(rb'<script|<style|\sstyle=|\son\w+="', answer.content), path
        assert "no-store" in answer["Cache-Control"]


def test_guessing_a_password_is_stopped(client: Client, carol: User) -> None:
    account("Dave")
    for _ in range(5):
        sign_in(client, "carol@example.org", "a guess")
    # Even the right one, from wherever; and nobody else is kept out by that.
    for address in ("127.0.0.1", "203.0.113.9"):
        page = client.post(
            SIGN_IN, {"login": "carol@example.org", "password": PASSWORD}, REMOTE_ADDR=address
        ).content.decode()
        assert "That was tried too often." in page
        assert not signed_in(client)
    sign_in(client, "dave@example.org")
    assert signed_in(client)


def test_guessing_from_one_address_is_stopped(client: Client, carol: User) -> None:
    for number in range(10):
        sign_in(client, f"somebody{number}@example.org", "a guess")
    sign_in(client, "carol")
    assert not signed_in(client)
    client.post(SIGN_IN, {"login": "carol", "password": PASSWORD}, REMOTE_ADDR="203.0.113.9")
    assert signed_in(client)


def test_forwarded_addresses_are_believed_from_our_proxies_only(client: Client, carol: User, settings: Any) -> None:
    def tries(count: int) -> None:
        for number in range(count):
            client.post(
                SIGN_IN,
                {"login": f"somebody{number}@example.org", "password": "a guess"},
                headers={"X-Forwarded-For": f"198.51.100.{number}"},
            )

    tries(10)
    sign_in(client, "carol")
    assert not signed_in(client), "an address that anybody may write does not make one somebody else"
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": 1}
    client.post(SIGN_IN, {"login": "carol", "password": PASSWORD}, headers={"X-Forwarded-For": "198.51.100.77"})
    assert signed_in(client)


def test_guessing_in_the_admin_is_stopped(client: Client, db: None) -> None:
    User.objects.create_superuser("root", password=PASSWORD)
    for _ in range(5):
        client.post("/admin/login/", {"username": "root", "password": "a guess"})
    page = client.post("/admin/login/", {"username": "root", "password": PASSWORD})
    assert page.status_code == 200
    assert "That was tried too often." in page.content.decode()
    assert not signed_in(client)


def test_the_admin_has_its_own_page_still(client: Client, carol: User) -> None:
    User.objects.create_superuser("root", password=PASSWORD)
    assert client.get("/admin/")["Location"] == "/admin/login/?next=/admin/"
    refused = client.post("/admin/login/", {"username": "carol", "password": PASSWORD})
    assert "for a staff account" in refused.content.decode()
    assert not signed_in(client)
    answer = client.post("/admin/login/?next=/admin/", {"username": "root", "password": PASSWORD})
    assert answer["Location"] == "/admin/"
    assert "Administration" in client.get("/").content.decode()


def test_pages_for_accounts_ask_to_sign_in(client: Client, db: None) -> None:
    for path in ("/account/", "/account/delete/", "/account/e-mail/", "/account/password/"):
        assert client.get(path)["Location"] == f"{SIGN_IN}?next={path}"
