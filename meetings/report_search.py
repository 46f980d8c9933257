"""Report ids as people type them: `ABCD-1234`, `abcd1234`."""

import re
from uuid import UUID

_TYPED = re.compile(r"([0-9a-f]{4})[-‐–\s]?([0-9a-f]{4})", re.IGNORECASE)  # noqa: RUF001


def report_range(typed: str) -> tuple[UUID, UUID] | None:
    """The first and the last id of an attempt with this report id; None when it is none."""
    found = _TYPED.fullmatch(typed.strip())
    if found is None:
        return None
    digits = "".join(found.groups())
    return UUID(digits + "0" * 24), UUID(digits + "f" * 24)
