"""What stands in locale/: whole, compiled, and with the same places for values as the English text."""

from __future__ import annotations

import re
from pathlib import Path

import polib
import pytest

from setup.translations import compiled, sources

PLACE = re.compile(r"%\(\w+\)\d*[a-z]|\{\w+\}")
LANGUAGES = {"de": 2, "ar": 6}


def name(source: Path) -> str:
    return f"{source.parent.parent.name}-{source.stem}"


def test_each_language_has_all_domains() -> None:
    assert {name(source) for source in sources()} == {
        f"{language}-{domain}" for language in LANGUAGES for domain in ("django", "djangojs")
    }


@pytest.mark.parametrize("source", sources(), ids=name)
def test_nothing_is_left_in_english(source: Path) -> None:
    catalogue = polib.pofile(str(source))
    forms = LANGUAGES[source.parent.parent.name]
    for entry in catalogue:
        assert not entry.fuzzy, entry.msgid
        if entry.msgid_plural:
            assert len(entry.msgstr_plural) == forms, entry.msgid
            assert all(entry.msgstr_plural.values()), entry.msgid
        else:
            assert entry.msgstr, entry.msgid


@pytest.mark.parametrize("source", sources(), ids=name)
def test_values_have_their_places(source: Path) -> None:
    for entry in polib.pofile(str(source)):
        places = set(PLACE.findall(entry.msgid + entry.msgid_plural))
        if entry.msgid_plural:
            # "Every day" needs no number in it.
            assert all(set(PLACE.findall(one)) <= places for one in entry.msgstr_plural.values()), entry.msgid
        else:
            assert set(PLACE.findall(entry.msgstr)) == places, entry.msgid


@pytest.mark.parametrize("source", sources(), ids=name)
def test_it_is_compiled(source: Path) -> None:
    """`make messages` does it; the site needs no gettext where it runs."""
    assert source.with_suffix(".mo").read_bytes() == compiled(source)
