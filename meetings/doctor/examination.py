"""One examination: what was asked, what was found, and how long it took."""

import time
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from media.doctor import Check, Finding, examine
from media.doctor.finding import WORST_FIRST, Colour, worst
from meetings.doctor.checks import all_checks

Json = dict[str, Any]


class NoSuchCheck(ValueError):
    """There is no check of this name. The text says which there are."""


@dataclass(frozen=True, slots=True)
class Examination:
    """`at` is when it began, in seconds since the epoch."""

    at: float
    seconds: float
    findings: Sequence[Finding]

    @property
    def colour(self) -> Colour:
        """The worst there is."""
        return worst(self.findings)

    @property
    def summary(self) -> str:
        """`1 red, 2 yellow, 23 green; 2.3 s`."""
        counted = Counter(finding.colour for finding in self.findings)
        return f"{', '.join(f'{counted[colour]} {colour}' for colour in WORST_FIRST)}; {self.seconds:.1f} s"

    def as_json(self) -> Json:
        """`{at, seconds, colour, findings: [{name, colour, evidence, remedy, details}]}`."""
        return {
            "at": round(self.at, 3),
            "seconds": round(self.seconds, 3),
            "colour": self.colour,
            "findings": [finding.as_json() for finding in self.findings],
        }


async def examination(only: Collection[str] = (), more: Sequence[Check] = ()) -> Examination:
    """Run all checks, or those of these names, and `more` behind them. Raises `NoSuchCheck`."""
    at, began = time.time(), time.perf_counter()
    findings = await examine([*chosen(only), *more])
    return Examination(at, time.perf_counter() - began, findings)


def chosen(only: Collection[str] = ()) -> list[Check]:
    """The checks of these names, or all of them. Raises `NoSuchCheck`."""
    checks = all_checks()
    names = [check.name for check in checks]
    if unknown := [name for name in only if name not in names]:
        raise NoSuchCheck(f"There is no check {', '.join(unknown)}. There are: {', '.join(names)}.")
    return [check for check in checks if not only or check.name in only]
