"""How it went, in words: of the verdicts on each try to come in."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meetings.attendance.looking import Look
from meetings.models import JoinAttempt
from meetings.summary.section import Section
from meetings.verdicts.catalogue import area_of

OTHERWISE: Final = gettext_lazy("Something else")
# By the area of the catalogue in which a cause stands.
WORDS: Final[dict[str, str | Promise]] = {
    "reaching_us": gettext_lazy("The way from them to this site was bad or blocked"),
    "devices": gettext_lazy("Camera or microphone could not be used"),
    "refused": gettext_lazy("They were not let in"),
    "places": gettext_lazy("The site had no room for picture and sound"),
    "paths": gettext_lazy("Picture and sound did not get through their network"),
    "sending": gettext_lazy("They sent no picture or sound"),
    "receiving": gettext_lazy("They got no picture or sound"),
    "quality": gettext_lazy("Picture or sound was poor"),
    "waiting": gettext_lazy("Picture and sound took long to come"),
}
_OUTCOME = JoinAttempt.Outcome


def quality(look: Look) -> Section:
    """How many tries went well, and of what kind the trouble of the others was, the most frequent first."""
    sitting = look.sitting
    tried = JoinAttempt.objects.filter(
        sitting.during("began_at"), meeting=sitting.meeting, purpose=JoinAttempt.Purpose.JOIN
    )
    rows = list(tried.values_list("outcome", "code"))
    outcomes = Counter(outcome for outcome, _code in rows)
    judged = sum(outcomes[one] for one in (_OUTCOME.WELL, _OUTCOME.IMPAIRED, _OUTCOME.FAILED))
    holds = {
        "judged": judged,
        "well": outcomes[_OUTCOME.WELL],
        "impaired": outcomes[_OUTCOME.IMPAIRED],
        "failed": outcomes[_OUTCOME.FAILED],
        "troubles": _troubles(code for outcome, code in rows if code and outcome != _OUTCOME.WELL),
    }
    return Section("quality", _("Quality"), holds)


def _troubles(codes: Iterable[str]) -> list[tuple[str, int]]:
    counted = Counter(str(WORDS.get(area_of(code), OTHERWISE)) for code in codes)
    return counted.most_common()
