"""The words of the scripts, for templates."""

from typing import Any

from django import template
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.html import json_script
from django.utils.safestring import SafeString

from meetings.languages.script_words import script_words

register = template.Library()


class _AsWritten(DjangoJSONEncoder):
    """Letters as they are: escaped, those of Arabic would be three times as long."""

    def __init__(self, **how: Any) -> None:
        super().__init__(**{**how, "ensure_ascii": False})


@register.simple_tag
def page_words(*, calls: bool = False) -> SafeString:
    """Where js/i18n.js reads them; nothing on a page in English."""
    words = script_words(calls=calls)
    return json_script(words, "page-words", encoder=_AsWritten) if words else SafeString("")
