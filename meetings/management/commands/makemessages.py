"""Django's, which also knows what js/i18n.js calls its functions, and the texts of the verdicts."""

import json
from pathlib import Path
from typing import Any

from django.core.management.commands import makemessages

from meetings.verdicts import catalogue

# Where they stand while they are found: scripts say them, and they are made by rules in Python.
VERDICTS = Path("meetings/static/meetings/js/verdict-texts.js")


class Command(makemessages.Command):
    help = makemessages.Command.help
    xgettext_options = [*makemessages.Command.xgettext_options, "--keyword=t", "--keyword=tn:1,2"]

    def handle(self, *args: Any, **options: Any) -> None:
        VERDICTS.write_text("\n".join(_calls()), encoding="utf-8")
        try:
            super().handle(*args, **options)
        finally:
            VERDICTS.unlink()


def _calls() -> list[str]:
    told = [(word.text, word.many) for word in catalogue.texts()]
    return [f"tn({_quoted(text)}, {_quoted(many)}, 2);" if many else f"t({_quoted(text)});" for text, many in told]


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
