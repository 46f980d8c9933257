"""What the scripts of a page say, in its language."""

from functools import cache
from typing import Any

from django.utils import translation
from django.utils.translation.trans_real import DjangoTranslation
from django.views.i18n import JSONCatalog

from meetings.verdicts import catalogue


def script_words(*, calls: bool) -> dict[str, Any]:
    """By the English text: its translation, or where there is a count in it, one for each plural form of the language.
    Empty where the page is in English. Only pages that hold `calls` say why one does not work.
    """
    return _words(translation.get_language() or "en", calls)


@cache
def _words(language: str, calls: bool) -> dict[str, Any]:
    if language == "en":
        return {}
    listing = JSONCatalog()
    listing.translation = DjangoTranslation(language, domain="djangojs")
    words: dict[str, Any] = listing.get_catalog()
    left_out = set() if calls else {wording.text for wording in catalogue.texts()}
    return {text: word for text, word in words.items() if text not in left_out}
