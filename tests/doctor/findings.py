"""Asking checks, and looking at what they found."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from typing import Any

from media.doctor import Check, Finding, Rounds, examine
from meetings.doctor.checks import all_checks

Json = dict[str, Any]


async def ask(name: str, rounds: Rounds | None = None) -> list[Finding]:
    """The findings of one check; of the nodes that the rounds go to, if they are given."""
    checks: Sequence[Check] = all_checks(rounds) if rounds is not None else all_checks()
    found = await examine([check for check in checks if check.name == name])
    assert found, f"there is no check {name}"
    return found


def only_one(findings: Sequence[Finding], colour: str, *words: str) -> Finding:
    """The one finding there is, which must have this colour, these words as evidence, and a remedy unless green."""
    [finding] = findings
    assert finding.colour == colour, finding
    assert all(word in finding.evidence for word in words), finding
    assert bool(finding.remedy) == (colour != "green"), finding
    assert "\n" not in finding.evidence + finding.remedy
    return finding


def told(done: subprocess.CompletedProcess[str]) -> dict[str, list[Json]]:
    """What `media_doctor --json` printed: the findings by name."""
    assert done.returncode in (0, 1), done.stderr
    found: dict[str, list[Json]] = {}
    for finding in json.loads(done.stdout)["findings"]:
        found.setdefault(finding["name"], []).append(finding)
    return found
