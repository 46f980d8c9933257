"""An examination as lines for a terminal. Pure: the colours are words too."""

import textwrap
from collections.abc import Iterator

from media.doctor.finding import Colour, Finding
from meetings.doctor.examination import Examination

INK: dict[Colour, str] = {"green": "\x1b[32m", "yellow": "\x1b[33m", "red": "\x1b[1;31m"}
PLAIN = "\x1b[0m"
NARROWEST = 40


def render(found: Examination, *, width: int, ink: bool) -> str:
    """A line for each finding, with its remedy below, and a line of sums. `ink` colours the words."""
    column = max((len(finding.name) for finding in found.findings), default=0)
    lines = [line for finding in found.findings for line in _finding(finding, column, width, ink)]
    return "\n".join([*lines, "", f"{_word(found.colour, ink).strip()}: {found.summary}"])


def _finding(finding: Finding, column: int, width: int, ink: bool) -> Iterator[str]:
    margin = " " * (8 + column + 2)
    room = max(NARROWEST, width - len(margin))
    first, *rest = textwrap.wrap(finding.evidence, room, break_on_hyphens=False) or [""]
    yield f"{_word(finding.colour, ink)}{finding.name:<{column}}  {first}".rstrip()
    yield from (f"{margin}{line}" for line in rest)
    if finding.remedy:
        todo = textwrap.wrap(finding.remedy, room - 3, break_on_hyphens=False)
        yield from (f"{margin}{'-> ' if number == 0 else '   '}{line}" for number, line in enumerate(todo))


def _word(colour: Colour, ink: bool) -> str:
    return f"{INK[colour]}{colour}{PLAIN}{' ' * (8 - len(colour))}" if ink else f"{colour:<8}"
