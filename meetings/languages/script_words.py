"""What the scripts of a page say, in its language."""

from functools import cache
from typing import Any

from django.utils import translation
from django.utils.translation.trans_real import DjangoTranslation
from django.views.i18n import JSONCatalog


def script_words() -> dict[str, Any]:
    """By the English text: its translation, or where there is a count in it, one for each plural form of the language.
    Empty where the page is in English.
    """
    return _words(translation.get_language() or "en")


@cache
def _words(language: str) -> dict[str, Any]:
    if language == "en":
        return {}
    catalogue = JSONCatalog()
    catalogue.translation = DjangoTranslation(language, domain="djangojs")
    words: dict[str, Any] = catalogue.get_catalog()
    return words
