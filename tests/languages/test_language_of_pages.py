"""In which language a page is written, and that all of it is."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from uuid import uuid4

import polib
import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from meetings.models import Meeting, Profile
from setup.translations import LOCALE
from tests.accounts.conftest import account

pytestmark = pytest.mark.django_db

# A text that is the same in another language, or too short to be told from other things in a page.
SAME = {"Chat", "Name", "Link", "Hand", "Or", "or", "On", "As", "To", "No", "and"}


@pytest.fixture
def carol() -> User:
    return account("Carol")


def language_of(page: Any) -> str:
    found = re.search(r'<html lang="([^"]+)" dir="([^"]+)"', page.content.decode())
    assert found
    return " ".join(found.groups())


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("", "en ltr"),
        ("de-AT,de;q=0.8", "de ltr"),
        ("ar-EG", "ar rtl"),
        ("tlh,fr;q=0.9", "en ltr"),
        ("x" * 5_000, "en ltr"),
    ],
)
def test_what_the_browser_asks_for(client: Client, asked: str, language: str) -> None:
    assert language_of(client.get("/", headers={"accept-language": asked})) == language


def test_the_choice_of_a_guest_goes_into_a_cookie(client: Client) -> None:
    answer = client.post("/language/", {"language": "ar", "next": "/meetings/?page=2"})
    assert answer.status_code == 302
    assert answer["Location"] == "/meetings/?page=2"
    assert language_of(client.get("/", headers={"accept-language": "de"})) == "ar rtl"


@pytest.mark.parametrize("language", ["fr", "tlh", "../../de", "", "de\r\nSet-Cookie: a=b"])
def test_there_are_no_other_languages(client: Client, carol: User, language: str) -> None:
    client.force_login(carol)
    client.post("/language/", {"language": language, "next": "/"})
    assert language_of(client.get("/")) == "en ltr"
    assert not Profile.objects.filter(user=carol).exclude(language="").exists()


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_it_leads_nowhere_else(client: Client, elsewhere: str) -> None:
    answer = client.post("/language/", {"language": "de", "next": elsewhere})
    assert "evil" not in answer["Location"]
    assert answer["Location"].startswith("/")


def test_it_is_chosen_on_purpose_alone(client: Client) -> None:
    assert client.get("/language/?language=ar").status_code == 405
    assert Client(enforce_csrf_checks=True).post("/language/", {"language": "ar"}).status_code == 403


def test_an_account_keeps_its_choice_on_all_its_devices(client: Client, carol: User) -> None:
    client.force_login(carol)
    client.post("/language/", {"language": "ar"})
    elsewhere = Client(headers={"accept-language": "de"})
    elsewhere.force_login(carol)
    elsewhere.cookies["django_language"] = "de"
    assert language_of(elsewhere.get("/account/")) == "ar rtl"


def test_the_settings_of_an_account_come_before_the_cookie(client: Client, carol: User) -> None:
    client.force_login(carol)
    client.post("/account/", {"name": "Carol", "time_zone": "", "language": "de"})
    client.cookies["django_language"] = "ar"
    page = client.get("/account/")
    assert language_of(page) == "de ltr"
    assert "Ihre Einstellungen sind gespeichert." in page.content.decode()


@pytest.mark.parametrize("path", ["/admin/login/", "/api/"])
def test_what_is_not_translated_is_english_as_a_whole(client: Client, path: str) -> None:
    page = client.get(path, headers={"accept-language": "ar"}, follow=True)
    assert re.search(r'<html lang="en(-us)?" dir="ltr"', page.content.decode())


@pytest.fixture
def paths(carol: User) -> dict[str, str]:
    """Pages for everybody, and those of Carol."""
    meeting = Meeting.objects.create(title="1234", host_user=carol)
    ended = Meeting.objects.create(title="1234", host_user=carol, state=Meeting.State.ENDED, ended_at=timezone.now())
    return {
        "start": "/",
        "test": "/test/",
        "sign in": "/account/sign-in/",
        "sign up": "/account/sign-up/",
        "forgotten": "/account/password/forgotten/",
        "no such page": f"/{uuid4()}",
        "no such meeting": "/m/aaa-aaaa-aaa/",
        "ended": f"/m/{ended.code}/",
        "meeting": f"/m/{meeting.code}/",
        "mine": "/meetings/",
        "plan": "/meetings/new/",
        "details": f"/meetings/{meeting.code}/",
        "summary": f"/meetings/{ended.code}/summary/",
        "settings": "/account/",
        "password": "/account/password/",
        "delete": "/account/delete/",
    }


OF_CAROL = ("mine", "plan", "details", "summary", "settings", "password", "delete")


@pytest.mark.parametrize("language", ["de", "ar"])
def test_no_page_has_english_left_in_it(paths: dict[str, str], carol: User, language: str) -> None:
    """Neither what has a translation and is said in English nor what none was made for: in Arabic no word of a text is
    in Latin letters but those that stay so.
    """
    catalogue = polib.pofile(str(LOCALE / language / "LC_MESSAGES" / "django.po"))
    english = {entry.msgid for entry in catalogue if entry.msgid not in SAME and entry.msgstr != entry.msgid}
    for name, path in paths.items():
        client = Client(headers={"accept-language": language})
        if name in OF_CAROL:
            client.force_login(carol)
        page = client.get(path)
        assert page.status_code in (200, 404, 410), (name, page.status_code)
        assert language_of(page).startswith(language), name
        texts = visible(page.content.decode())
        assert not english.intersection(texts), name
        if language == "ar":
            assert not [text for text in texts if re.search(r"[A-Za-z]{2}", STAYS.sub("", text))], name


# Names, addresses, codes, keys, protocols and formats.
STAYS = re.compile(
    r"KCS Meet|Carol|English|Deutsch|JavaScript|UDP|TCP|TURN|Ctrl|Enter|Space|CSV|JSON|UTC|\w+@[\w.]+|https?://\S+|/m/[\w-]+/|"
    r"[a-z]{3}-[a-z]{4}-[a-z]{3}|\b[A-Z]\w+(?:/[A-Z][\w+-]+)+(?: [A-Z]\w+)*"
)


def visible(html: str) -> list[str]:
    """The texts of a page, and the attributes that are read to people."""
    html = re.sub(r"<(script|style|option)\b.*?</\1>", "", html, flags=re.S)
    said = re.findall(r'\s(?:aria-label|title|placeholder)="([^"]*)"', html)
    said += re.findall(r">([^<]+)<", html)
    return [text for text in (unescape(one).strip() for one in said) if text]
