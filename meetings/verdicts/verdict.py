"""What is wrong with a participant at present, in words for the three who may ask."""

from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]
# A notice is of what works all the same: to know about, and to mend before it matters.
Severity = Literal["failing", "impaired", "notice", "waiting"]

SEVERITIES: tuple[Severity, ...] = ("failing", "impaired", "notice", "waiting")
NAME = "{name}"


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
    to_participant: str
    action: str
    to_host: str
    host_action: str
    to_admin: str
    admin_action: str
    evidence: Json = field(default_factory=dict)

    def as_participant_json(self) -> Json:
        """What the participant's own page is told."""
        return self._json(self.to_participant, self.action)

    def as_host_json(self, name: str) -> Json:
        """What the pages of hosts are told of the participant called `name`."""
        return self._json(self.to_host.replace(NAME, name), self.host_action.replace(NAME, name))

    def as_admin(self) -> Json:
        """What administrators are told; the sentence says "the participant", so that it may be counted and sorted."""
        return {**self._json(self.to_admin, self.admin_action), "evidence": self.evidence}

    def _json(self, sentence: str, action: str) -> Json:
        return {
            "code": self.code,
            "severity": self.severity,
            "sentence": sentence,
            "action": action,
            "about": self.about,
            "source": self.source,
        }
