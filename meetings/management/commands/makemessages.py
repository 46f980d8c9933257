"""Django's, which also knows what js/i18n.js calls its functions, and texts that stand in code without Django: those of
the verdicts, which scripts say, and the acts of the audit trail.
"""

import json
from pathlib import Path
from typing import Any

from django.core.management.commands import makemessages

from meetings.trace.steps import STEPS
from meetings.verdicts import catalogue

# Where they stand while they are found.
VERDICTS = Path("meetings/static/meetings/js/verdict-texts.js")
ACTS = Path("meetings/summary/act_texts.py")


class Command(makemessages.Command):
    help = makemessages.Command.help
    xgettext_options = [*makemessages.Command.xgettext_options, "--keyword=t", "--keyword=tn:1,2"]

    def handle(self, *args: Any, **options: Any) -> None:
        VERDICTS.write_text("\n".join(_calls()), encoding="utf-8")
        acts = [step.label for step in STEPS.values() if step.side == "act"]
        ACTS.write_text("\n".join(f'pgettext("act", {_quoted(label)})' for label in acts), encoding="utf-8")
        try:
            super().handle(*args, **options)
        finally:
            VERDICTS.unlink()
            ACTS.unlink()


def _calls() -> list[str]:
    told = [(word.text, word.many) for word in catalogue.texts()]
    return [f"tn({_quoted(text)}, {_quoted(many)}, 2);" if many else f"t({_quoted(text)});" for text, many in told]


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
