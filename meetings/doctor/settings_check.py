"""Settings that cannot mean what they say: what `manage.py check` finds, but for what has a check of its own here."""

from django.core.checks import ERROR, CheckMessage, Tags, run_checks

from media.doctor.aside import aside
from media.doctor.finding import Finding, green, red, yellow

ELSEWHERE = ("media.W001", "media.W020")


async def settings_check() -> Finding | list[Finding]:
    """One finding for each message."""
    messages = await aside(run_checks, tags=[Tags.compatibility])
    found = [_finding(message) for message in messages if message.id not in ELSEWHERE and not message.is_silenced()]
    return found or green("`manage.py check` has nothing to say about the settings.")


def _finding(message: CheckMessage) -> Finding:
    make = red if message.level >= ERROR else yellow
    return make(message.msg, message.hint or "See docs/operations.md.", id=message.id)
