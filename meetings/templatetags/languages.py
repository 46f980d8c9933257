"""The words of the scripts, for templates."""

from django import template
from django.utils.html import json_script
from django.utils.safestring import SafeString

from meetings.languages.script_words import script_words

register = template.Library()


@register.simple_tag
def page_words() -> SafeString:
    """Where js/i18n.js reads them; nothing on a page in English."""
    words = script_words()
    return json_script(words, "page-words") if words else SafeString("")
