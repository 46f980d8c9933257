"""What is wrong with a participant at present, in words for the three who may ask."""

from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from meetings.verdicts.wording import Wording

Json = dict[str, Any]
# A notice is of what works all the same: to know about, and to mend before it matters.
Severity = Literal["failing", "impaired", "notice", "waiting"]

SEVERITIES: tuple[Severity, ...] = ("failing", "impaired", "notice", "waiting")


class Told(NamedTuple):
    """What is wrong, and what to do; either may hold values."""

    sentence: Wording
    action: Wording


@dataclass(frozen=True, slots=True)
class Verdict:
    """One cause. `about` is the other participant whom it concerns, by id; None when it concerns oneself only. `source`
    is what of theirs, or of one's own, it is about, as in `camera`; None when it is about no single one.

    The words for hosts hold `{name}` where the name of the participant goes whose trace was judged. `evidence` is
    what the verdict rests on, for administrators only: it holds addresses.
    """

    code: str
    severity: Severity
    about: str | None
    source: str | None
    participant: Told
    host: Told
    to_admin: str
    admin_action: str
    evidence: Json = field(default_factory=dict)

    @property
    def to_participant(self) -> str:
        """What is wrong, for the participant, in English."""
        return str(self.participant.sentence)

    @property
    def action(self) -> str:
        """What the participant may do, in English."""
        return str(self.participant.action)

    def as_participant_json(self) -> Json:
        """What the participant's own page is told."""
        return self._told(self.participant)

    def as_host_json(self, name: str) -> Json:
        """What the pages of hosts are told of the participant called `name`."""
        return self._told(Told(*(said.naming(name) for said in self.host)))

    def as_admin(self) -> Json:
        """What administrators are told; the sentence says "the participant", so that it may be counted and sorted."""
        return {**self._json(self.to_admin, self.admin_action), "evidence": self.evidence}

    def _told(self, told: Told) -> Json:
        """In English, and what it is made of where that is more than one text: pages may be in other languages."""
        words = {which: said.as_json() for which, said in told._asdict().items() if not said.is_whole}
        return {**self._json(str(told.sentence), str(told.action)), **({"words": words} if words else {})}

    def _json(self, sentence: str, action: str) -> Json:
        return {
            "code": self.code,
            "severity": self.severity,
            "sentence": sentence,
            "action": action,
            "about": self.about,
            "source": self.source,
        }
