"""What a check found."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

Json = dict[str, Any]
Colour = Literal["green", "yellow", "red"]

WORST_FIRST: Final[tuple[Colour, ...]] = ("red", "yellow", "green")


@dataclass(frozen=True, slots=True)
class Finding:
    """`evidence` is one line with the values that were seen, `remedy` one line that says what to do, empty when there
    is nothing to do. `details` are the values for programs. `name` is that of the check, and is put in by whoever runs
    it.
    """

    colour: Colour
    evidence: str
    remedy: str = ""
    details: Json = field(default_factory=dict)
    name: str = ""

    def as_json(self) -> Json:
        """`{name, colour, evidence, remedy, details}`."""
        return {
            "name": self.name,
            "colour": self.colour,
            "evidence": self.evidence,
            "remedy": self.remedy,
            "details": self.details,
        }


def green(evidence: str, **details: Any) -> Finding:
    """All is well."""
    return Finding("green", evidence, details=details)


def yellow(evidence: str, remedy: str, **details: Any) -> Finding:
    """It works, and something should be looked at."""
    return Finding("yellow", evidence, remedy, details)


def red(evidence: str, remedy: str, **details: Any) -> Finding:
    """People are, or will be, kept from meeting."""
    return Finding("red", evidence, remedy, details)


def worst(findings: Sequence[Finding]) -> Colour:
    """The worst colour among them; green when there are none."""
    colours = {finding.colour for finding in findings}
    return next((colour for colour in WORST_FIRST if colour in colours), "green")
