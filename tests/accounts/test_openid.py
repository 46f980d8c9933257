"""Signing in through an OpenID Connect provider: a real one over the loopback, and what it may get wrong."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives.asymmetric import rsa
from django.contrib.auth.models import User
from django.test import Client

from meetings.checks import openid_settings
from tests.accounts.conftest import PASSWORD, account
from tests.accounts.provider import CLIENT, SECRET, Provider, running_provider
from tests.accounts.test_signing_in import sign_in, signed_in

GO, BACK = "/account/through/oidc/", "/account/through/oidc/back/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def provider(settings: Any) -> Iterator[Provider]:
    """One that this site knows."""
    with running_provider() as running:
        settings.OIDC_ISSUER, settings.OIDC_NAME, settings.OIDC_SIGN_UP = running.url, "School login", True
        app = {
            "provider_id": "oidc",
            "name": "School login",
            "client_id": CLIENT,
            "secret": SECRET,
            "settings": {"server_url": running.url},
        }
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
        yield running


def leave(client: Client, **data: str) -> str:
    """Press the button; the address of the provider to which the page goes on."""
    page = client.post(GO, data)
    assert page.status_code == 200, page.content
    found = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', page.content.decode())
    assert found
    return html.unescape(found[1])


def sign_in_there(address: str) -> str:
    """What the provider makes of it: the path on our side that it sends the browser to."""
    answer = httpx.get(address, follow_redirects=False)
    there = urlsplit(answer.headers["Location"])
    assert there.netloc == "testserver"
    return f"{there.path}?{there.query}"


def through(client: Client, **data: str) -> Any:
    return client.get(sign_in_there(leave(client, **data)))


def test_somebody_new(client: Client, provider: Provider) -> None:
    assert b"Sign in with School login" in client.get("/account/sign-in/").content
    answer = through(client, next="/test/")
    assert (answer.status_code, answer["Location"]) == (302, "/test/")
    assert signed_in(client)
    carol = User.objects.get()
    assert (carol.get_full_name(), carol.email) == ("Carol Example", "carol@example.org")
    assert not any((carol.has_usable_password(), carol.is_staff, carol.is_superuser))
    assert EmailAddress.objects.get().verified
    asked = provider.asked[0]
    assert asked["code_challenge_method"] == "S256"
    assert set(asked["scope"].split()) == {"openid", "profile", "email"}
    page = client.get("/account/").content.decode()
    assert "you sign in with School login" in page


def test_somebody_who_was_here_before(client: Client, provider: Provider) -> None:
    through(client)
    provider.person |= {"email": "other@example.org", "name": "Other"}
    again = Client()
    through(again)
    assert signed_in(again)
    assert User.objects.count() == 1


def test_next_leads_nowhere_else(client: Client, provider: Provider) -> None:
    assert through(client, next="//evil.example/")["Location"] == "/"


def test_comes_back_to_the_address_that_the_provider_knows(client: Client, provider: Provider, settings: Any) -> None:
    settings.PUBLIC_URL = "https://meet.example.org"
    address = leave(client)
    assert parse_qs(urlsplit(address).query)["redirect_uri"] == [f"https://meet.example.org{BACK}"]
    there = httpx.get(address, follow_redirects=False).headers["Location"]
    client.get(there.removeprefix("https://meet.example.org"))
    assert signed_in(client)


def test_turning_back(client: Client, provider: Provider) -> None:
    provider.denies = True
    answer = client.get(sign_in_there(leave(client)), follow=True)
    assert b"You did not sign in" in answer.content
    assert not signed_in(client)


def test_beginning_takes_a_post_of_ours(client: Client, provider: Provider) -> None:
    assert client.get(GO).status_code == 405
    assert Client(enforce_csrf_checks=True).post(GO).status_code == 403
    assert client.post("/account/through/nobody/").status_code == 404


def test_answer_that_was_not_asked_for(client: Client, provider: Provider) -> None:
    back = sign_in_there(leave(client))
    stranger = Client()
    for path in (back, BACK, f"{BACK}?code=x&state=y", f"{BACK}?error=<script>"):
        answer = stranger.get(path)
        assert answer.status_code == 401, path
        assert b"Signing in did not work" in answer.content
        assert b"<script" not in answer.content
    assert not signed_in(stranger)
    assert client.get(back).status_code == 302
    assert client.get(back).status_code == 401, "an answer is good once"


def test_code_of_another_browser(client: Client, provider: Provider) -> None:
    """Somebody slips Carol their own code, so that she works in their account."""
    theirs = parse_qs(urlsplit(sign_in_there(leave(Client()))).query)["code"][0]
    mine = parse_qs(urlsplit(leave(client)).query)["state"][0]
    answer = client.get(f"{BACK}?code={theirs}&state={mine}")
    assert answer.status_code == 401
    assert not signed_in(client)


def other_key(provider: Provider) -> None:
    provider.signs_with = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def no_signature(provider: Provider) -> None:
    provider.algorithm, provider.signs_with = "none", ""


def shared_secret(provider: Provider) -> None:
    provider.algorithm, provider.signs_with = "HS256", "a secret that is long enough for it, more or less"


def telling(**claims: Any) -> Callable[[Provider], None]:
    def tell(provider: Provider) -> None:
        provider.claims = claims

    tell.__name__ = f"telling_{next(iter(claims))}"
    return tell


def about_somebody_else(provider: Provider) -> None:
    provider.userinfo = {"sub": "c-2"}


@pytest.mark.parametrize(
    "wrong",
    [
        other_key,
        no_signature,
        shared_secret,
        about_somebody_else,
        telling(iss="https://evil.example"),
        telling(aud="another client"),
        telling(exp=1),
        telling(sub=None),
    ],
)
def test_what_the_provider_says_is_checked(
    client: Client, provider: Provider, wrong: Callable[[Provider], None]
) -> None:
    wrong(provider)
    answer = through(client)
    assert answer.status_code == 401
    assert b"Signing in did not work" in answer.content
    assert not signed_in(client)
    assert not User.objects.exists()


def test_provider_that_is_away(client: Client, provider: Provider) -> None:
    back = sign_in_there(leave(client))
    provider.away = True
    assert client.get(back).status_code == 401
    answer = client.post(GO)
    assert answer.status_code == 401
    assert b"could not be reached" in answer.content


def test_address_that_the_provider_does_not_vouch_for(client: Client, provider: Provider, settings: Any) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    provider.person["email_verified"] = False
    assert through(client)["Location"] == "/account/e-mail/sent/"
    assert not signed_in(client)


def test_provider_that_tells_no_address(client: Client, provider: Provider) -> None:
    del provider.person["email"]
    answer = through(client)
    page = client.get(answer["Location"])
    assert b"Almost there" in page.content
    client.post(answer["Location"], {"name": "Carol", "email": "carol@example.org"})
    assert signed_in(client)
    assert User.objects.get().get_full_name() == "Carol"


def test_account_of_the_same_address_is_not_handed_over(client: Client, provider: Provider) -> None:
    account("Carol")
    client.get(sign_in_there(leave(client)), follow=True)
    assert not signed_in(client)
    assert not SocialAccount.objects.exists()


def test_unless_the_site_trusts_the_provider_with_that(client: Client, provider: Provider, settings: Any) -> None:
    settings.SOCIALACCOUNT_EMAIL_AUTHENTICATION = settings.SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
    carol = account("Carol")
    provider.person["email_verified"] = False
    client.get(sign_in_there(leave(client)), follow=True)
    assert not signed_in(client), "an address that it does not vouch for is nothing to go by"
    provider.person["email_verified"] = True
    through(client)
    assert signed_in(client)
    assert SocialAccount.objects.get().user == carol


def test_connecting_an_account_that_is_there(client: Client, provider: Provider) -> None:
    carol = account("Carol")
    sign_in(client, "carol")
    assert b"not connected" in client.get("/account/").content
    answer = through(client, process="connect")
    assert answer["Location"] == "/account/again/"
    assert not SocialAccount.objects.exists(), "whoever finds a browser open does not make themselves a door"
    assert client.post(answer["Location"], {"password": PASSWORD})["Location"] == "/account/"
    assert SocialAccount.objects.get().user == carol
    later = Client()
    through(later)
    assert signed_in(later)
    assert User.objects.count() == 1


def test_no_accounts_by_it(client: Client, provider: Provider, settings: Any) -> None:
    settings.OIDC_SIGN_UP = False
    answer = through(client)
    assert b"by invitation" in answer.content
    assert not User.objects.exists()


def test_account_may_be_deleted_without_a_password(client: Client, provider: Provider) -> None:
    through(client)
    assert client.get("/account/password/")["Location"] == "/account/password/none/"
    client.post("/account/delete/", {"sure": "on"})
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("issuer", "client", "warnings"),
    [
        ("", "", []),
        ("https://id.example.org", "kcs-meet", []),
        ("http://127.0.0.1:9000", "kcs-meet", []),
        ("https://id.example.org", "", ["meetings.W004"]),
        ("http://id.example.org", "kcs-meet", ["meetings.W005"]),
    ],
)
def test_settings_that_cannot_work_are_named(settings: Any, issuer: str, client: str, warnings: list[str]) -> None:
    settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = issuer, client, client
    assert [one.id for one in openid_settings(None)] == warnings


def test_nothing_of_it_without_a_provider(client: Client, settings: Any) -> None:
    settings.OIDC_ISSUER = ""
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": []}}
    assert b"/through/" not in client.get("/account/sign-in/").content
    assert client.post(GO).status_code == 404
    assert client.get(BACK).status_code == 404
