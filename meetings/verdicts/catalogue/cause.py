"""What a cause is, and how it is written down."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from meetings.verdicts.verdict import Json, Severity, Told, Verdict
from meetings.verdicts.wording import NAME, Wording


class Said(NamedTuple):
    """One plain sentence, or two, and one action."""

    sentence: str
    action: str


@dataclass(frozen=True, slots=True)
class Cause:
    """What may be wrong."""

    code: str
    variant: str
    severity: Severity
    participant: Said
    host: Said
    admin: Said

    def verdict(self, about: str | None, source: str | None, words: Mapping[str, object], evidence: Json) -> Verdict:
        """This cause, found with these words."""

        def told(said: Said) -> Told:
            return Told(Wording(said.sentence, words), Wording(said.action, words))

        filled = {**words, "name": NAME}
        return Verdict(
            self.code,
            self.severity,
            about,
            source,
            told(self.participant),
            told(self.host),
            self.admin.sentence.format_map(filled),
            self.admin.action.format_map(filled),
            evidence,
        )


class Causes(dict[str, Cause]):
    """The causes of one area, by `CODE` or `CODE/variant`."""

    def add(
        self, key: str, severity: Severity, participant: tuple[str, str], host: tuple[str, str], admin: tuple[str, str]
    ) -> None:
        """One more: to each a sentence and an action."""
        code, _, variant = key.partition("/")
        self[key] = Cause(code, variant, severity, Said(*participant), Said(*host), Said(*admin))


TELL_ADMIN: Final = "If this persists, tell your administrator the report id."
NOTHING_HOST: Final = "Nothing that you could do; it is being reported to the administrator."
