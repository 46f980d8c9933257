"""Asking the database, for checks that can do without it."""

from collections.abc import Callable, Sequence

from django.db import DatabaseError, InterfaceError

from media.doctor.aside import aside
from media.doctor.finding import Finding, yellow


async def from_database(read: Callable[[], Finding | Sequence[Finding]]) -> Finding | Sequence[Finding]:
    """What `read` finds. That the database is away is another check's finding, and no second red."""
    try:
        return await aside(read)
    except (DatabaseError, InterfaceError) as error:
        said = (str(error).strip() or type(error).__name__).partition("\n")[0]
        return yellow(f"The database does not tell: {said}", "See what `database` and `migrations` say.")
