"""Running checks side by side, each within its time, so that none can keep the others from being told."""

import asyncio
import dataclasses
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured

from media.doctor.finding import Finding, red

log = logging.getLogger(__name__)

PATIENCE = 6.0


@dataclass(frozen=True, slots=True)
class Check:
    """A question. `about` says in a few words what is asked, `if_silent` is the remedy when there is no answer within
    `patience` seconds.
    """

    name: str
    about: str
    ask: Callable[[], Awaitable[Finding | Sequence[Finding]]]
    if_silent: str
    patience: float = PATIENCE


async def examine(checks: Sequence[Check]) -> list[Finding]:
    """The findings of all checks, in the order of the checks. Takes as long as the most patient one; never raises."""
    found = await asyncio.gather(*map(_answer, checks))
    return [
        dataclasses.replace(one, name=check.name) for check, some in zip(checks, found, strict=True) for one in some
    ]


async def _answer(check: Check) -> Sequence[Finding]:
    try:
        async with asyncio.timeout(check.patience):
            found = await check.ask()
    except TimeoutError:
        return [red(f"It did not answer within {check.patience:g} s.", check.if_silent)]
    except ImproperlyConfigured as error:
        return [red(str(error), "Correct this setting (docs/operations.md has them all).")]
    except Exception as error:
        # A doctor who faints helps nobody: whatever a check did not foresee is what it found.
        log.debug("The check %s failed", check.name, exc_info=True)
        said = str(error).strip().partition("\n")[0]
        return [red(f"{type(error).__name__}: {said}" if said else type(error).__name__, check.if_silent)]
    return [found] if isinstance(found, Finding) else found
