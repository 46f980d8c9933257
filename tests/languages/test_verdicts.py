"""Why a connection does not work, told in each language: every text has its translation, and so has what goes in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import polib
import pytest

from meetings.verdicts import catalogue
from meetings.verdicts.verdict import Verdict
from setup.translations import LOCALE
from tests.languages.test_translations import LANGUAGES, PLACE
from tests.verdicts.test_every_cause import TRACES, found

# Names of people, of protocols and of programs, versions, addresses and units.
STAYS = re.compile(r"Ada|Bob|TURN|TCP|UDP|VPN|WebRTC|Chrome|Edge|Firefox|Safari|Wi-Fi|https|\d[\w.:]*")


def entries(language: str) -> dict[str, polib.POEntry]:
    catalogue_of = polib.pofile(str(LOCALE / language / "LC_MESSAGES" / "djangojs.po"))
    return {entry.msgid: entry for entry in catalogue_of if entry.translated()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_text_has_a_translation_with_the_same_places(language: str) -> None:
    translated = entries(language)
    for wording in catalogue.texts():
        entry = translated.get(wording.text)
        assert entry, wording.text
        if wording.many:
            assert entry.msgid_plural == wording.many
        else:
            assert set(PLACE.findall(entry.msgstr)) == set(PLACE.findall(wording.text)), wording.text


@pytest.mark.parametrize("key", TRACES)
def test_what_goes_into_a_sentence_has_one_too(key: str) -> None:
    """Of each cause, as it is found in a trace: no value is English that is not a text of its own."""
    translated = entries("ar")
    for text in texts_in(found(key)[0].verdict()):
        assert text in translated or re.fullmatch(r"\{\w+\}", text), text


@pytest.mark.parametrize("key", TRACES)
def test_nothing_of_it_is_english_in_arabic(key: str) -> None:
    translated = entries("ar")
    for told in told_by(found(key)[0].verdict()):
        for which in ("sentence", "action"):
            wording = told.get("words", {}).get(which) or {"text": told[which]}
            said = spoken(wording, translated)
            assert "{" not in said
            assert not re.search(r"[A-Za-z]", STAYS.sub("", said)), said


def told_by(verdict: Verdict) -> list[dict[str, Any]]:
    return [verdict.as_participant_json(), verdict.as_host_json("Ada")]


def texts_in(verdict: Verdict) -> Iterator[str]:
    def within(wording: dict[str, Any]) -> Iterator[str]:
        yield wording["text"]
        for value in wording.get("values", {}).values():
            if isinstance(value, dict):
                yield from within(value)

    for told in told_by(verdict):
        for which in ("sentence", "action"):
            yield from within(told.get("words", {}).get(which) or {"text": told[which]})


def spoken(wording: dict[str, Any], translated: dict[str, polib.POEntry]) -> str:
    """As `say` of js/i18n.js, with any form of the plural."""
    entry = translated.get(wording["text"])
    form = (entry.msgstr_plural[3] if "many" in wording else entry.msgstr) if entry else wording["text"]
    values = {
        place: spoken(value, translated) if isinstance(value, dict) else value
        for place, value in wording.get("values", {}).items()
    }
    return form.format_map({"count": wording.get("count"), **values})
