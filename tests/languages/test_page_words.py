"""What a page in another language carries for its scripts: all that they say, and no more than that."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.test import Client

from meetings.verdicts import catalogue
from setup.translations import LOCALE

pytestmark = pytest.mark.django_db

SCRIPTS = LOCALE.parent / "meetings/static/meetings/js"


def words_of(path: str, language: str) -> dict[str, object]:
    page = Client(headers={"accept-language": language}).get(path).content.decode()
    found = re.search(r'<script id="page-words"[^>]*>(.*?)</script>', page, re.S)
    words: dict[str, object] = json.loads(found[1]) if found else {}
    return words


def reachable(script: Path, seen: set[Path]) -> set[Path]:
    if script not in seen:
        seen.add(script)
        for name in re.findall(r'from "(\.[^"]+)"', script.read_text()):
            reachable((script.parent / name).resolve(), seen)
    return seen


@pytest.mark.parametrize("name", ["start.js", "pages.js"])
def test_a_page_without_a_call_has_what_its_scripts_say(name: str) -> None:
    said = {
        text
        for script in reachable(SCRIPTS / name, set())
        for text in re.findall(r'\btn?\(\s*"((?:[^"\\]|\\.)*)"', script.read_text())
    }
    assert said
    assert said <= set(words_of("/", "ar"))


def test_only_where_there_are_calls_it_is_said_why_one_does_not_work() -> None:
    verdicts = {wording.text for wording in catalogue.texts()}
    assert not verdicts & set(words_of("/", "ar"))
    assert verdicts <= set(words_of("/test/", "ar"))


def test_letters_stand_as_they_are() -> None:
    page = Client(headers={"accept-language": "ar"}).get("/").content.decode()
    assert "\\u06" not in page


def test_a_page_in_english_carries_none() -> None:
    assert words_of("/", "en") == words_of("/test/", "en") == {}
